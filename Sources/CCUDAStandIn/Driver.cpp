// libcuda's functions.
#include "CCUDAStandIn.h"
#include "Kernels.h"
#include "Live.h"
#include "Memory.h"
#include "Settings.h"
#include "Stream.h"

#include <atomic>
#include <cstdio>
#include <cstring>
#include <mutex>

using namespace stand_in;

namespace {

std::atomic<int> deviceCount{8};

Live &events() {
  // Never destroyed: threads may go on when the program ends.
  static auto all = new Live("an event is used that was destroyed");
  return *all;
}

int init(unsigned) { return deviceCount > 0 ? CAFFE_CU_SUCCESS : CAFFE_CU_NO_DEVICE; }

int driverGetVersion(int *version) {
  *version = 13000;
  return 0;
}

int getErrorName(int error, const char **name) {
  *name = error == CAFFE_CU_OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY" : "CUDA_ERROR_STAND_IN";
  return 0;
}

int getErrorString(int error, const char **text) {
  *text = error == CAFFE_CU_OUT_OF_MEMORY ? "out of memory" : "the stand-in refuses this";
  return 0;
}

int deviceGetCount(int *count) {
  *count = deviceCount;
  return 0;
}

int deviceGet(caffe_cu_device *device, int ordinal) {
  // Those beyond the count are for tests that want a device to themselves.
  if (ordinal < 0 || ordinal >= 64) return CAFFE_CU_INVALID_DEVICE;
  *device = ordinal;
  return 0;
}

int deviceGetName(char *name, int length, caffe_cu_device device) {
  snprintf(name, (size_t)length, "CUDA stand-in %d", device);
  return 0;
}

int deviceGetAttribute(int *value, int attribute, caffe_cu_device) {
  switch (attribute) {
    case CAFFE_CU_MULTIPROCESSORS: *value = 4; return 0;
    case CAFFE_CU_CAPABILITY_MAJOR: *value = 9; return 0;
    case CAFFE_CU_CAPABILITY_MINOR: *value = 0; return 0;
    default: return CAFFE_CU_INVALID_VALUE;
  }
}

int deviceTotalMem(size_t *bytes, caffe_cu_device device) {
  *bytes = settings(device).memory;
  return 0;
}

int primaryContextRetain(caffe_cu_context *context, caffe_cu_device device) {
  *context = (caffe_cu_context)(intptr_t)(device + 1);
  return 0;
}

int primaryContextRelease(caffe_cu_device) { return 0; }

int contextSetCurrent(caffe_cu_context context) {
  currentDevice = (int)(intptr_t)context - 1;
  return 0;
}

int memGetInfo(size_t *free, size_t *total) {
  *free = freeMemory();
  *total = settings(currentDevice).memory;
  return 0;
}

int memAlloc(caffe_cu_address *address, size_t bytes) {
  *address = bytes ? takeMemory(bytes) : 0;
  if (!bytes) return CAFFE_CU_INVALID_VALUE;
  return *address ? 0 : CAFFE_CU_OUT_OF_MEMORY;
}

int memFree(caffe_cu_address address) { return giveMemory(address) ? 0 : CAFFE_CU_INVALID_VALUE; }

int memHostAlloc(void **pointer, size_t bytes, unsigned) {
  *pointer = malloc(bytes);
  return *pointer ? 0 : CAFFE_CU_OUT_OF_MEMORY;
}

int memFreeHost(void *pointer) {
  free(pointer);
  return 0;
}

int copyToDevice(caffe_cu_address target, const void *source, size_t bytes, caffe_cu_stream stream) {
  if (!stream->isCurrent()) return CAFFE_CU_INVALID_CONTEXT;
  if (!isTaken(target, bytes)) return CAFFE_CU_INVALID_VALUE;
  stream->add([=] { memcpy((void *)target, source, bytes); });
  return 0;
}

int copyToHost(void *target, caffe_cu_address source, size_t bytes, caffe_cu_stream stream) {
  if (!stream->isCurrent()) return CAFFE_CU_INVALID_CONTEXT;
  if (!isTaken(source, bytes)) return CAFFE_CU_INVALID_VALUE;
  stream->add([=] { memcpy(target, (const void *)source, bytes); });
  return 0;
}

int copyOnDevice(caffe_cu_address target, caffe_cu_address source, size_t bytes, caffe_cu_stream stream) {
  if (!stream->isCurrent()) return CAFFE_CU_INVALID_CONTEXT;
  if (!isTaken(target, bytes) || !isTaken(source, bytes)) return CAFFE_CU_INVALID_VALUE;
  stream->add([=] { memcpy((void *)target, (const void *)source, bytes); });
  return 0;
}

int setWords(caffe_cu_address target, unsigned word, size_t count, caffe_cu_stream stream) {
  if (!stream->isCurrent()) return CAFFE_CU_INVALID_CONTEXT;
  if (!isTaken(target, count * 4)) return CAFFE_CU_INVALID_VALUE;
  stream->add([=] {
    for (size_t i = 0; i < count; i++) memcpy((char *)target + i * 4, &word, 4);
  });
  return 0;
}

int streamCreate(caffe_cu_stream *stream, unsigned) {
  *stream = new caffe_cu_stream_state();
  (*stream)->device = currentDevice;
  return 0;
}

int streamDestroy(caffe_cu_stream stream) {
  stream->drain(stream->added());
  delete stream;
  return 0;
}

int streamSynchronize(caffe_cu_stream stream) {
  if (stream->isCapturing) return CAFFE_CU_STREAM_CAPTURE_UNSUPPORTED;
  stream->drain(stream->added());
  return 0;
}

int streamQuery(caffe_cu_stream stream) {
  if (stream->isCapturing) return CAFFE_CU_STREAM_CAPTURE_UNSUPPORTED;
  return stream->advance(stream->added()) ? 0 : CAFFE_CU_NOT_READY;
}

int streamWaitEvent(caffe_cu_stream stream, caffe_cu_event event, unsigned) {
  events().check(event);
  auto other = event->stream;
  auto position = event->position;
  if (other && other != stream) {
    if (other->runsByItself()) stream->runByItself();
    stream->add([=] { other->drain(position); });
  }
  return 0;
}

int eventCreate(caffe_cu_event *event, unsigned) {
  *event = new caffe_cu_event_state();
  (*event)->device = currentDevice;
  events().add(*event);
  return 0;
}

int eventDestroy(caffe_cu_event event) {
  events().remove(event);
  if (event->stream) event->stream->drain(event->position);
  delete event;
  return 0;
}

int eventRecord(caffe_cu_event event, caffe_cu_stream stream) {
  events().check(event);
  if (event->device != stream->device) return CAFFE_CU_INVALID_CONTEXT;
  if (stream->isCapturing) return CAFFE_CU_STREAM_CAPTURE_UNSUPPORTED;
  // A recording that nobody has looked at is forgotten, but its task must not write to an event of later.
  if (event->stream) event->stream->drain(event->position);
  stream->add([event] { event->time = std::chrono::steady_clock::now(); });
  event->stream = stream;
  event->position = stream->added();
  return 0;
}

int eventSynchronize(caffe_cu_event event) {
  events().check(event);
  if (event->stream) event->stream->drain(event->position);
  return 0;
}

int eventQuery(caffe_cu_event event) {
  events().check(event);
  return !event->stream || event->stream->advance(event->position) ? 0 : CAFFE_CU_NOT_READY;
}

int eventElapsedTime(float *milliseconds, caffe_cu_event start, caffe_cu_event end) {
  eventSynchronize(start);
  eventSynchronize(end);
  *milliseconds = std::chrono::duration<float, std::milli>(end->time - start->time).count();
  return 0;
}

int moduleLoadData(caffe_cu_module *module, const void *image) {
  static const char mark[] = "stand-in";
  if (strncmp((const char *)image, mark, sizeof mark - 1) != 0) return CAFFE_CU_INVALID_VALUE;
  *module = (caffe_cu_module)mark;
  return 0;
}

int moduleUnload(caffe_cu_module) { return 0; }

int moduleGetFunction(caffe_cu_function *function, caffe_cu_module, const char *name) {
  for (auto &kernel : kernels()) {
    if (strcmp(kernel.name, name) != 0) continue;
    *function = (caffe_cu_function)&kernel;
    return 0;
  }
  return CAFFE_CU_NOT_FOUND;
}

bool isLaunchable(Extent grid, Extent block) {
  bool fits = grid.y <= 65535 && grid.z <= 65535 && grid.x <= 0x7fffffffu && block.z <= 64;
  return fits && grid.x && grid.y && grid.z && block.x && block.y && block.z &&
         (size_t)block.x * block.y * block.z <= 1024;
}

int launchKernel(
    caffe_cu_function function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
    unsigned blockZ, unsigned, caffe_cu_stream stream, void **arguments, void **) {
  if (!stream->isCurrent()) return CAFFE_CU_INVALID_CONTEXT;
  Extent grid{gridX, gridY, gridZ}, block{blockX, blockY, blockZ};
  if (!isLaunchable(grid, block)) return CAFFE_CU_INVALID_VALUE;
  stream->add(Launch((const Kernel *)function, grid, block, arguments));
  return 0;
}

int streamBeginCapture(caffe_cu_stream stream, int) {
  if (!stream->isCurrent()) return CAFFE_CU_INVALID_CONTEXT;
  auto &refusals = settings(stream->device).refusals;
  if (refusals > 0) {
    refusals--;
    return CAFFE_CU_STREAM_CAPTURE_UNSUPPORTED;
  }
  stream->isCapturing = true;
  stream->graph = new caffe_cu_graph_state();
  return 0;
}

int streamEndCapture(caffe_cu_stream stream, caffe_cu_graph *graph) {
  *graph = stream->graph;
  stream->isCapturing = false;
  stream->graph = nullptr;
  return 0;
}

int streamGetCaptureInfo(
    caffe_cu_stream stream, int *status, uint64_t *identifier, caffe_cu_graph *graph,
    const caffe_cu_node **dependencies, size_t *count) {
  *status = stream->isCapturing;
  if (!stream->isCapturing) return 0;
  *identifier = 1;
  *graph = stream->graph;
  static thread_local caffe_cu_node last;
  last = stream->graph->nodes.empty() ? nullptr : stream->graph->nodes.back().get();
  *dependencies = &last;
  *count = last ? 1 : 0;
  return 0;
}

int graphInstantiate(caffe_cu_graph_exec *executable, caffe_cu_graph graph, unsigned long long) {
  auto made = new caffe_cu_graph_exec_state();
  for (auto &node : graph->nodes) {
    made->nodes.push_back(node.get());
    made->kept.push_back(node);
    made->launches.push_back(node->launch ? *node->launch : Launch());
    made->others.push_back(node->other);
  }
  *executable = made;
  return 0;
}

int graphSetKernel(caffe_cu_graph_exec executable, caffe_cu_node node, const caffe_cu_launch *launch) {
  for (size_t i = 0; i < executable->nodes.size(); i++) {
    if (executable->nodes[i] != node) continue;
    auto kernel = (const Kernel *)launch->function;
    if (executable->launches[i].kernel != kernel) return CAFFE_CU_INVALID_VALUE;
    executable->launches[i] = Launch(
        kernel, {launch->grid[0], launch->grid[1], launch->grid[2]},
        {launch->block[0], launch->block[1], launch->block[2]}, launch->arguments);
    return 0;
  }
  return CAFFE_CU_INVALID_VALUE;
}

int graphLaunch(caffe_cu_graph_exec executable, caffe_cu_stream stream) {
  if (!stream->isCurrent()) return CAFFE_CU_INVALID_CONTEXT;
  for (size_t i = 0; i < executable->nodes.size(); i++) {
    if (executable->launches[i].kernel) {
      stream->add(executable->launches[i]);
    } else {
      stream->add(executable->others[i]);
    }
  }
  return 0;
}

int graphExecDestroy(caffe_cu_graph_exec executable) {
  delete executable;
  return 0;
}

int graphDestroy(caffe_cu_graph graph) {
  delete graph;
  return 0;
}

}  // namespace

void caffe_stand_in_cuda(caffe_cuda_table *table) {
#define ENTRY(field, symbol, parameters) field,
  *table = {CAFFE_CUDA_FUNCTIONS(ENTRY)};
}

void caffe_stand_in_set_reversed(int device, int reversed) { settings(device).isReversed = reversed != 0; }
void caffe_stand_in_set_memory(int device, size_t bytes) { settings(device).memory = bytes; }
void caffe_stand_in_set_device_count(int count) { deviceCount = count; }
void caffe_stand_in_refuse_captures(int device, int count) { settings(device).refusals = count; }
void caffe_stand_in_break_link(int device) { settings(device).linkError = 6; }
void caffe_stand_in_refuse_to_join(int device) { settings(device).refusesToJoin = true; }
size_t caffe_stand_in_kernel_count(void) { return kernels().size(); }
const char *caffe_stand_in_kernel_name(size_t index) {
  return index < kernels().size() ? kernels()[index].name : nullptr;
}
