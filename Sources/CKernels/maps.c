// Functions of one value.
#include "CKernels.h"
#include "vectors.h"

// Runs BODY, which turns the v16 `x` into the v16 `r`, over all values.
#define EACH(BODY) \
  do { \
    long i = 0; \
    for (; i + LANES <= count; i += LANES) { \
      v16 x = LOAD(xs + i), r; \
      BODY; \
      STORE(ys + i, r); \
    } \
    if (i < count) { \
      v16 x = {}, r; \
      memcpy(&x, xs + i, (size_t)(count - i) * sizeof(float)); \
      BODY; \
      memcpy(ys + i, &r, (size_t)(count - i) * sizeof(float)); \
    } \
  } while (0)

static void power(const caffe_function *f, const float *xs, float *ys, long count) {
  float p = f->a, scale = f->b, shift = f->c;
  if (p == 1) {
    for (long i = 0; i < count; i++) ys[i] = scale * xs[i] + shift;
  } else if (p == 2) {
    for (long i = 0; i < count; i++) {
      float base = scale * xs[i] + shift;
      ys[i] = base * base;
    }
  } else {
    for (long i = 0; i < count; i++) ys[i] = powf(scale * xs[i] + shift, p);
  }
}

MULTIVERSION void caffe_map(const caffe_function *f, const float *xs, float *ys, long count) {
  float a = f->a, b = f->b;
  switch (f->kind) {
  case CAFFE_RELU:
    if (a == 0) EACH(r = SELECT(x < 0, ALL(0), x));
    else EACH(r = SELECT(x < 0, x * a, x));
    break;
  case CAFFE_SIGMOID:
    EACH(r = -x; exponential(&r); r = 1.0f / (1.0f + r));
    break;
  case CAFFE_TANH:
    EACH(r = x; hyperbolic_tangent(&r));
    break;
  case CAFFE_ABSOLUTE:
    EACH(r = ABSOLUTE(x));
    break;
  case CAFFE_POWER:
    power(f, xs, ys, count);
    break;
  case CAFFE_EXPONENTIAL:
    EACH(r = a * x; exponential(&r); r *= b);
    break;
  case CAFFE_LOGARITHM:
    for (long i = 0; i < count; i++) ys[i] = a * logf(b * xs[i] + f->c);
    break;
  case CAFFE_ELU:
    for (long i = 0; i < count; i++) ys[i] = xs[i] > 0 ? xs[i] : a * expm1f(xs[i]);
    break;
  case CAFFE_BNLL:
    for (long i = 0; i < count; i++) {
      ys[i] = xs[i] > 0 ? xs[i] + log1pf(expf(-xs[i])) : log1pf(expf(xs[i]));
    }
    break;
  case CAFFE_CLIP:
    EACH(r = SELECT(x < a, ALL(a), x); r = SELECT(r > b, ALL(b), r));
    break;
  case CAFFE_SWISH:
    EACH(r = -a * x; exponential(&r); r = x / (1.0f + r));
    break;
  case CAFFE_THRESHOLD:
    EACH(r = SELECT(x > a, ALL(1), ALL(0)));
    break;
  }
}
