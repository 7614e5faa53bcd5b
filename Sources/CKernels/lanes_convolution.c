// Convolution over lanes: each weight is one broadcast, each input one aligned vector, sums stay in registers.
#include "CKernels.h"
#include "lanes.h"

typedef caffe_lanes_geometry geometry;

// The kernel rows that meet the source at output row y.
INLINE void kernel_rows(const geometry *g, int y, int *first, int *last) {
  int top = y * g->stride_h - g->padding_h, d = g->dilation_h;
  *first = top < 0 ? (-top + d - 1) / d : 0;
  int end = top >= g->height ? 0 : (g->height - 1 - top) / d + 1;
  *last = end < g->kernel_h ? end : g->kernel_h;
}

// OB output channels by XB columns in registers, in vectors V of so many lanes. The sizes are macros: an array sized by a parameter, even
// a constant one, would live in memory. A last block that doesn't fit begins earlier and computes some values twice.
#define BLOCK(NAME, V, WIDTH, OB, XB) \
  INLINE void NAME( \
      const geometry *g, const float *source, const float *weights, const float *bias, float *target, int o0, int o1, \
      const int kw, const int sx, const int dx) { \
    const long size = (long)g->kernel_h * kw, depth = g->channels * size; \
    const long plane = (long)g->height * g->width * LANES, out_plane = (long)g->out_height * g->out_width * LANES; \
    for (int next = o0; next < o1; next += OB) { \
      const int o = next + OB <= o1 ? next : o1 - OB; \
      for (int y = 0; y < g->out_height; y++) { \
        int k0, k1; \
        kernel_rows(g, y, &k0, &k1); \
        const float *row0 = source + ((long)y * g->stride_h - g->padding_h + (long)k0 * g->dilation_h) * g->width * LANES; \
        for (int nx = 0; nx < g->out_width; nx += XB) { \
          const int x = nx + XB <= g->out_width ? nx : g->out_width - XB; \
          for (int lane = 0; lane < LANES; lane += WIDTH) { \
            V a[OB][XB]; \
            UNROLL for (int i = 0; i < OB; i++) { \
              const float b = bias ? bias[o + i] : 0; \
              UNROLL for (int j = 0; j < XB; j++) a[i][j] = ALL_AS(V, b); \
            } \
            const float *wc = weights + o * depth + k0 * kw, *sc = row0 + (long)x * sx * LANES + lane; \
            for (int c = 0; c < g->channels; c++, wc += size, sc += plane) { \
              const float *w = wc, *s = sc; \
              for (int ky = k0; ky < k1; ky++, w += kw, s += (long)g->dilation_h * g->width * LANES) { \
                INNER(V, OB, XB) \
              } \
            } \
            UNROLL for (int i = 0; i < OB; i++) { \
              UNROLL for (int j = 0; j < XB; j++) { \
                STORE_AS(V, target + (o + i) * out_plane + ((long)y * g->out_width + x + j) * LANES + lane, a[i][j]); \
              } \
            } \
          } \
        } \
      } \
    } \
  }

#define TAP(V, OB, XB) \
  V v[XB]; \
  UNROLL for (int j = 0; j < XB; j++) v[j] = LOAD_AS(V, s + (j * sx + kx * dx) * LANES); \
  UNROLL for (int i = 0; i < OB; i++) { \
    const float f = w[i * depth + kx]; \
    UNROLL for (int j = 0; j < XB; j++) a[i][j] += f * v[j]; \
  }

// The kernel's width is known where these are inlined.
#define INNER(V, OB, XB) UNROLL for (int kx = 0; kx < kw; kx++) { TAP(V, OB, XB) }
BLOCK(block_5x4, v16, 16, 5, 4)
BLOCK(block_4x6, v16, 16, 4, 6)
BLOCK(block_1x6, v16, 16, 1, 6)
BLOCK(block_5x2, v8, 8, 5, 2)
BLOCK(block_4x2, v8, 8, 4, 2)
BLOCK(block_1x8, v8, 8, 1, 8)
#undef INNER
#define INNER(V, OB, XB) for (int kx = 0; kx < kw; kx++) { TAP(V, OB, XB) }
BLOCK(any_5x4, v16, 16, 5, 4)
BLOCK(any_4x6, v16, 16, 4, 6)
BLOCK(any_1x6, v16, 16, 1, 6)
BLOCK(any_4x1, v16, 16, 4, 1)
BLOCK(any_1x1, v16, 16, 1, 1)
BLOCK(any_5x2, v8, 8, 5, 2)
BLOCK(any_4x2, v8, 8, 4, 2)
BLOCK(any_1x8, v8, 8, 1, 8)

#define ARGUMENTS g, source, weights, bias, target, first, last
#define BY_KERNEL(SHAPE) \
  if (g->stride_w == 1 && g->dilation_w == 1 && g->kernel_w == 5) block_##SHAPE(ARGUMENTS, 5, 1, 1); \
  else if (g->stride_w == 1 && g->dilation_w == 1 && g->kernel_w == 3) block_##SHAPE(ARGUMENTS, 3, 1, 1); \
  else if (g->stride_w == 1 && g->dilation_w == 1) any_##SHAPE(ARGUMENTS, g->kernel_w, 1, 1); \
  else any_##SHAPE(ARGUMENTS, g->kernel_w, g->stride_w, g->dilation_w)

static long rounded_up(long n, long to) { return (n + to - 1) / to * to; }

MULTIVERSION static void by_sixteen(
    const geometry *g, const float *source, const float *weights, const float *bias, float *target, int first, int last) {
  int channels = last - first, columns = g->out_width;
  // 24 sums in registers are a little better than 20; what is computed twice counts more.
  long cost54 = channels >= 5 && columns >= 4 ? rounded_up(channels, 5) * rounded_up(columns, 4) * 26 : INT32_MAX;
  long cost46 = channels >= 4 && columns >= 6 ? rounded_up(channels, 4) * rounded_up(columns, 6) * 25 : INT32_MAX;
  long cost16 = columns >= 6 ? channels * rounded_up(columns, 6) * 60 : INT32_MAX;
  if (cost54 < cost46 && cost54 <= cost16) {
    BY_KERNEL(5x4);
  } else if (cost46 < INT32_MAX && cost46 <= cost16) {
    BY_KERNEL(4x6);
  } else if (cost16 < INT32_MAX) {
    BY_KERNEL(1x6);
  } else if (channels >= 4) {
    any_4x1(ARGUMENTS, g->kernel_w, g->stride_w, g->dilation_w);
  } else {
    any_1x1(ARGUMENTS, g->kernel_w, g->stride_w, g->dilation_w);
  }
}

#if defined(__x86_64__) && defined(__linux__)
// Ten sums, two inputs and a weight fill the registers of AVX2 but three.
FOR_AVX2 static void by_eight(
    const geometry *g, const float *source, const float *weights, const float *bias, float *target, int first, int last) {
  int channels = last - first, columns = g->out_width;
  long cost52 = channels >= 5 && columns >= 2 ? rounded_up(channels, 5) * 20 : INT32_MAX;
  long cost42 = channels >= 4 && columns >= 2 ? rounded_up(channels, 4) * 21 : INT32_MAX;
  if (cost52 <= cost42 && cost52 < INT32_MAX) {
    BY_KERNEL(5x2);
  } else if (cost42 < INT32_MAX) {
    BY_KERNEL(4x2);
  } else if (columns >= 8) {
    BY_KERNEL(1x8);
  } else if (channels >= 4) {
    any_4x1(ARGUMENTS, g->kernel_w, g->stride_w, g->dilation_w);
  } else {
    any_1x1(ARGUMENTS, g->kernel_w, g->stride_w, g->dilation_w);
  }
}
#else
#define by_eight by_sixteen
#endif

void caffe_lanes_convolution(
    const geometry *g, const float *source, const float *weights, const float *bias, float *target, int first, int last) {
  if (caffe_lanes_by_eight()) {
    by_eight(ARGUMENTS);
  } else {
    by_sixteen(ARGUMENTS);
  }
}
