// libnccl's functions: devices are threads of one process, which meet here.
#include "CCUDAStandIn.h"
#include "Live.h"
#include "Settings.h"
#include "Stream.h"

#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

namespace {

// A meeting of all ranks of a communicator, one operation after the other.
class Meeting {
 public:
  explicit Meeting(int count) : count(count), sources(count, nullptr) {}

  // Waits until all ranks have given their values, and has the last one `combine` them. Says whether that came to pass.
  template <typename Combine>
  bool meet(int rank, const float *source, Combine combine) {
    std::unique_lock<std::mutex> lock(guard);
    if (isAborted) return false;
    unsigned long long mine = round;
    sources[rank] = source;
    if (++present == count) {
      combine(sources, result);
      present = 0;
      round++;
      all.notify_all();
    } else {
      all.wait(lock, [&] { return round != mine || isAborted; });
    }
    return !isAborted;
  }

  // What the last meeting came to. Nobody may begin the next one before all have read it, so this meets, too.
  bool read(int rank, float *target, size_t values) {
    if (values > result.size()) return false;
    memcpy(target, result.data(), values * sizeof(float));
    return meet(rank, nullptr, [](auto &, auto &) {});
  }

  void abort() {
    std::lock_guard<std::mutex> lock(guard);
    isAborted = true;
    all.notify_all();
  }

  const int count;
  std::vector<float> result;

 private:
  std::mutex guard;
  std::condition_variable all;
  std::vector<const float *> sources;
  int present = 0;
  unsigned long long round = 0;
  bool isAborted = false;
};

}  // namespace

struct caffe_nccl_comm_state {
  std::shared_ptr<Meeting> meeting;
  int rank;
  int device;
  // Held by every graph that one of its operations is part of.
  std::shared_ptr<int> graphs = std::make_shared<int>(0);
};

namespace {

stand_in::Live &communicators() {
  static auto all = new stand_in::Live("a communicator is used that was destroyed or aborted");
  return *all;
}

int getVersion(int *version) {
  *version = 22809;
  return 0;
}

int commInitAll(caffe_nccl_comm *comms, int count, const int *devices) {
  auto meeting = std::make_shared<Meeting>(count);
  for (int rank = 0; rank < count; rank++) {
    for (int other = 0; other < rank; other++) {
      if (devices[other] == devices[rank]) return 5;
    }
    if (stand_in::settings(devices[rank]).refusesToJoin) return 1;
  }
  for (int rank = 0; rank < count; rank++) {
    comms[rank] = new caffe_nccl_comm_state{meeting, rank, devices[rank]};
    communicators().add(comms[rank]);
  }
  return 0;
}

// NCCL waits for graphs that its operations are part of, which here nobody would end.
void end(caffe_nccl_comm comm) {
  communicators().remove(comm);
  if (comm->graphs.use_count() > 1) stand_in::fail("a communicator ends before the graphs that it is part of");
  delete comm;
}

int commDestroy(caffe_nccl_comm comm) {
  end(comm);
  return 0;
}

int commAbort(caffe_nccl_comm comm) {
  communicators().check(comm);
  comm->meeting->abort();
  end(comm);
  return 0;
}

int commGetAsyncError(caffe_nccl_comm comm, int *error) {
  communicators().check(comm);
  *error = stand_in::settings(comm->device).linkError;
  return 0;
}

const char *errorText(int status) { return status == 5 ? "another rank has failed" : "the stand-in refuses this"; }

int groupStart() { return 0; }
int groupEnd() { return 0; }

int allReduce(
    caffe_cu_address source, caffe_cu_address target, size_t count, int type, int operation, caffe_nccl_comm comm,
    caffe_cu_stream stream) {
  communicators().check(comm);
  if (type != CAFFE_NCCL_FLOAT || operation != CAFFE_NCCL_AVERAGE || !stream->isCurrent()) return 4;
  auto meeting = comm->meeting;
  int rank = comm->rank;
  stream->runByItself();
  auto graphs = stream->isCapturing ? comm->graphs : nullptr;
  stream->add([=] {
    (void)graphs;
    bool met = meeting->meet(rank, (const float *)source, [&](auto &sources, auto &result) {
      result.assign(count, 0);
      for (auto values : sources) {
        for (size_t i = 0; i < count; i++) result[i] += values[i];
      }
      for (auto &value : result) value /= (float)sources.size();
    });
    if (met) meeting->read(rank, (float *)target, count);
  });
  return 0;
}

int broadcast(
    caffe_cu_address source, caffe_cu_address target, size_t count, int type, int root, caffe_nccl_comm comm,
    caffe_cu_stream stream) {
  communicators().check(comm);
  if (type != CAFFE_NCCL_FLOAT || !stream->isCurrent()) return 4;
  auto meeting = comm->meeting;
  int rank = comm->rank;
  stream->runByItself();
  auto graphs = stream->isCapturing ? comm->graphs : nullptr;
  stream->add([=] {
    (void)graphs;
    bool met = meeting->meet(rank, (const float *)source, [&](auto &sources, auto &result) {
      result.assign(sources[root], sources[root] + count);
    });
    if (met) meeting->read(rank, (float *)target, count);
  });
  return 0;
}

}  // namespace

#define ENTRY(field, symbol, parameters) field,
void caffe_stand_in_nccl(caffe_nccl_table *table) { *table = {CAFFE_NCCL_FUNCTIONS(ENTRY) errorText}; }
