// Derivatives of the functions of one value.
#include "CKernels.h"
#include "vectors.h"

// Runs BODY, which makes the v16 `r` from x, y and d, over all values.
#define EACH(BODY) \
  do { \
    long i = 0; \
    for (; i + LANES <= count; i += LANES) { \
      v16 x = LOAD(xs + i), y = LOAD(ys + i), d = LOAD(ds + i), r; \
      (void)x, (void)y; \
      BODY; \
      STORE(rs + i, r); \
    } \
    if (i < count) { \
      size_t rest = (size_t)(count - i) * sizeof(float); \
      v16 x = {}, y = {}, d = {}, r; \
      memcpy(&x, xs + i, rest); \
      memcpy(&y, ys + i, rest); \
      memcpy(&d, ds + i, rest); \
      (void)x, (void)y; \
      BODY; \
      memcpy(rs + i, &r, rest); \
    } \
  } while (0)

static void power_gradient(const caffe_function *f, const float *xs, const float *ds, float *rs, long count) {
  float p = f->a, scale = f->b, shift = f->c, factor = p * scale;
  if (factor == 0) {
    memset(rs, 0, (size_t)count * sizeof(float));
  } else if (p == 1) {
    for (long i = 0; i < count; i++) rs[i] = factor * ds[i];
  } else if (p == 2) {
    for (long i = 0; i < count; i++) rs[i] = factor * (scale * xs[i] + shift) * ds[i];
  } else {
    for (long i = 0; i < count; i++) rs[i] = factor * powf(scale * xs[i] + shift, p - 1) * ds[i];
  }
}

MULTIVERSION void caffe_map_gradient(
    const caffe_function *f, const float *xs, const float *ys, const float *ds, float *rs, long count) {
  float a = f->a, b = f->b;
  switch (f->kind) {
  case CAFFE_RELU:
    EACH(r = SELECT(x > 0, d, d * a));
    break;
  case CAFFE_SIGMOID:
    EACH(r = d * y * (1.0f - y));
    break;
  case CAFFE_TANH:
    EACH(r = d * (1.0f - y * y));
    break;
  case CAFFE_ABSOLUTE:
    EACH(r = SELECT(x > 0, d, SELECT(x < 0, -d, ALL(0))));
    break;
  case CAFFE_POWER:
    power_gradient(f, xs, ds, rs, count);
    break;
  case CAFFE_EXPONENTIAL:
    EACH(r = d * y * a);
    break;
  case CAFFE_LOGARITHM:
    EACH(r = d * (a * b) / (b * x + f->c));
    break;
  case CAFFE_ELU:
    EACH(r = SELECT(x > 0, d, d * (y + a)));
    break;
  case CAFFE_BNLL:
    EACH(r = -x; exponential(&r); r = d / (1.0f + r));
    break;
  case CAFFE_CLIP:
    EACH(r = SELECT((x >= a) & (x <= b), d, ALL(0)));
    break;
  case CAFFE_SWISH:
    EACH(r = -a * x; exponential(&r); r = 1.0f / (1.0f + r); r = d * (a * y + r * (1.0f - a * y)));
    break;
  case CAFFE_THRESHOLD:
    memset(rs, 0, (size_t)count * sizeof(float));
    break;
  }
}
