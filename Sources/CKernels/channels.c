// Planes with coefficients of their channels. A plane that is one value goes with its neighbours; one of sixteen or eight channels side
// by side has as many of each coefficient.
#include "CKernels.h"
#include "vectors.h"

#define TWICE(p) __builtin_shufflevector(*(const v8 *)(p), *(const v8 *)(p), 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7)

// Runs VECTOR, and SCALAR for what is left, with `j` the index of a value and `a`, `b`, `k` the coefficients of its channel.
#define EACH_PLANE(as, bs, ks, VECTOR, SCALAR) \
  if (side == LANES) { \
    for (long plane = first; plane < last; plane++) { \
      long c = plane * LANES % channels, j = plane * inner, end = j + inner; \
      v16 a = LOAD(as + c), b = LOAD(bs + c), k = LOAD(ks + c); \
      for (; j < end; j += LANES) { \
        VECTOR; \
      } \
      (void)a, (void)b, (void)k; \
    } \
  } else if (side == LANES / 2) { \
    /* A vector holds two places; the last one may be alone. */ \
    for (long plane = first; plane < last; plane++) { \
      long c = plane * (LANES / 2) % channels, j = plane * inner, end = j + inner; \
      { \
        v16 a = TWICE(as + c), b = TWICE(bs + c), k = TWICE(ks + c); \
        for (; j + LANES <= end; j += LANES) { \
          VECTOR; \
        } \
        (void)a, (void)b, (void)k; \
      } \
      for (; j < end; j++, c++) { \
        float a = as[c], b = bs[c], k = ks[c]; \
        SCALAR; \
        (void)a, (void)b, (void)k; \
      } \
    } \
  } else if (inner == 1) { \
    for (long start = first; start < last;) { \
      long c = start % channels, run = channels - c < last - start ? channels - c : last - start, i = 0; \
      for (; i + LANES <= run; i += LANES) { \
        long j = start + i; \
        v16 a = LOAD(as + c + i), b = LOAD(bs + c + i), k = LOAD(ks + c + i); \
        VECTOR; \
        (void)a, (void)b, (void)k; \
      } \
      for (; i < run; i++) { \
        long j = start + i; \
        float a = as[c + i], b = bs[c + i], k = ks[c + i]; \
        SCALAR; \
        (void)a, (void)b, (void)k; \
      } \
      start += run; \
    } \
  } else { \
    for (long plane = first; plane < last; plane++) { \
      long c = plane % channels, j = plane * inner, end = j + inner; \
      float a = as[c], b = bs[c], k = ks[c]; \
      for (; j + LANES <= end; j += LANES) { \
        VECTOR; \
      } \
      for (; j < end; j++) { \
        SCALAR; \
      } \
      (void)a, (void)b, (void)k; \
    } \
  }

MULTIVERSION void caffe_scale_planes(
    const float *x, const float *scale, const float *shift, float *y, long first, long last, long channels, long inner,
    int side) {
  EACH_PLANE(scale, shift, shift, STORE(y + j, LOAD(x + j) * a + b), y[j] = x[j] * a + b);
}

MULTIVERSION void caffe_prelu_planes(
    const float *x, const float *slopes, float *y, long first, long last, long channels, long inner, int side) {
  EACH_PLANE(
      slopes, slopes, slopes,
      v16 v = LOAD(x + j); STORE(y + j, SELECT(v > 0, v, v * a)),
      y[j] = x[j] > 0 ? x[j] : x[j] * a);
}

MULTIVERSION void caffe_prelu_gradient_planes(
    const float *x, const float *slopes, const float *dy, float *dx, long first, long last, long channels, long inner,
    int side) {
  EACH_PLANE(
      slopes, slopes, slopes,
      v16 d = LOAD(dy + j); STORE(dx + j, SELECT(LOAD(x + j) > 0, d, d * a)),
      dx[j] = x[j] > 0 ? dy[j] : dy[j] * a);
}

MULTIVERSION void caffe_standardize_planes(
    const float *x, const float *mean, const float *factor, float *y, float *copy, long first, long last, long channels,
    long inner, int side) {
  if (copy) {
    EACH_PLANE(
        mean, factor, factor,
        v16 r = (LOAD(x + j) - a) * b; STORE(y + j, r); STORE(copy + j, r),
        y[j] = (x[j] - a) * b; copy[j] = y[j]);
  } else {
    EACH_PLANE(mean, factor, factor, STORE(y + j, (LOAD(x + j) - a) * b), y[j] = (x[j] - a) * b);
  }
}

MULTIVERSION void caffe_standardize_gradient_planes(
    const float *y, const float *dy, const float *shift, const float *slope, const float *factor, float *dx, long first,
    long last, long channels, long inner, int side) {
  EACH_PLANE(
      shift, slope, factor,
      STORE(dx + j, (LOAD(dy + j) - a - LOAD(y + j) * b) * k),
      dx[j] = (dy[j] - a - y[j] * b) * k);
}

// Columns of a matrix: floats over some rows, which are then added up in double precision.
enum { ROWS_AT_ONCE = 256 };

#define LOAD8(p) (*(const v8 *)(p))

#define EACH_COLUMN(VECTOR, EIGHT, SCALAR) \
  for (long row = 0; row < rows; row += ROWS_AT_ONCE) { \
    long end = row + ROWS_AT_ONCE < rows ? row + ROWS_AT_ONCE : rows, c = first; \
    for (; c + LANES <= last; c += LANES) { \
      v16 sum = {}; \
      for (long j = row * columns + c; j < end * columns; j += columns) sum += VECTOR; \
      for (int i = 0; i < LANES; i++) sums[c - first + i] += (double)sum[i]; \
    } \
    for (; c + LANES / 2 <= last; c += LANES / 2) { \
      v8 sum = {}; \
      for (long j = row * columns + c; j < end * columns; j += columns) sum += EIGHT; \
      for (int i = 0; i < LANES / 2; i++) sums[c - first + i] += (double)sum[i]; \
    } \
    for (; c < last; c++) { \
      float sum = 0; \
      for (long j = row * columns + c; j < end * columns; j += columns) sum += SCALAR; \
      sums[c - first] += (double)sum; \
    } \
  }

MULTIVERSION void caffe_column_sums(
    int kind, const float *x, const float *y, const float *mean, double *sums, long rows, long columns, long first,
    long last) {
  for (long c = 0; c < last - first; c++) sums[c] = 0;
  switch (kind) {
  case CAFFE_SUM:
    EACH_COLUMN(LOAD(x + j), LOAD8(x + j), x[j]);
    break;
  case CAFFE_SUM_OF_PRODUCTS:
    EACH_COLUMN(LOAD(x + j) * LOAD(y + j), LOAD8(x + j) * LOAD8(y + j), x[j] * y[j]);
    break;
  case CAFFE_SUM_OF_DEVIATIONS:
    EACH_COLUMN(
        (LOAD(x + j) - LOAD(mean + c)) * (LOAD(x + j) - LOAD(mean + c)),
        (LOAD8(x + j) - LOAD8(mean + c)) * (LOAD8(x + j) - LOAD8(mean + c)), (x[j] - mean[c]) * (x[j] - mean[c]));
    break;
  case CAFFE_SUM_BELOW_ZERO:
    EACH_COLUMN(
        SELECT(LOAD(x + j) > 0, ALL(0), LOAD(x + j) * LOAD(y + j)),
        (v8)((v8i)(LOAD8(x + j) * LOAD8(y + j)) & ~(v8i)(LOAD8(x + j) > 0)), x[j] > 0 ? 0 : x[j] * y[j]);
    break;
  }
}
