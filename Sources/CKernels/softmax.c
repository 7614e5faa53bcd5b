// Softmax over channels.
#include "CKernels.h"
#include "vectors.h"

INLINE void softmax_row(const float *x, float *y, long n) {
  float largest = x[0];
  for (long i = 1; i < n; i++) largest = x[i] > largest ? x[i] : largest;
  float sum = 0;
  for (long i = 0; i < n; i += LANES) {
    size_t bytes = (size_t)(n - i < LANES ? n - i : LANES) * sizeof(float);
    // A value left over stays minus infinity, whose power is 0.
    v16 v = ALL(-INFINITY);
    memcpy(&v, x + i, bytes);
    v -= largest;
    exponential(&v);
    memcpy(y + i, &v, bytes);
    for (long j = i; j < n && j < i + LANES; j++) sum += y[j];
  }
  for (long i = 0; i < n; i++) y[i] /= sum;
}

// Up to sixteen neighbouring places at once.
INLINE void softmax_places(const float *x, float *y, long channels, long inner, size_t bytes) {
  v16 largest = ALL(-INFINITY), sum = {};
  for (long c = 0; c < channels; c++) {
    v16 v = {};
    memcpy(&v, x + c * inner, bytes);
    largest = SELECT(v > largest, v, largest);
  }
  for (long c = 0; c < channels; c++) {
    v16 v = {};
    memcpy(&v, x + c * inner, bytes);
    v -= largest;
    exponential(&v);
    memcpy(y + c * inner, &v, bytes);
    sum += v;
  }
  for (long c = 0; c < channels; c++) {
    v16 v = {};
    memcpy(&v, y + c * inner, bytes);
    v /= sum;
    memcpy(y + c * inner, &v, bytes);
  }
}

MULTIVERSION void caffe_softmax(const float *x, float *y, long outer, long channels, long inner) {
  for (long n = 0; n < outer; n++, x += channels * inner, y += channels * inner) {
    if (inner == 1) {
      softmax_row(x, y, channels);
      continue;
    }
    long i = 0;
    for (; i + LANES <= inner; i += LANES) softmax_places(x + i, y + i, channels, inner, sizeof(v16));
    if (i < inner) softmax_places(x + i, y + i, channels, inner, (size_t)(inner - i) * sizeof(float));
  }
}

INLINE void gradient_places(
    const float *y, const float *dy, float *dx, long channels, long inner, size_t bytes) {
  v16 dot = {};
  for (long c = 0; c < channels; c++) {
    v16 a = {}, b = {};
    memcpy(&a, y + c * inner, bytes);
    memcpy(&b, dy + c * inner, bytes);
    dot += a * b;
  }
  for (long c = 0; c < channels; c++) {
    v16 a = {}, b = {};
    memcpy(&a, y + c * inner, bytes);
    memcpy(&b, dy + c * inner, bytes);
    v16 r = (b - dot) * a;
    memcpy(dx + c * inner, &r, bytes);
  }
}

MULTIVERSION void caffe_softmax_gradient(
    const float *y, const float *dy, float *dx, long outer, long channels, long inner) {
  for (long n = 0; n < outer; n++, y += channels * inner, dy += channels * inner, dx += channels * inner) {
    if (inner == 1) {
      float dot = 0;
      for (long c = 0; c < channels; c++) dot += y[c] * dy[c];
      for (long c = 0; c < channels; c++) dx[c] = (dy[c] - dot) * y[c];
      continue;
    }
    long i = 0;
    for (; i + LANES <= inner; i += LANES) {
      gradient_places(y + i, dy + i, dx + i, channels, inner, sizeof(v16));
    }
    if (i < inner) {
      gradient_places(y + i, dy + i, dx + i, channels, inner, (size_t)(inner - i) * sizeof(float));
    }
  }
}
