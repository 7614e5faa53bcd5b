#include "tables.h"

#include "cublas.h"
#include "cuda.h"
#include "cudnn.h"
#include "nccl.h"
#include "nvrtc.h"

#include <dlfcn.h>
#include <string.h>

const char *caffe_fill_table(void *library, const char *const *symbols, size_t count, void *table) {
  for (size_t i = 0; i < count; i++) {
    void *function = dlsym(library, symbols[i]);
    if (!function) return symbols[i];
    memcpy((char *)table + i * sizeof function, &function, sizeof function);
  }
  return NULL;
}

#define SYMBOL(field, symbol, parameters) symbol,

#define LOADER(name, FUNCTIONS) \
  const char *caffe_##name##_load(void *library, caffe_##name##_table *table) { \
    static const char *const symbols[] = {FUNCTIONS(SYMBOL)}; \
    return caffe_fill_table(library, symbols, sizeof symbols / sizeof *symbols, table); \
  }

LOADER(cuda, CAFFE_CUDA_FUNCTIONS)
LOADER(nvrtc, CAFFE_NVRTC_FUNCTIONS)
LOADER(cublas, CAFFE_CUBLAS_FUNCTIONS)
LOADER(cudnn, CAFFE_CUDNN_FUNCTIONS)
LOADER(nccl, CAFFE_NCCL_FUNCTIONS)
