// RTLD_DEFAULT is an extension.
#define _GNU_SOURCE
#include "COneDNN.h"
#include "common.h"
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>

static void (*set_threads)(int);
static char version[32];

__attribute__((constructor)) static void prepare(void) {
  set_threads = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  const dnnl_version_t *v = dnnl_version();
  snprintf(version, sizeof version, "%d.%d.%d", v->major, v->minor, v->patch);
}

void caffe_dnnl_use_threads(int threads) {
  // A setting of the calling thread alone, so it is made for every call.
  if (set_threads) set_threads(threads);
}

const char *caffe_dnnl_version(void) { return version; }

const char *caffe_dnnl_status_text(int status) {
  switch (status) {
  case dnnl_success: return "success";
  case dnnl_out_of_memory: return "out of memory";
  case dnnl_invalid_arguments: return "invalid arguments";
  case dnnl_unimplemented: return "not implemented";
  case dnnl_runtime_error: return "run-time error";
  default: return "unknown status";
  }
}

bool caffe_dnnl_has_none(int status) { return status == dnnl_unimplemented || status == dnnl_invalid_arguments; }

int caffe_dnnl_sgemm(
    bool transpose_a, bool transpose_b, long m, long n, long k, float alpha, const float *a, long lda, const float *b,
    long ldb, float beta, float *c, long ldc, int threads) {
  caffe_dnnl_use_threads(threads);
  return dnnl_sgemm(transpose_a ? 'T' : 'N', transpose_b ? 'T' : 'N', m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}
