// Inner products over lanes: a weight is one broadcast, used for several blocks of images.
#include "CKernels.h"
#include "vectors.h"

// OB outputs of JB blocks in registers; `more` says that y already holds the sum over earlier inputs.
#define BLOCK(NAME, OB, JB) \
  INLINE void NAME( \
      const caffe_lanes_product *p, const float *x, const float *weights, const float *bias, float *y, bool more, \
      const long step, long inputs, int first, int last) { \
    for (int next = first; next < last; next += OB) { \
      const int o = next + OB <= last ? next : last - OB; \
      const int skip = next - o; \
      v16 a[OB][JB]; \
      UNROLL for (int i = 0; i < OB; i++) { \
        const float b = bias && !more ? bias[o + i] : 0; \
        UNROLL for (int j = 0; j < JB; j++) a[i][j] = ALL(b); \
      } \
      const float *w = weights + o * p->output_step, *s = x; \
      for (long t = 0; t < inputs; t++, s += LANES, w += step) { \
        v16 v[JB]; \
        UNROLL for (int j = 0; j < JB; j++) v[j] = LOAD(s + j * p->x_stride); \
        /* Weights of one input are far from those of the next. */ \
        if (step != 1) __builtin_prefetch(w + 8 * step); \
        UNROLL for (int i = 0; i < OB; i++) { \
          const float f = w[i * p->output_step]; \
          UNROLL for (int j = 0; j < JB; j++) a[i][j] += f * v[j]; \
        } \
      } \
      for (int i = skip; i < OB; i++) { \
        for (int j = 0; j < JB; j++) { \
          float *target = y + j * p->y_stride + (long)(o + i) * LANES; \
          STORE(target, more ? LOAD(target) + a[i][j] : a[i][j]); \
        } \
      } \
    } \
  }
BLOCK(block_6x4, 6, 4)
BLOCK(block_1x4, 1, 4)
BLOCK(block_8x2, 8, 2)
BLOCK(block_1x2, 1, 2)
BLOCK(block_8x1, 8, 1)
BLOCK(block_1x1, 1, 1)

#define ARGUMENTS(STEP) p, source, w, bias, target, t > 0, STEP, part, first, last
#define BY_STEP(NAME) \
  if (p->input_step == 1) NAME(ARGUMENTS(1)); \
  else NAME(ARGUMENTS(p->input_step))

MULTIVERSION void caffe_lanes_inner_product(
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
        BY_STEP(block_6x4);
      } else if (count == 4) {
        BY_STEP(block_1x4);
      } else if (count == 2 && last - first >= 8) {
        BY_STEP(block_8x2);
      } else if (count == 2) {
        BY_STEP(block_1x2);
      } else if (last - first >= 8) {
        BY_STEP(block_8x1);
      } else {
        BY_STEP(block_1x1);
      }
    }
    block += count;
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
