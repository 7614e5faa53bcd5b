// The solver's steps: each one pass over weights, gradient and what is remembered.
#include "CKernels.h"
#include "vectors.h"

#define SIGN(w) SELECT((w) > 0, ALL(1.0f), SELECT((w) < 0, ALL(-1.0f), ALL(0)))
#define ROOT(x) __builtin_elementwise_sqrt(x)

// FORMULA works on `w`, the weights, `pull`, what the decay goes by, and `g`, the scaled gradient, which becomes what the weights
// fall by; on `h`, and `k` where TWO arrays are remembered.
#define STEP(w_, g_, h_, k_, TWO, PULL, FORMULA) \
  do { \
    v16 w = LOAD(w_), g = s.scale * LOAD(g_), h = LOAD(h_), k = {}, pull = PULL; \
    if (TWO) k = LOAD(k_); \
    FORMULA; \
    STORE(w_, w - g); \
    STORE(g_, g); \
    STORE(h_, h); \
    if (TWO) STORE(k_, k); \
  } while (0)

// The values that don't fill a vector go through one of their own, so that there is one formula for all.
#define PASS(TWO, PULL, FORMULA) \
  do { \
    long i = 0; \
    for (; i + LANES <= count; i += LANES) \
      STEP(weights + i, gradient + i, first + i, second + i, TWO, PULL, FORMULA); \
    if (i < count) { \
      size_t size = (size_t)(count - i) * sizeof(float); \
      float rest[4][LANES] = {}; \
      memcpy(rest[0], weights + i, size); \
      memcpy(rest[1], gradient + i, size); \
      memcpy(rest[2], first + i, size); \
      if (TWO) memcpy(rest[3], second + i, size); \
      STEP(rest[0], rest[1], rest[2], rest[3], TWO, PULL, FORMULA); \
      memcpy(weights + i, rest[0], size); \
      memcpy(gradient + i, rest[1], size); \
      memcpy(first + i, rest[2], size); \
      if (TWO) memcpy(second + i, rest[3], size); \
    } \
  } while (0)

#define UPDATE(TWO, FORMULA) \
  do { \
    if (s.l1) PASS(TWO, SIGN(w), FORMULA); \
    else PASS(TWO, w, FORMULA); \
  } while (0)

MULTIVERSION void caffe_sgd(
    caffe_step s, float momentum, float *weights, float *gradient, float *first, long count) {
  float *second = first;
  UPDATE(0, g = h = momentum * h + s.rate * (g + s.decay * pull));
}

MULTIVERSION void caffe_nesterov(
    caffe_step s, float momentum, float *weights, float *gradient, float *first, long count) {
  float *second = first;
  UPDATE(
      0, v16 old = h; h = momentum * old + s.rate * (g + s.decay * pull);
      g = (1.0f + momentum) * h - momentum * old);
}

MULTIVERSION void caffe_adagrad(
    caffe_step s, float delta, float *weights, float *gradient, float *first, long count) {
  float *second = first;
  UPDATE(0, g += s.decay * pull; h += g * g; g = s.rate * g / (ROOT(h) + delta));
}

MULTIVERSION void caffe_rmsprop(
    caffe_step s, float share, float delta, float *weights, float *gradient, float *first, long count) {
  float *second = first;
  UPDATE(
      0, g += s.decay * pull; h = share * h + (1.0f - share) * (g * g); g = s.rate * g / (ROOT(h) + delta));
}

MULTIVERSION void caffe_adadelta(
    caffe_step s, float momentum, float delta, float *weights, float *gradient, float *first, float *second,
    long count) {
  UPDATE(
      1, g += s.decay * pull; h = momentum * h + (1.0f - momentum) * (g * g);
      v16 change = g * ROOT((k + delta) / (h + delta));
      k = momentum * k + (1.0f - momentum) * (change * change); g = s.rate * change);
}

MULTIVERSION void caffe_adam(
    caffe_step s, float momentum, float momentum2, float delta, float correction, bool decoupled, float *weights,
    float *gradient, float *first, float *second, long count) {
  // The decay goes into the gradient, or beside it.
  float inside = decoupled ? 0 : s.decay, beside = decoupled ? s.rate * s.decay : 0;
  float rate = s.rate * correction;
  UPDATE(
      1, g += inside * pull; h = momentum * h + (1.0f - momentum) * g;
      k = momentum2 * k + (1.0f - momentum2) * (g * g);
      g = rate * h / (ROOT(k) + delta) + beside * pull);
}
