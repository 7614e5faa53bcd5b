// Handles that were made and not destroyed: a library that is given another reads what is gone.
#ifndef CAFFE_STAND_IN_LIVE_H
#define CAFFE_STAND_IN_LIVE_H

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <unordered_set>

namespace stand_in {

// Ends the program: what was done would hang or crash with the real libraries.
[[noreturn]] inline void fail(const char *what) {
  fprintf(stderr, "CUDA stand-in: %s\n", what);
  abort();
}

class Live {
 public:
  explicit Live(const char *complaint) : complaint(complaint) {}

  void add(const void *handle) {
    std::lock_guard<std::mutex> lock(guard);
    handles.insert(handle);
  }

  void remove(const void *handle) {
    std::lock_guard<std::mutex> lock(guard);
    if (!handles.erase(handle)) fail(complaint);
  }

  void check(const void *handle) {
    std::lock_guard<std::mutex> lock(guard);
    if (!handles.count(handle)) fail(complaint);
  }

 private:
  const char *complaint;
  std::mutex guard;
  std::unordered_set<const void *> handles;
};

}  // namespace stand_in

#endif
