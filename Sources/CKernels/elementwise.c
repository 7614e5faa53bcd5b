// Functions of several buffers.
#include "CKernels.h"
#include "vectors.h"
#include <stdbool.h>

// Calls BODY with `i` at the start of each whole vector, then REST for each value that is left.
#define EACH(BODY, REST) \
  do { \
    long i = 0; \
    for (; i + LANES <= count; i += LANES) { \
      BODY; \
    } \
    for (; i < count; i++) { \
      REST; \
    } \
  } while (0)

MULTIVERSION void caffe_axpby(float alpha, const float *x, float beta, float *y, long count) {
  if (beta == 0) EACH(STORE(y + i, alpha * LOAD(x + i)), y[i] = alpha * x[i]);
  else EACH(STORE(y + i, alpha * LOAD(x + i) + beta * LOAD(y + i)), y[i] = alpha * x[i] + beta * y[i]);
}

MULTIVERSION void caffe_multiply(const float *a, const float *b, float *y, long count) {
  EACH(STORE(y + i, LOAD(a + i) * LOAD(b + i)), y[i] = a[i] * b[i]);
}

MULTIVERSION void caffe_weighted_sum(
    const float *const *x, const float *factors, int inputs, float *y, long count) {
  EACH(
      v16 sum = {}; for (int n = 0; n < inputs; n++) sum += factors[n] * LOAD(x[n] + i); STORE(y + i, sum),
      float sum = 0; for (int n = 0; n < inputs; n++) sum += factors[n] * x[n][i]; y[i] = sum);
}

MULTIVERSION void caffe_rectified_sum(
    const float *const *x, const float *factors, int inputs, float slope, float *y, long count) {
  // Not a product with 0: infinite values become 0 too.
  const bool cuts = slope == 0;
  if (inputs == 2) {
    const float *a = x[0], *b = x[1], p = factors[0], q = factors[1];
    EACH(
        v16 sum = p * LOAD(a + i) + q * LOAD(b + i); STORE(y + i, SELECT(sum < 0, cuts ? ALL(0) : sum * slope, sum)),
        float sum = p * a[i] + q * b[i]; y[i] = sum < 0 ? (cuts ? 0 : sum * slope) : sum);
  } else {
    EACH(
        v16 sum = {}; for (int n = 0; n < inputs; n++) sum += factors[n] * LOAD(x[n] + i);
        STORE(y + i, SELECT(sum < 0, cuts ? ALL(0) : sum * slope, sum)),
        float sum = 0; for (int n = 0; n < inputs; n++) sum += factors[n] * x[n][i];
        y[i] = sum < 0 ? (cuts ? 0 : sum * slope) : sum);
  }
}

MULTIVERSION void caffe_rectified_sum_gradient(
    const float *y, const float *dy, const float *factors, int inputs, float slope, float *const *dx, long count) {
  const bool cuts = slope == 0;
  EACH(
      v16 d = LOAD(dy + i); d = SELECT(LOAD(y + i) > 0, d, cuts ? ALL(0) : d * slope);
      for (int n = 0; n < inputs; n++) STORE(dx[n] + i, factors[n] * d),
      float d = y[i] > 0 ? dy[i] : cuts ? 0 : dy[i] * slope;
      for (int n = 0; n < inputs; n++) dx[n][i] = factors[n] * d);
}

MULTIVERSION void caffe_product(
    const float *const *x, int inputs, int except, const float *scale, float *y, long count) {
  EACH(
      v16 product = ALL(1.0f);
      for (int n = 0; n < inputs; n++) if (n != except) product *= LOAD(x[n] + i);
      if (scale) product *= LOAD(scale + i);
      STORE(y + i, product),
      float product = 1;
      for (int n = 0; n < inputs; n++) if (n != except) product *= x[n][i];
      y[i] = scale ? product * scale[i] : product);
}

MULTIVERSION void caffe_finish_sums(float *y, const float *addend, float slope, long count) {
  // Not a product with 0: infinite values become 0 too.
  const bool cuts = slope == 0;
  if (addend) {
    EACH(
        v16 sum = LOAD(y + i) + LOAD(addend + i); STORE(y + i, SELECT(sum < 0, cuts ? ALL(0) : sum * slope, sum)),
        float sum = y[i] + addend[i]; y[i] = sum < 0 ? (cuts ? 0 : sum * slope) : sum);
  } else {
    EACH(
        v16 sum = LOAD(y + i); STORE(y + i, SELECT(sum < 0, cuts ? ALL(0) : sum * slope, sum)),
        y[i] = y[i] < 0 ? (cuts ? 0 : y[i] * slope) : y[i]);
  }
}

MULTIVERSION void caffe_quotient_gradient(
    const float *x, const float *y, const float *dy, float *dx, long count) {
  EACH(STORE(dx + i, LOAD(y + i) / LOAD(x + i) * LOAD(dy + i)), dx[i] = y[i] / x[i] * dy[i]);
}

void caffe_maximum(const float *const *x, int inputs, float *y, float *winners, long count) {
  for (long i = 0; i < count; i++) {
    float best = x[0][i], winner = 0;
    if (inputs > 1 && !(best > x[1][i])) {
      best = x[1][i];
      winner = 1;
    }
    for (int n = 2; n < inputs; n++) {
      if (x[n][i] > best) {
        best = x[n][i];
        winner = (float)n;
      }
    }
    y[i] = best;
    winners[i] = winner;
  }
}

MULTIVERSION void caffe_maximum_gradient(
    const float *winners, float index, const float *dy, float *dx, long count) {
  EACH(
      STORE(dx + i, SELECT(LOAD(winners + i) == index, LOAD(dy + i), ALL(0))),
      dx[i] = winners[i] == index ? dy[i] : 0);
}

void caffe_fill(float *y, float value, long count) {
  if (value == 0) {
    memset(y, 0, (size_t)count * sizeof(float));
  } else {
    for (long i = 0; i < count; i++) y[i] = value;
  }
}

MULTIVERSION void caffe_add_rows(const float *bias, float *y, long rows, long count) {
  for (long row = 0; row < rows; row++, y += count) {
    EACH(STORE(y + i, LOAD(y + i) + LOAD(bias + i)), y[i] += bias[i]);
  }
}

MULTIVERSION void caffe_add_planes(
    const float *bias, float *planes, long first, long last, long channels, long count) {
  for (long plane = first; plane < last; plane++) {
    float *y = planes + plane * count, b = bias[plane % channels];
    EACH(STORE(y + i, LOAD(y + i) + b), y[i] += b);
  }
}

MULTIVERSION void caffe_sum_rows(
    const float *x, float *sums, long rows, long columns, long first, long last) {
  long i = first;
  for (; i + LANES <= last; i += LANES) {
    v16 sum = {};
    for (long row = 0; row < rows; row++) sum += LOAD(x + row * columns + i);
    STORE(sums + i, LOAD(sums + i) + sum);
  }
  for (; i < last; i++) {
    float sum = 0;
    for (long row = 0; row < rows; row++) sum += x[row * columns + i];
    sums[i] += sum;
  }
}
