// Batch normalisation with what usually follows it, in as few passes over memory as its sums allow. Sixteen channels of a place are one
// vector.
#include "CKernels.h"
#include "vectors.h"

// Rows that floats add up before doubles take over; few enough to be in the nearest cache when they are read again.
enum { TOGETHER = 128 };

static void join(double count, const double *mean, const double *squares, double *moments) {
  const double all = moments[0] + count;
  if (all == 0) return;
  for (int i = 0; i < LANES; i++) {
    const double distance = mean[i] - moments[1 + i];
    moments[1 + i] += distance * count / all;
    moments[1 + LANES + i] += squares[i] + distance * distance * moments[0] * count / all;
  }
  moments[0] = all;
}

void caffe_join_moments(const double *others, double *moments) {
  join(others[0], others + 1, others + 1 + LANES, moments);
}

// Sums over rows `row` to `end` of VALUE, a vector of row `r`, in four parts.
#define SUM_OF_ROWS(sum, VALUE) \
  do { \
    v16 parts[4] = {{}, {}, {}, {}}; \
    long r = row; \
    for (; r + 4 <= end; r += 4) { \
      UNROLL for (int k = 0; k < 4; k++) { \
        const long at = (r + k) * LANES; \
        parts[k] += VALUE; \
      } \
    } \
    for (; r < end; r++) { \
      const long at = r * LANES; \
      parts[0] += VALUE; \
    } \
    sum = (parts[0] + parts[1]) + (parts[2] + parts[3]); \
  } while (0)

MULTIVERSION void caffe_add_moments(const float *x, long rows, double *moments) {
  for (long row = 0; row < rows; row += TOGETHER) {
    const long end = row + TOGETHER < rows ? row + TOGETHER : rows;
    v16 sum, squares;
    SUM_OF_ROWS(sum, LOAD(x + at));
    const v16 mean = sum / (float)(end - row);
    SUM_OF_ROWS(squares, (LOAD(x + at) - mean) * (LOAD(x + at) - mean));
    double means[LANES], deviations[LANES];
    for (int i = 0; i < LANES; i++) {
      means[i] = (double)mean[i];
      deviations[i] = (double)squares[i];
    }
    join((double)(end - row), means, deviations, moments);
  }
}

MULTIVERSION void caffe_normalize_planes(
    const float *x, const float *mean, const float *factor, const float *shift, float slope, float *y, long first,
    long last, long channels, long inner) {
  // Not a product with 0: infinite values become 0 too.
  const bool cuts = slope == 0;
  for (long plane = first; plane < last; plane++) {
    const long c = plane * LANES % channels, end = (plane + 1) * inner;
    const v16 a = LOAD(mean + c), b = LOAD(factor + c), k = LOAD(shift + c);
    if (slope == 1) {
      for (long j = plane * inner; j < end; j += LANES) STORE(y + j, (LOAD(x + j) - a) * b + k);
    } else {
      for (long j = plane * inner; j < end; j += LANES) {
        const v16 z = (LOAD(x + j) - a) * b + k;
        STORE(y + j, SELECT(z < 0, cuts ? ALL(0) : z * slope, z));
      }
    }
  }
}

// The gradient before the rectifier, whose derivative follows the sign of what the forward computed.
#define BEFORE_RECTIFIER(d, v) \
  (slope == 1 ? (d) : SELECT(((v) * b + k) > 0, d, cuts ? ALL(0) : (d) * slope))

MULTIVERSION void caffe_normalize_gradient_sums(
    const float *x, const float *dy, const float *mean, const float *factor, const float *shift, float slope, long rows,
    double *sums) {
  const bool cuts = slope == 0;
  const v16 a = LOAD(mean), b = LOAD(factor), k = LOAD(shift);
  for (long row = 0; row < rows; row += TOGETHER) {
    const long end = row + TOGETHER < rows ? row + TOGETHER : rows;
    v16 s0[2] = {{}, {}}, s1[2] = {{}, {}};
    long r = row;
    for (; r + 2 <= end; r += 2) {
      UNROLL for (int n = 0; n < 2; n++) {
        const long at = (r + n) * LANES;
        const v16 v = LOAD(x + at) - a, d = LOAD(dy + at), g = BEFORE_RECTIFIER(d, v);
        s0[n] += g;
        s1[n] += g * v;
      }
    }
    for (; r < end; r++) {
      const v16 v = LOAD(x + r * LANES) - a, d = LOAD(dy + r * LANES), g = BEFORE_RECTIFIER(d, v);
      s0[0] += g;
      s1[0] += g * v;
    }
    const v16 sum = s0[0] + s0[1], products = s1[0] + s1[1];
    for (int i = 0; i < LANES; i++) {
      sums[i] += (double)sum[i];
      sums[LANES + i] += (double)products[i];
    }
  }
}

MULTIVERSION void caffe_normalize_gradient_planes(
    const float *x, const float *dy, const float *mean, const float *factor, const float *shift, float slope,
    const float *constant, const float *proportion, float *dx, long first, long last, long channels, long inner) {
  const bool cuts = slope == 0;
  for (long plane = first; plane < last; plane++) {
    const long c = plane * LANES % channels, end = (plane + 1) * inner;
    const v16 a = LOAD(mean + c), b = LOAD(factor + c), k = LOAD(shift + c);
    const v16 p = LOAD(constant + c), q = LOAD(proportion + c);
    for (long j = plane * inner; j < end; j += LANES) {
      const v16 v = LOAD(x + j) - a, d = LOAD(dy + j), g = BEFORE_RECTIFIER(d, v);
      STORE(dx + j, g * b - p - v * q);
    }
  }
}
