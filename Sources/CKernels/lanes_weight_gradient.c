// The gradients of a convolution's weights and bias over lanes.
#include "CKernels.h"
#include "lanes.h"

typedef caffe_lanes_geometry geometry;

typedef struct {
  const geometry *g;
  const float *source, *gradient;
  long source_stride, gradient_stride;
  int blocks;
  float *weight_gradient;
} work;

// OB output channels by KB kernel columns in registers over all places of all blocks, in vectors V of so many lanes; the lanes are summed
// at the end. Of a block that begins earlier because it wouldn't fit, `new_o` channels and `new_k` columns are new.
#define BLOCK(NAME, V, WIDTH, OB, KB, SUM) \
  INLINE void NAME(const work *t, int o, int new_o, int c, int ky, int kx, int new_k, const int sx, const int dx) { \
    const geometry *g = t->g; \
    const int top = ky * g->dilation_h - g->padding_h; \
    const long plane = (long)g->out_height * g->out_width * LANES; \
    V a[OB][KB]; \
    UNROLL for (int i = 0; i < OB; i++) { UNROLL for (int k = 0; k < KB; k++) a[i][k] = ALL_AS(V, 0); } \
    for (int b = 0; b < t->blocks; b++) { \
      const float *gradient = t->gradient + b * t->gradient_stride + o * plane; \
      const float *source = t->source + b * t->source_stride + ((long)c * g->height * g->width + kx * dx) * LANES; \
      for (int y = 0; y < g->out_height; y++) { \
        const int row = y * g->stride_h + top; \
        if (row < 0 || row >= g->height) continue; \
        const float *s = source + (long)row * g->width * LANES, *d = gradient + (long)y * g->out_width * LANES; \
        for (int x = 0; x < g->out_width; x++, s += sx * LANES, d += LANES) { \
          UNROLL for (int lane = 0; lane < LANES; lane += WIDTH) { \
            V v[OB]; \
            UNROLL for (int i = 0; i < OB; i++) v[i] = LOAD_AS(V, d + i * plane + lane); \
            UNROLL for (int k = 0; k < KB; k++) { \
              const V u = LOAD_AS(V, s + k * dx * LANES + lane); \
              UNROLL for (int i = 0; i < OB; i++) a[i][k] += v[i] * u; \
            } \
          } \
        } \
      } \
    } \
    const long size = (long)g->kernel_h * g->kernel_w; \
    float *target = t->weight_gradient + ((long)o * g->channels + c) * size + (long)ky * g->kernel_w + kx; \
    float sums[(OB * KB + 15) / 16 * 16]; \
    SUM(OB, KB) \
    for (int i = OB - new_o; i < OB; i++) { \
      for (int k = KB - new_k; k < KB; k++) target[i * g->channels * size + k] += sums[i * KB + k]; \
    } \
  }

#define SUM16(OB, KB) \
  UNROLL for (int n = 0; n < OB * KB; n += LANES) { \
    v16 r[LANES]; \
    UNROLL for (int l = 0; l < LANES; l++) r[l] = n + l < OB * KB ? a[(n + l) % (OB * KB) / KB][(n + l) % KB] : ALL(0); \
    sums_of_lanes(r); \
    STORE(sums + n, r[0]); \
  }

#define SUM8(OB, KB) \
  UNROLL for (int n = 0; n < OB * KB; n++) { \
    float s[8]; \
    STORE_AS(v8, s, a[n / KB][n % KB]); \
    sums[n] = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7])); \
  }

BLOCK(block_5x5, v16, 16, 5, 5, SUM16)
BLOCK(block_4x5, v16, 16, 4, 5, SUM16)
BLOCK(block_1x5, v16, 16, 1, 5, SUM16)
BLOCK(block_8x3, v16, 16, 8, 3, SUM16)
BLOCK(block_4x3, v16, 16, 4, 3, SUM16)
BLOCK(block_1x3, v16, 16, 1, 3, SUM16)
BLOCK(block_8x1, v16, 16, 8, 1, SUM16)
BLOCK(block_4x1, v16, 16, 4, 1, SUM16)
BLOCK(block_1x1, v16, 16, 1, 1, SUM16)
// For half as many registers of half the size.
BLOCK(half_2x5, v8, 8, 2, 5, SUM8)
BLOCK(half_1x5, v8, 8, 1, 5, SUM8)
BLOCK(half_3x3, v8, 8, 3, 3, SUM8)
BLOCK(half_1x3, v8, 8, 1, 3, SUM8)
BLOCK(half_8x1, v8, 8, 8, 1, SUM8)
BLOCK(half_1x1, v8, 8, 1, 1, SUM8)

static int kernel_columns(const geometry *g) { return g->kernel_w >= 5 ? 5 : g->kernel_w >= 3 ? 3 : 1; }

// Output channels in a block: as many as registers hold, unless fewer waste less.
static int block_channels(const geometry *g) {
  int n = g->out_channels, columns = kernel_columns(g);
  if (caffe_lanes_by_eight()) {
    int most = columns == 5 ? 2 : columns == 3 ? 3 : 8;
    return n < most ? 1 : most;
  }
  int most = columns == 5 ? 5 : 8;
  if (n < 4) return 1;
  if (n < most) return 4;
  return (n + most - 1) / most * most <= (n + 3) / 4 * 4 ? most : 4;
}

// A unit is one block of output channels with one input channel and kernel row.
int caffe_lanes_weight_units(const geometry *g) {
  int block = block_channels(g);
  return (g->out_channels + block - 1) / block * g->channels * g->kernel_h;
}

#define BY_STRIDE(NAME) \
  if (g->stride_w == 1 && g->dilation_w == 1) NAME(&t, o, new_o, c, ky, kx, new_k, 1, 1); \
  else NAME(&t, o, new_o, c, ky, kx, new_k, g->stride_w, g->dilation_w)

// Goes over all units; BLOCKS is the switch over the blocks' shapes.
#define UNITS(BLOCKS) \
  const int ob = block_channels(g), kb = kernel_columns(g), shape = ob * 10 + kb; \
  /* As few blocks of images at a time as make the summing of lanes cheap: they should stay in the second cache. */ \
  long bytes = ((long)ob * g->out_height * g->out_width + (long)g->height * g->width) * LANES * 4; \
  int step = (int)((192L << 10) / bytes) + 1; \
  for (int block = 0; block < blocks; block += step) { \
    const work t = { \
        g, source + block * source_stride, gradient + block * gradient_stride, source_stride, gradient_stride, \
        block + step < blocks ? step : blocks - block, weight_gradient}; \
    for (int unit = first; unit < last; unit++) { \
      const int ky = unit % g->kernel_h, c = unit / g->kernel_h % g->channels; \
      const int start = unit / g->kernel_h / g->channels * ob; \
      const int o = start + ob <= g->out_channels ? start : g->out_channels - ob, new_o = o + ob - start; \
      for (int column = 0; column < g->kernel_w; column += kb) { \
        const int kx = column + kb <= g->kernel_w ? column : g->kernel_w - kb, new_k = kx + kb - column; \
        switch (shape) { BLOCKS } \
      } \
    } \
  }

MULTIVERSION static void by_sixteen(
    const geometry *g, const float *source, long source_stride, const float *gradient, long gradient_stride, int blocks,
    float *weight_gradient, int first, int last) {
  UNITS(case 55: BY_STRIDE(block_5x5); break;
        case 45: BY_STRIDE(block_4x5); break;
        case 15: BY_STRIDE(block_1x5); break;
        case 83: BY_STRIDE(block_8x3); break;
        case 43: BY_STRIDE(block_4x3); break;
        case 13: BY_STRIDE(block_1x3); break;
        case 81: BY_STRIDE(block_8x1); break;
        case 41: BY_STRIDE(block_4x1); break;
        default: BY_STRIDE(block_1x1); break;)
}

#if defined(__x86_64__) && defined(__linux__)
FOR_AVX2 static void by_eight(
    const geometry *g, const float *source, long source_stride, const float *gradient, long gradient_stride, int blocks,
    float *weight_gradient, int first, int last) {
  UNITS(case 25: BY_STRIDE(half_2x5); break;
        case 15: BY_STRIDE(half_1x5); break;
        case 33: BY_STRIDE(half_3x3); break;
        case 13: BY_STRIDE(half_1x3); break;
        case 81: BY_STRIDE(half_8x1); break;
        default: BY_STRIDE(half_1x1); break;)
}
#else
#define by_eight by_sixteen
#endif

void caffe_lanes_weight_gradient(
    const geometry *g, const float *source, long source_stride, const float *gradient, long gradient_stride, int blocks,
    float *weight_gradient, int first, int last) {
  if (caffe_lanes_by_eight()) {
    by_eight(g, source, source_stride, gradient, gradient_stride, blocks, weight_gradient, first, last);
  } else {
    by_sixteen(g, source, source_stride, gradient, gradient_stride, blocks, weight_gradient, first, last);
  }
}

MULTIVERSION void caffe_lanes_bias_gradient(
    const float *gradient, long stride, int blocks, long places, float *bias_gradient, int first, int last) {
  for (int c = first; c < last; c++) {
    v16 s0 = {}, s1 = {}, s2 = {}, s3 = {};
    for (int b = 0; b < blocks; b++) {
      const float *d = gradient + b * stride + c * places * LANES;
      long i = 0;
      for (; i + 4 <= places; i += 4, d += 4 * LANES) {
        s0 += LOAD(d);
        s1 += LOAD(d + LANES);
        s2 += LOAD(d + 2 * LANES);
        s3 += LOAD(d + 3 * LANES);
      }
      for (; i < places; i++, d += LANES) s0 += LOAD(d);
    }
    v16 sum = (s0 + s1) + (s2 + s3);
    bias_gradient[c] += sum_of_lanes(&sum);
  }
}
