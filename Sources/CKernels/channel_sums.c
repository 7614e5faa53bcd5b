// Sums of a part of a channel. The order of additions is fixed, so results don't depend on threads.
#include "CKernels.h"
#include "vectors.h"

#define EACH_PART(VECTOR, SCALAR) \
  do { \
    v16 s0 = {}, s1 = {}; \
    long i = 0; \
    for (; i + 2 * LANES <= count; i += 2 * LANES) { \
      { long j = i; s0 += VECTOR; } \
      { long j = i + LANES; s1 += VECTOR; } \
    } \
    v16 sums = s0 + s1; \
    double total = (double)sum_of_lanes(&sums); \
    for (long j = i; j < count; j++) total += (double)(SCALAR); \
    return total; \
  } while (0)

MULTIVERSION double caffe_channel_sum(int kind, const float *x, const float *y, float mean, long count) {
  switch (kind) {
  case CAFFE_SUM:
    EACH_PART(LOAD(x + j), x[j]);
  case CAFFE_SUM_OF_PRODUCTS:
    EACH_PART(LOAD(x + j) * LOAD(y + j), x[j] * y[j]);
  case CAFFE_SUM_OF_DEVIATIONS:
    EACH_PART((LOAD(x + j) - mean) * (LOAD(x + j) - mean), (x[j] - mean) * (x[j] - mean));
  case CAFFE_SUM_BELOW_ZERO:
    EACH_PART(SELECT(LOAD(x + j) > 0, ALL(0), LOAD(x + j) * LOAD(y + j)), x[j] > 0 ? 0 : x[j] * y[j]);
  default:
    return 0;
  }
}

MULTIVERSION double caffe_lanes_deviation_sum(const float *x, float mean, int images, long count) {
  v16 sums = {};
  for (long i = 0; i + LANES <= count; i += LANES) sums += (LOAD(x + i) - mean) * (LOAD(x + i) - mean);
  double total = 0;
  for (int lane = 0; lane < images; lane++) total += (double)sums[lane];
  return total;
}

MULTIVERSION void caffe_scaled_sign(float factor, const float *x, float *y, long count) {
  for (long i = 0; i < count; i++) y[i] = (float)((x[i] > 0) - (x[i] < 0)) * factor;
}
