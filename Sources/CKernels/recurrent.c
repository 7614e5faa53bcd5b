// A step of long short-term memory.
#include "CKernels.h"
#include "vectors.h"

// Up to sixteen values; what is beyond them stays 0.
#define PART(v, p) v16 v = {}; memcpy(&v, p, bytes)
#define LOGISTIC(v) v = -v; exponential(&v); v = 1.0f / (1.0f + v)
#define GATES(x) \
  PART(i, x); PART(f, x + length); PART(o, x + 2 * length); PART(g, x + 3 * length); \
  LOGISTIC(i); LOGISTIC(f); LOGISTIC(o); hyperbolic_tangent(&g)
// Nothing is kept where a sequence begins, not even what isn't a number.
#define KEPT(v, p) v16 v = {}; if (k != 0) memcpy(&v, p, bytes)

#define EACH_PART(BODY) \
  for (long row = first; row < last; row++) { \
    for (long d = 0; d < length; d += LANES) { \
      const size_t bytes = (size_t)(length - d < LANES ? length - d : LANES) * sizeof(float); \
      const long at = row * length + d, gate = 4 * row * length + d; \
      const float k = continuation[row]; \
      BODY \
    } \
  }

MULTIVERSION void caffe_lstm_unit(
    const float *previous, const float *gates, const float *continuation, float *cell, float *hidden, long length,
    long first, long last) {
  EACH_PART({
    GATES(gates + gate);
    KEPT(before, previous + at);
    v16 c = k * f * before + i * g;
    v16 bent = c;
    hyperbolic_tangent(&bent);
    v16 h = o * bent;
    memcpy(cell + at, &c, bytes);
    memcpy(hidden + at, &h, bytes);
  })
}

MULTIVERSION void caffe_lstm_unit_gradient(
    const float *previous, const float *gates, const float *continuation, const float *cell, const float *cell_gradient,
    const float *hidden_gradient, float *previous_gradient, float *gate_gradient, long length, long first, long last) {
  EACH_PART({
    GATES(gates + gate);
    KEPT(before, previous + at);
    PART(bent, cell + at);
    hyperbolic_tangent(&bent);
    PART(dc, cell_gradient + at);
    PART(dh, hidden_gradient + at);
    dc += dh * o * (1.0f - bent * bent);
    if (previous_gradient) {
      v16 r = dc * k * f;
      memcpy(previous_gradient + at, &r, bytes);
    }
    if (gate_gradient) {
      v16 di = dc * g * i * (1.0f - i);
      v16 df = dc * k * before * f * (1.0f - f);
      v16 dout = dh * bent * o * (1.0f - o);
      v16 dg = dc * i * (1.0f - g * g);
      memcpy(gate_gradient + gate, &di, bytes);
      memcpy(gate_gradient + gate + length, &df, bytes);
      memcpy(gate_gradient + gate + 2 * length, &dout, bytes);
      memcpy(gate_gradient + gate + 3 * length, &dg, bytes);
    }
  })
}
