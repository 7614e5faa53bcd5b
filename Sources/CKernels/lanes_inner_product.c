// Inner products over lanes: a weight is one broadcast, used for several blocks of images.
#include "CKernels.h"
#include "lanes.h"

// OB outputs of JB vectors V in registers, which lie `x_step` and `y_step` apart; `more` says that y already holds the sum over earlier inputs.
#define BLOCK(NAME, V, OB, JB) \
  INLINE void NAME( \
      const caffe_lanes_product *p, const float *x, const float *weights, const float *bias, float *y, bool more, \
      const long step, const long x_step, const long y_step, long inputs, int first, int last) { \
    for (int next = first; next < last; next += OB) { \
      const int o = next + OB <= last ? next : last - OB; \
      const int skip = next - o; \
      V a[OB][JB]; \
      UNROLL for (int i = 0; i < OB; i++) { \
        const float b = bias && !more ? bias[o + i] : 0; \
        UNROLL for (int j = 0; j < JB; j++) a[i][j] = ALL_AS(V, b); \
      } \
      const float *w = weights + o * p->output_step, *s = x; \
      for (long t = 0; t < inputs; t++, s += LANES, w += step) { \
        V v[JB]; \
        UNROLL for (int j = 0; j < JB; j++) v[j] = LOAD_AS(V, s + j * x_step); \
        /* Weights of one input are far from those of the next. */ \
        if (step != 1) __builtin_prefetch(w + 8 * step); \
        UNROLL for (int i = 0; i < OB; i++) { \
          const float f = w[i * p->output_step]; \
          UNROLL for (int j = 0; j < JB; j++) a[i][j] += f * v[j]; \
        } \
      } \
      UNROLL for (int i = 0; i < OB; i++) { \
        if (i < skip) continue; \
        UNROLL for (int j = 0; j < JB; j++) { \
          float *target = y + j * y_step + (long)(o + i) * LANES; \
          STORE_AS(V, target, more ? LOAD_AS(V, target) + a[i][j] : a[i][j]); \
        } \
      } \
    } \
  }
BLOCK(block_6x4, v16, 6, 4)
BLOCK(block_1x4, v16, 1, 4)
BLOCK(block_8x2, v16, 8, 2)
BLOCK(block_1x2, v16, 1, 2)
BLOCK(block_8x1, v16, 8, 1)
BLOCK(block_1x1, v16, 1, 1)
// Both halves of a block.
BLOCK(halves_5, v8, 5, 2)
BLOCK(halves_1, v8, 1, 2)

#define ARGUMENTS(STEP, X_STEP, Y_STEP) p, source, w, bias, target, t > 0, STEP, X_STEP, Y_STEP, part, first, last
#define BY_STEP(NAME, X_STEP, Y_STEP) \
  if (p->input_step == 1) NAME(ARGUMENTS(1, X_STEP, Y_STEP)); \
  else NAME(ARGUMENTS(p->input_step, X_STEP, Y_STEP))
#define BLOCKS(NAME) BY_STEP(NAME, p->x_stride, p->y_stride)

MULTIVERSION static void by_sixteen(
    const caffe_lanes_product *p, const float *x, const float *weights, const float *bias, float *y, int first, int last) {
  // As many inputs at a time as stay in the second cache while all outputs go by.
  const long most = 1024;
  for (int block = 0; block < p->blocks;) {
    const int left = p->blocks - block, count = left >= 4 ? 4 : left >= 2 ? 2 : 1;
    for (long t = 0; t < p->inputs; t += most) {
      const long part = t + most < p->inputs ? most : p->inputs - t;
      const float *source = x + block * p->x_stride + t * LANES, *w = weights + t * p->input_step;
      float *target = y + block * p->y_stride;
      if (count == 4 && last - first >= 6) {
        BLOCKS(block_6x4);
      } else if (count == 4) {
        BLOCKS(block_1x4);
      } else if (count == 2 && last - first >= 8) {
        BLOCKS(block_8x2);
      } else if (count == 2) {
        BLOCKS(block_1x2);
      } else if (last - first >= 8) {
        BLOCKS(block_8x1);
      } else {
        BLOCKS(block_1x1);
      }
    }
    block += count;
  }
}

#if defined(__x86_64__) && defined(__linux__)
FOR_AVX2 static void by_eight(
    const caffe_lanes_product *p, const float *x, const float *weights, const float *bias, float *y, int begin, int end) {
  // Weights of some outputs stay in the first cache for all blocks, a part of the inputs in the second.
  const long most = 512;
  for (long t = 0; t < p->inputs; t += most) {
    const long part = t + most < p->inputs ? most : p->inputs - t;
    for (int first = begin, last; first < end; first = last) {
      last = end - first < 15 ? end : first + 10;
      for (int block = 0; block < p->blocks; block++) {
        const float *source = x + block * p->x_stride + t * LANES, *w = weights + t * p->input_step;
        float *target = y + block * p->y_stride;
        if (last - first >= 5) {
          BY_STEP(halves_5, 8, 8);
        } else {
          BY_STEP(halves_1, 8, 8);
        }
      }
    }
  }
}
#else
#define by_eight by_sixteen
#endif

void caffe_lanes_inner_product(
    const caffe_lanes_product *p, const float *x, const float *weights, const float *bias, float *y, int first, int last) {
  if (caffe_lanes_by_eight()) {
    by_eight(p, x, weights, bias, y, first, last);
  } else {
    by_sixteen(p, x, weights, bias, y, first, last);
  }
}

// A row at a time, which is what memory hands over fastest.
MULTIVERSION void caffe_dot_products(
    const float *x, const float *weights, const float *bias, float *y, long columns, long first, long last) {
  for (long row = first; row < last; row++) {
    const float *w = weights + row * columns;
    v16 sums[4] = {{}, {}, {}, {}};
    long i = 0;
    for (; i + 4 * LANES <= columns; i += 4 * LANES) {
      UNROLL for (int k = 0; k < 4; k++) sums[k] += LOAD(w + i + k * LANES) * LOAD(x + i + k * LANES);
    }
    for (; i + LANES <= columns; i += LANES) sums[0] += LOAD(w + i) * LOAD(x + i);
    const v16 all = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    float sum = sum_of_lanes(&all);
    for (; i < columns; i++) sum += w[i] * x[i];
    y[row] = bias ? sum + bias[row] : sum;
  }
}
