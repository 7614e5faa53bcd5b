// Sums. The order of additions is fixed, so results don't depend on threads.
#include "CKernels.h"
#include "vectors.h"

#define SUM(VECTOR, SCALAR) \
  v16 s0 = {}, s1 = {}, s2 = {}, s3 = {}; \
  long i = 0; \
  for (; i + 4 * LANES <= count; i += 4 * LANES) { \
    { long j = i; s0 += VECTOR; } \
    { long j = i + LANES; s1 += VECTOR; } \
    { long j = i + 2 * LANES; s2 += VECTOR; } \
    { long j = i + 3 * LANES; s3 += VECTOR; } \
  } \
  v16 sums = (s0 + s1) + (s2 + s3); \
  double total = sum_of_lanes(&sums); \
  for (long j = i; j < count; j++) total += SCALAR; \
  return total

MULTIVERSION double caffe_sum(const float *x, long count) { SUM(LOAD(x + j), x[j]); }

MULTIVERSION double caffe_absolute_sum(const float *x, long count) { SUM(ABSOLUTE(LOAD(x + j)), fabsf(x[j])); }

MULTIVERSION double caffe_square_sum(const float *x, long count) {
  SUM(LOAD(x + j) * LOAD(x + j), x[j] * x[j]);
}

MULTIVERSION double caffe_dot(const float *x, const float *y, long count) {
  SUM(LOAD(x + j) * LOAD(y + j), x[j] * y[j]);
}

MULTIVERSION long caffe_first_non_finite(const float *x, long count) {
  for (long start = 0; start < count; start += 1024) {
    long end = start + 1024 < count ? start + 1024 : count;
    int32_t bad = 0;
    for (long i = start; i < end; i++) {
      int32_t bits;
      memcpy(&bits, x + i, sizeof bits);
      bad |= (bits & 0x7f800000) == 0x7f800000;
    }
    if (!bad) continue;
    for (long i = start; i < end; i++) {
      if (!isfinite(x[i])) return i;
    }
  }
  return -1;
}
