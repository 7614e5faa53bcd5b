// The functions of NVIDIA's library for sums over several devices, libnccl, that we call.
//
// Our own declarations; facts from the NCCL documentation, version 2.28.
#ifndef CAFFE_CCUDA_NCCL_H
#define CAFFE_CCUDA_NCCL_H

#include "cuda.h"

typedef struct caffe_nccl_comm_state *caffe_nccl_comm;

enum { CAFFE_NCCL_FLOAT = 7, CAFFE_NCCL_AVERAGE = 4, CAFFE_NCCL_IN_PROGRESS = 7 };

#define CAFFE_NCCL_FUNCTIONS(FUNCTION) \
  FUNCTION(getVersion, "ncclGetVersion", (int *version)) \
  FUNCTION(commInitAll, "ncclCommInitAll", (caffe_nccl_comm *comms, int count, const int *devices)) \
  FUNCTION(commDestroy, "ncclCommDestroy", (caffe_nccl_comm comm)) \
  FUNCTION(commAbort, "ncclCommAbort", (caffe_nccl_comm comm)) \
  FUNCTION(commGetAsyncError, "ncclCommGetAsyncError", (caffe_nccl_comm comm, int *error)) \
  FUNCTION(groupStart, "ncclGroupStart", (void)) \
  FUNCTION(groupEnd, "ncclGroupEnd", (void)) \
  FUNCTION(allReduce, "ncclAllReduce", \
           (caffe_cu_address source, caffe_cu_address target, size_t count, int type, int operation, \
            caffe_nccl_comm comm, caffe_cu_stream stream)) \
  FUNCTION(broadcast, "ncclBroadcast", \
           (caffe_cu_address source, caffe_cu_address target, size_t count, int type, int root, caffe_nccl_comm comm, \
            caffe_cu_stream stream))

typedef struct {
  CAFFE_NCCL_FUNCTIONS(CAFFE_FIELD)
  // ncclGetErrorString: what the library calls an error. NULL where it doesn't tell.
  const char *(*errorText)(int status);
} caffe_nccl_table;

// Fills `table` from an open libnccl; gives the name of the first function that isn't there.
const char *caffe_nccl_load(void *library, caffe_nccl_table *table);

#endif
