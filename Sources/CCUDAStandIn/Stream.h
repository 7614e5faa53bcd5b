// Work that is done late, in order, and graphs of it.
#ifndef CAFFE_STAND_IN_STREAM_H
#define CAFFE_STAND_IN_STREAM_H

#include "Block.h"
#include "CCUDA.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace stand_in {

// A launch with a copy of its arguments.
struct Launch {
  const Kernel *kernel = nullptr;
  Extent grid, block;
  std::vector<std::vector<char>> arguments;

  Launch() = default;
  Launch(const Kernel *kernel, Extent grid, Extent block, void **arguments);
  void operator()() const;
};

}  // namespace stand_in

struct caffe_cu_node_state {
  // A kernel, which can be changed, or anything else.
  std::unique_ptr<stand_in::Launch> launch;
  std::function<void()> other;
};

struct caffe_cu_graph_state {
  std::vector<std::shared_ptr<caffe_cu_node_state>> nodes;
};

struct caffe_cu_graph_exec_state {
  std::vector<stand_in::Launch> launches;
  std::vector<std::function<void()>> others;
  std::vector<caffe_cu_node> nodes;
  std::vector<std::shared_ptr<caffe_cu_node_state>> kept;
};

struct caffe_cu_stream_state {
  int device = 0;
  bool isCapturing = false;
  caffe_cu_graph_state *graph = nullptr;

  ~caffe_cu_stream_state();
  // Whether the calling thread works with its device.
  bool isCurrent() const;
  // Has `task` done later, or puts it into the graph that is being made.
  void add(std::function<void()> task);
  void add(stand_in::Launch launch);
  // How many tasks were added.
  unsigned long long added();
  // Whether what was added before number `end` is done; a stream without a thread of its own does it now.
  bool advance(unsigned long long end);
  // Does what was added before number `end`, or waits until it is done.
  void drain(unsigned long long end);
  // Has all tasks done by a thread of its own from now on, as a device does: one that waits for other streams may have nobody who waits
  // for it.
  void runByItself();
  bool runsByItself();

 private:
  void push(std::function<void()> task);
  void work();

  std::mutex guard;
  std::condition_variable changed;
  std::deque<std::function<void()>> tasks;
  unsigned long long addedCount = 0, doneCount = 0;
  std::thread thread;
  bool isEnding = false;
};

struct caffe_cu_event_state {
  int device = 0;
  caffe_cu_stream_state *stream = nullptr;
  unsigned long long position = 0;
  std::chrono::steady_clock::time_point time;
};

#endif
