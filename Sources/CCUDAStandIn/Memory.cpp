#include "Memory.h"

#include "Settings.h"

#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

namespace stand_in {

thread_local int currentDevice = -1;

namespace {
struct Piece {
  size_t bytes;
  int device;
};
std::mutex guard;
std::map<uint64_t, Piece> pieces;
std::map<int, size_t> used;
}  // namespace

Settings &settings(int device) {
  static Settings all[64];
  return all[device < 0 ? 0 : device > 63 ? 63 : device];
}

size_t freeMemory() {
  std::lock_guard<std::mutex> lock(guard);
  size_t taken = used[currentDevice], perDevice = settings(currentDevice).memory;
  return taken < perDevice ? perDevice - taken : 0;
}

uint64_t takeMemory(size_t bytes) {
  std::lock_guard<std::mutex> lock(guard);
  if (currentDevice < 0) return 0;
  if (used[currentDevice] + bytes > settings(currentDevice).memory) return 0;
  void *memory = nullptr;
  // Not a byte more, so that a build that watches memory sees what goes beyond.
  if (posix_memalign(&memory, 256, bytes) != 0) return 0;
  // All bits set: a float that is no number.
  memset(memory, 0xff, bytes);
  pieces[(uint64_t)memory] = {bytes, currentDevice};
  used[currentDevice] += bytes;
  return (uint64_t)memory;
}

bool giveMemory(uint64_t address) {
  std::lock_guard<std::mutex> lock(guard);
  auto found = pieces.find(address);
  if (found == pieces.end()) return false;
  used[found->second.device] -= found->second.bytes;
  free((void *)address);
  pieces.erase(found);
  return true;
}

bool isTaken(uint64_t address, size_t bytes) {
  std::lock_guard<std::mutex> lock(guard);
  auto next = pieces.upper_bound(address);
  if (next == pieces.begin()) return false;
  auto piece = std::prev(next);
  return address + bytes <= piece->first + piece->second.bytes;
}

}  // namespace stand_in
