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

// The same for a table that has texts of errors at its end, which may be missing.
#define LOADER_WITH_TEXTS(name, FUNCTIONS, textSymbol) \
  const char *caffe_##name##_load(void *library, caffe_##name##_table *table) { \
    static const char *const symbols[] = {FUNCTIONS(SYMBOL)}; \
    void *text = dlsym(library, textSymbol); \
    memcpy(&table->errorText, &text, sizeof text); \
    return caffe_fill_table(library, symbols, sizeof symbols / sizeof *symbols, table); \
  }

LOADER_WITH_TEXTS(cublas, CAFFE_CUBLAS_FUNCTIONS, "cublasGetStatusString")
LOADER_WITH_TEXTS(cudnn, CAFFE_CUDNN_FUNCTIONS, "cudnnGetErrorString")
LOADER_WITH_TEXTS(nccl, CAFFE_NCCL_FUNCTIONS, "ncclGetErrorString")
