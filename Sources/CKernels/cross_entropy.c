// Cross entropy of sigmoids.
#include "CKernels.h"
#include "vectors.h"

double caffe_sigmoid_cross_entropy(
    const float *x, const float *t, bool ignores, float ignored, long count, long *valid) {
  double sum = 0;
  long counted = 0;
  for (long i = 0; i < count; i++) {
    if (ignores && truncf(t[i]) == ignored) continue;
    sum += (double)((x[i] > 0 ? x[i] : 0) - x[i] * t[i] + log1pf(expf(-fabsf(x[i]))));
    counted++;
  }
  *valid = counted;
  return sum;
}

MULTIVERSION void caffe_sigmoid_cross_entropy_gradient(
    const float *x, const float *t, bool ignores, float ignored, float factor, float *dx, long count) {
  for (long i = 0; i < count; i += LANES) {
    const size_t bytes = (size_t)(count - i < LANES ? count - i : LANES) * sizeof(float);
    v16 v = {}, target = {};
    memcpy(&v, x + i, bytes);
    memcpy(&target, t + i, bytes);
    v = -v;
    exponential(&v);
    v = (1.0f / (1.0f + v) - target) * factor;
    memcpy(dx + i, &v, bytes);
  }
  if (!ignores) return;
  for (long i = 0; i < count; i++) {
    if (truncf(t[i]) == ignored) dx[i] = 0;
  }
}
