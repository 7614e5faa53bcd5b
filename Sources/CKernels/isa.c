// Which blocks the kernels over lanes use.
#include "CKernels.h"
#include "lanes.h"
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__) && defined(__linux__)
static bool has_eight;

// Before main, so that no lock is needed. Without AVX-512 a vector of sixteen takes two registers of sixteen: blocks made for thirty-two
// of them would live in memory. CAFFE_CPU_ISA=avx2 has a processor with AVX-512 compute likewise.
__attribute__((constructor)) static void find_width(void) {
  __builtin_cpu_init();
  const char *wanted = getenv("CAFFE_CPU_ISA");
  bool is_narrowed = wanted && strcmp(wanted, "avx2") == 0;
  bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  has_eight = has_avx2 && (is_narrowed || !__builtin_cpu_supports("avx512f"));
}

bool caffe_lanes_by_eight(void) { return has_eight; }
#else
bool caffe_lanes_by_eight(void) { return false; }
#endif
