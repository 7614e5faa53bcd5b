// Compiled once for each width of lanes; see by_width.h.
#include "by_width.h"

static void NAME(join)(double count, const double *mean, const double *squares, double *moments) {
  const double all = moments[0] + count;
  if (all == 0) return;
  for (int i = 0; i < WIDTH; i++) {
    const double distance = mean[i] - moments[1 + i];
    moments[1 + i] += distance * count / all;
    moments[1 + WIDTH + i] += squares[i] + distance * distance * moments[0] * count / all;
  }
  moments[0] = all;
}

void NAME(caffe_join_moments)(const double *others, double *moments) {
  NAME(join)(others[0], others + 1, others + 1 + WIDTH, moments);
}

MULTIVERSION void NAME(caffe_add_moments)(const float *x, long rows, double *moments) {
  for (long row = 0; row < rows; row += TOGETHER) {
    const long end = row + TOGETHER < rows ? row + TOGETHER : rows;
    V sum, squares;
    SUM_OF_ROWS(sum, VLOAD(x + at));
    const V mean = sum / (float)(end - row);
    SUM_OF_ROWS(squares, (VLOAD(x + at) - mean) * (VLOAD(x + at) - mean));
    double means[WIDTH], deviations[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      means[i] = (double)mean[i];
      deviations[i] = (double)squares[i];
    }
    NAME(join)((double)(end - row), means, deviations, moments);
  }
}

MULTIVERSION void NAME(caffe_normalize_planes)(
    const float *x, const float *mean, const float *factor, const float *shift, float slope, float *y, long first,
    long last, long channels, long inner) {
  // Not a product with 0: infinite values become 0 too.
  const bool cuts = slope == 0;
  for (long plane = first; plane < last; plane++) {
    const long c = plane * WIDTH % channels, end = (plane + 1) * inner;
    const V a = VLOAD(mean + c), b = VLOAD(factor + c), k = VLOAD(shift + c);
    if (slope == 1) {
      for (long j = plane * inner; j < end; j += WIDTH) VSTORE(y + j, (VLOAD(x + j) - a) * b + k);
    } else {
      for (long j = plane * inner; j < end; j += WIDTH) {
        const V z = (VLOAD(x + j) - a) * b + k;
        VSTORE(y + j, VSELECT(z < 0, cuts ? VALL(0) : z * slope, z));
      }
    }
  }
}

MULTIVERSION void NAME(caffe_normalize_gradient_sums)(
    const float *x, const float *dy, const float *mean, const float *factor, const float *shift, float slope, long rows,
    double *sums) {
  const bool cuts = slope == 0;
  const V a = VLOAD(mean), b = VLOAD(factor), k = VLOAD(shift);
  for (long row = 0; row < rows; row += TOGETHER) {
    const long end = row + TOGETHER < rows ? row + TOGETHER : rows;
    V s0[2] = {{}, {}}, s1[2] = {{}, {}};
    long r = row;
    for (; r + 2 <= end; r += 2) {
      UNROLL for (int n = 0; n < 2; n++) {
        const long at = (r + n) * WIDTH;
        const V v = VLOAD(x + at) - a, d = VLOAD(dy + at), g = BEFORE_RECTIFIER(d, v);
        s0[n] += g;
        s1[n] += g * v;
      }
    }
    for (; r < end; r++) {
      const V v = VLOAD(x + r * WIDTH) - a, d = VLOAD(dy + r * WIDTH), g = BEFORE_RECTIFIER(d, v);
      s0[0] += g;
      s1[0] += g * v;
    }
    const V sum = s0[0] + s0[1], products = s1[0] + s1[1];
    for (int i = 0; i < WIDTH; i++) {
      sums[i] += (double)sum[i];
      sums[WIDTH + i] += (double)products[i];
    }
  }
}

MULTIVERSION void NAME(caffe_normalize_gradient_planes)(
    const float *x, const float *dy, const float *mean, const float *factor, const float *shift, float slope,
    const float *constant, const float *proportion, float *dx, long first, long last, long channels, long inner) {
  const bool cuts = slope == 0;
  for (long plane = first; plane < last; plane++) {
    const long c = plane * WIDTH % channels, end = (plane + 1) * inner;
    const V a = VLOAD(mean + c), b = VLOAD(factor + c), k = VLOAD(shift + c);
    const V p = VLOAD(constant + c), q = VLOAD(proportion + c);
    for (long j = plane * inner; j < end; j += WIDTH) {
      const V v = VLOAD(x + j) - a, d = VLOAD(dy + j), g = BEFORE_RECTIFIER(d, v);
      VSTORE(dx + j, g * b - p - v * q);
    }
  }
}
