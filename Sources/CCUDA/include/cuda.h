// The functions of NVIDIA's driver, libcuda.so.1, that we call.
//
// Our own declarations; facts from the CUDA Driver API reference, "Data types" and "Modules", version 12.
#ifndef CAFFE_CCUDA_CUDA_H
#define CAFFE_CCUDA_CUDA_H

#include "tables.h"
#include <stdint.h>

typedef int caffe_cu_device;
typedef uint64_t caffe_cu_address;
typedef struct caffe_cu_context_state *caffe_cu_context;
typedef struct caffe_cu_stream_state *caffe_cu_stream;
typedef struct caffe_cu_event_state *caffe_cu_event;
typedef struct caffe_cu_module_state *caffe_cu_module;
typedef struct caffe_cu_function_state *caffe_cu_function;
typedef struct caffe_cu_graph_state *caffe_cu_graph;
typedef struct caffe_cu_graph_exec_state *caffe_cu_graph_exec;
typedef struct caffe_cu_node_state *caffe_cu_node;

// What a kernel node of a graph launches: CUDA_KERNEL_NODE_PARAMS_v1.
typedef struct {
  caffe_cu_function function;
  unsigned grid[3];
  unsigned block[3];
  unsigned shared_bytes;
  void **arguments;
  void **extra;
} caffe_cu_launch;

enum {
  CAFFE_CU_SUCCESS = 0,
  CAFFE_CU_INVALID_VALUE = 1,
  CAFFE_CU_OUT_OF_MEMORY = 2,
  CAFFE_CU_NO_DEVICE = 100,
  CAFFE_CU_INVALID_DEVICE = 101,
  CAFFE_CU_INVALID_CONTEXT = 201,
  CAFFE_CU_NOT_FOUND = 500,
  CAFFE_CU_NOT_READY = 600,
  CAFFE_CU_STREAM_CAPTURE_UNSUPPORTED = 900
};

enum {
  CAFFE_CU_MULTIPROCESSORS = 16,
  CAFFE_CU_CAPABILITY_MAJOR = 75,
  CAFFE_CU_CAPABILITY_MINOR = 76,
  CAFFE_CU_STREAM_NON_BLOCKING = 1,
  CAFFE_CU_EVENT_DISABLE_TIMING = 2,
  CAFFE_CU_CAPTURE_THREAD_LOCAL = 1
};

#define CAFFE_CUDA_FUNCTIONS(FUNCTION) \
  FUNCTION(init, "cuInit", (unsigned flags)) \
  FUNCTION(driverGetVersion, "cuDriverGetVersion", (int *version)) \
  FUNCTION(getErrorName, "cuGetErrorName", (int error, const char **name)) \
  FUNCTION(getErrorString, "cuGetErrorString", (int error, const char **text)) \
  FUNCTION(deviceGetCount, "cuDeviceGetCount", (int *count)) \
  FUNCTION(deviceGet, "cuDeviceGet", (caffe_cu_device *device, int ordinal)) \
  FUNCTION(deviceGetName, "cuDeviceGetName", (char *name, int length, caffe_cu_device device)) \
  FUNCTION(deviceGetAttribute, "cuDeviceGetAttribute", (int *value, int attribute, caffe_cu_device device)) \
  FUNCTION(deviceTotalMem, "cuDeviceTotalMem_v2", (size_t *bytes, caffe_cu_device device)) \
  FUNCTION(primaryContextRetain, "cuDevicePrimaryCtxRetain", (caffe_cu_context *context, caffe_cu_device device)) \
  FUNCTION(primaryContextRelease, "cuDevicePrimaryCtxRelease_v2", (caffe_cu_device device)) \
  FUNCTION(contextSetCurrent, "cuCtxSetCurrent", (caffe_cu_context context)) \
  FUNCTION(memGetInfo, "cuMemGetInfo_v2", (size_t *free, size_t *total)) \
  FUNCTION(memAlloc, "cuMemAlloc_v2", (caffe_cu_address *address, size_t bytes)) \
  FUNCTION(memFree, "cuMemFree_v2", (caffe_cu_address address)) \
  FUNCTION(memHostAlloc, "cuMemHostAlloc", (void **pointer, size_t bytes, unsigned flags)) \
  FUNCTION(memFreeHost, "cuMemFreeHost", (void *pointer)) \
  FUNCTION(copyToDevice, "cuMemcpyHtoDAsync_v2", \
           (caffe_cu_address target, const void *source, size_t bytes, caffe_cu_stream stream)) \
  FUNCTION(copyToHost, "cuMemcpyDtoHAsync_v2", \
           (void *target, caffe_cu_address source, size_t bytes, caffe_cu_stream stream)) \
  FUNCTION(copyOnDevice, "cuMemcpyDtoDAsync_v2", \
           (caffe_cu_address target, caffe_cu_address source, size_t bytes, caffe_cu_stream stream)) \
  FUNCTION(setWords, "cuMemsetD32Async", \
           (caffe_cu_address target, unsigned word, size_t count, caffe_cu_stream stream)) \
  FUNCTION(streamCreate, "cuStreamCreate", (caffe_cu_stream *stream, unsigned flags)) \
  FUNCTION(streamDestroy, "cuStreamDestroy_v2", (caffe_cu_stream stream)) \
  FUNCTION(streamSynchronize, "cuStreamSynchronize", (caffe_cu_stream stream)) \
  FUNCTION(streamQuery, "cuStreamQuery", (caffe_cu_stream stream)) \
  FUNCTION(streamWaitEvent, "cuStreamWaitEvent", (caffe_cu_stream stream, caffe_cu_event event, unsigned flags)) \
  FUNCTION(eventCreate, "cuEventCreate", (caffe_cu_event *event, unsigned flags)) \
  FUNCTION(eventDestroy, "cuEventDestroy_v2", (caffe_cu_event event)) \
  FUNCTION(eventRecord, "cuEventRecord", (caffe_cu_event event, caffe_cu_stream stream)) \
  FUNCTION(eventQuery, "cuEventQuery", (caffe_cu_event event)) \
  FUNCTION(eventSynchronize, "cuEventSynchronize", (caffe_cu_event event)) \
  FUNCTION(eventElapsedTime, "cuEventElapsedTime", (float *milliseconds, caffe_cu_event start, caffe_cu_event end)) \
  FUNCTION(moduleLoadData, "cuModuleLoadData", (caffe_cu_module *module, const void *image)) \
  FUNCTION(moduleUnload, "cuModuleUnload", (caffe_cu_module module)) \
  FUNCTION(moduleGetFunction, "cuModuleGetFunction", \
           (caffe_cu_function *function, caffe_cu_module module, const char *name)) \
  FUNCTION(launchKernel, "cuLaunchKernel", \
           (caffe_cu_function function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, \
            unsigned blockY, unsigned blockZ, unsigned sharedBytes, caffe_cu_stream stream, void **arguments, \
            void **extra)) \
  FUNCTION(streamBeginCapture, "cuStreamBeginCapture_v2", (caffe_cu_stream stream, int mode)) \
  FUNCTION(streamEndCapture, "cuStreamEndCapture", (caffe_cu_stream stream, caffe_cu_graph *graph)) \
  FUNCTION(streamGetCaptureInfo, "cuStreamGetCaptureInfo_v2", \
           (caffe_cu_stream stream, int *status, uint64_t *identifier, caffe_cu_graph *graph, \
            const caffe_cu_node **dependencies, size_t *dependencyCount)) \
  FUNCTION(graphInstantiate, "cuGraphInstantiateWithFlags", \
           (caffe_cu_graph_exec *executable, caffe_cu_graph graph, unsigned long long flags)) \
  FUNCTION(graphSetKernel, "cuGraphExecKernelNodeSetParams", \
           (caffe_cu_graph_exec executable, caffe_cu_node node, const caffe_cu_launch *launch)) \
  FUNCTION(graphLaunch, "cuGraphLaunch", (caffe_cu_graph_exec executable, caffe_cu_stream stream)) \
  FUNCTION(graphExecDestroy, "cuGraphExecDestroy", (caffe_cu_graph_exec executable)) \
  FUNCTION(graphDestroy, "cuGraphDestroy", (caffe_cu_graph graph))

typedef struct {
  CAFFE_CUDA_FUNCTIONS(CAFFE_FIELD)
} caffe_cuda_table;

// Fills `table` from an open libcuda; gives the name of the first function that isn't there.
const char *caffe_cuda_load(void *library, caffe_cuda_table *table);

#endif
