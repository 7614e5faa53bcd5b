// The functions of NVIDIA's matrix library, libcublas, that we call.
//
// Our own declarations; facts from the cuBLAS documentation, version 13. Matrices are column-major there.
#ifndef CAFFE_CCUDA_CUBLAS_H
#define CAFFE_CCUDA_CUBLAS_H

#include "cuda.h"

typedef struct caffe_cublas_state *caffe_cublas;

enum {
  CAFFE_CUBLAS_PLAIN = 0,
  CAFFE_CUBLAS_TRANSPOSED = 1,
  // Single precision throughout, and products of numbers rounded to ten bits of mantissa.
  CAFFE_CUBLAS_FP32 = 0,
  CAFFE_CUBLAS_TF32 = 3
};

#define CAFFE_CUBLAS_FUNCTIONS(FUNCTION) \
  FUNCTION(create, "cublasCreate_v2", (caffe_cublas *handle)) \
  FUNCTION(destroy, "cublasDestroy_v2", (caffe_cublas handle)) \
  FUNCTION(getVersion, "cublasGetVersion_v2", (caffe_cublas handle, int *version)) \
  FUNCTION(setStream, "cublasSetStream_v2", (caffe_cublas handle, caffe_cu_stream stream)) \
  FUNCTION(setWorkspace, "cublasSetWorkspace_v2", (caffe_cublas handle, caffe_cu_address memory, size_t bytes)) \
  FUNCTION(setMathMode, "cublasSetMathMode", (caffe_cublas handle, int mode)) \
  FUNCTION(sgemm, "cublasSgemm_v2", \
           (caffe_cublas handle, int transposeA, int transposeB, int rows, int columns, int inner, \
            const float *alpha, caffe_cu_address a, int strideA, caffe_cu_address b, int strideB, const float *beta, \
            caffe_cu_address c, int strideC)) \
  FUNCTION(sgemmStrided, "cublasSgemmStridedBatched", \
           (caffe_cublas handle, int transposeA, int transposeB, int rows, int columns, int inner, \
            const float *alpha, caffe_cu_address a, int strideA, long long stepA, caffe_cu_address b, int strideB, \
            long long stepB, const float *beta, caffe_cu_address c, int strideC, long long stepC, int count))

typedef struct {
  CAFFE_CUBLAS_FUNCTIONS(CAFFE_FIELD)
  // cublasGetStatusString: what the library calls an error. NULL where it doesn't tell.
  const char *(*errorText)(int status);
} caffe_cublas_table;

// Fills `table` from an open libcublas; gives the name of the first function that isn't there.
const char *caffe_cublas_load(void *library, caffe_cublas_table *table);

#endif
