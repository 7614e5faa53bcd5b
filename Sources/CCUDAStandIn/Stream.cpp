#include "Stream.h"

#include "Memory.h"
#include "Settings.h"

#include <algorithm>
#include <cstring>

namespace stand_in {

Launch::Launch(const Kernel *kernel, Extent grid, Extent block, void **given) : kernel(kernel), grid(grid), block(block) {
  for (size_t i = 0; i < kernel->count; i++) {
    auto first = static_cast<const char *>(given[i]);
    arguments.emplace_back(first, first + kernel->sizes[i]);
  }
}

void Launch::operator()() const {
  std::vector<void *> addresses;
  for (auto &argument : arguments) addresses.push_back(const_cast<char *>(argument.data()));
  run(*kernel, grid, block, addresses.data());
}

}  // namespace stand_in

caffe_cu_stream_state::~caffe_cu_stream_state() {
  if (!thread.joinable()) return;
  {
    std::lock_guard<std::mutex> lock(guard);
    isEnding = true;
    changed.notify_all();
  }
  thread.join();
}

bool caffe_cu_stream_state::isCurrent() const { return device == stand_in::currentDevice; }

void caffe_cu_stream_state::add(std::function<void()> task) {
  if (!isCapturing) return push(std::move(task));
  auto node = std::make_shared<caffe_cu_node_state>();
  node->other = std::move(task);
  graph->nodes.push_back(std::move(node));
}

void caffe_cu_stream_state::add(stand_in::Launch launch) {
  if (!isCapturing) return push(std::move(launch));
  auto node = std::make_shared<caffe_cu_node_state>();
  node->launch = std::make_unique<stand_in::Launch>(std::move(launch));
  graph->nodes.push_back(std::move(node));
}

void caffe_cu_stream_state::push(std::function<void()> task) {
  std::lock_guard<std::mutex> lock(guard);
  tasks.push_back(std::move(task));
  addedCount++;
  changed.notify_all();
}

unsigned long long caffe_cu_stream_state::added() {
  std::lock_guard<std::mutex> lock(guard);
  return addedCount;
}

bool caffe_cu_stream_state::runsByItself() {
  std::lock_guard<std::mutex> lock(guard);
  return thread.joinable();
}

bool caffe_cu_stream_state::advance(unsigned long long end) {
  // Who asks again and again waits for it, and nobody else may.
  if (!runsByItself()) drain(end);
  std::lock_guard<std::mutex> lock(guard);
  return doneCount >= end;
}

void caffe_cu_stream_state::drain(unsigned long long end) {
  std::unique_lock<std::mutex> lock(guard);
  if (thread.joinable() && thread.get_id() != std::this_thread::get_id()) {
    changed.wait(lock, [&] { return doneCount >= end; });
    return;
  }
  while (doneCount < end && !tasks.empty()) {
    auto task = std::move(tasks.front());
    tasks.pop_front();
    lock.unlock();
    stand_in::setReversed(stand_in::settings(device).isReversed);
    task();
    lock.lock();
    doneCount++;
  }
}

void caffe_cu_stream_state::runByItself() {
  std::lock_guard<std::mutex> lock(guard);
  if (!thread.joinable()) thread = std::thread([this] { work(); });
}

void caffe_cu_stream_state::work() {
  std::unique_lock<std::mutex> lock(guard);
  while (true) {
    changed.wait(lock, [&] { return !tasks.empty() || isEnding; });
    if (tasks.empty()) return;
    auto task = std::move(tasks.front());
    tasks.pop_front();
    lock.unlock();
    stand_in::setReversed(stand_in::settings(device).isReversed);
    task();
    lock.lock();
    doneCount++;
    changed.notify_all();
  }
}
