// The gradient of a convolution's input over lanes, where it isn't itself a convolution without waste.
#include "CKernels.h"
#include "vectors.h"

typedef caffe_lanes_geometry geometry;

// 5x5, stride 1, no padding, short rows: a whole row of two channels in registers, output gradients scattered over it.
// W = GW + 4 columns, STEP gradients loaded at a time.
#define ROW(NAME, GW, STEP) \
  INLINE void NAME( \
      const geometry *g, const float *gradient, const float *weights, float *target, int first, int last) { \
    enum { W = GW + 4 }; \
    const long depth = g->channels * 25L; \
    for (int next = first; next < last; next += 2) { \
      const int c = next + 2 <= last ? next : last - 2; \
      for (int y = 0; y < g->height; y++) { \
        v16 a[2][W]; \
        UNROLL for (int i = 0; i < 2; i++) { UNROLL for (int j = 0; j < W; j++) a[i][j] = ALL(0); } \
        const int k0 = y >= g->out_height ? y - g->out_height + 1 : 0, k1 = y < 4 ? y : 4; \
        for (int o = 0; o < g->out_channels; o++) { \
          for (int ky = k0; ky <= k1; ky++) { \
            const float *d = gradient + ((long)o * g->out_height + y - ky) * GW * LANES; \
            const float *w = weights + o * depth + c * 25L + ky * 5; \
            UNROLL for (int h = 0; h < GW; h += STEP) { \
              v16 v[STEP]; \
              UNROLL for (int j = 0; j < STEP; j++) v[j] = LOAD(d + (h + j) * LANES); \
              UNROLL for (int i = 0; i < 2; i++) { \
                UNROLL for (int k = 0; k < 5; k++) { \
                  const float f = w[i * 25 + k]; \
                  UNROLL for (int j = 0; j < STEP; j++) a[i][h + j + k] += f * v[j]; \
                } \
              } \
            } \
          } \
        } \
        UNROLL for (int i = 0; i < 2; i++) { \
          UNROLL for (int j = 0; j < W; j++) { \
            STORE(target + (((long)(c + i) * g->height + y) * W + j) * LANES, a[i][j]); \
          } \
        } \
      } \
    } \
  }
ROW(row_8, 8, 4)
ROW(row_10, 10, 2)

// CB channels at one place: sums over the taps that meet it. Any stride, padding and dilation.
#define PLACE(NAME, CB) \
  INLINE void NAME( \
      const geometry *g, int padding_w, const float *gradient, const float *weights, float *target, int first, int last) { \
    const long size = (long)g->kernel_h * g->kernel_w, depth = g->channels * size; \
    const long plane = (long)g->out_height * g->out_width * LANES; \
    for (int next = first; next < last; next += CB) { \
      const int c = next + CB <= last ? next : last - CB; \
      for (int y = 0; y < g->height; y++) { \
        for (int x = 0; x < g->width; x++) { \
          v16 a[CB]; \
          UNROLL for (int i = 0; i < CB; i++) a[i] = ALL(0); \
          for (int ky = 0; ky < g->kernel_h; ky++) { \
            const int ty = y + g->padding_h - ky * g->dilation_h; \
            if (ty < 0 || ty % g->stride_h || ty / g->stride_h >= g->out_height) continue; \
            for (int kx = 0; kx < g->kernel_w; kx++) { \
              const int tx = x + padding_w - kx * g->dilation_w; \
              if (tx < 0 || tx % g->stride_w || tx / g->stride_w >= g->out_width) continue; \
              const float *d = gradient + ((long)(ty / g->stride_h) * g->out_width + tx / g->stride_w) * LANES; \
              const float *w = weights + c * size + (long)ky * g->kernel_w + kx; \
              for (int o = 0; o < g->out_channels; o++, d += plane, w += depth) { \
                const v16 v = LOAD(d); \
                UNROLL for (int i = 0; i < CB; i++) a[i] += w[i * size] * v; \
              } \
            } \
          } \
          UNROLL for (int i = 0; i < CB; i++) { \
            STORE(target + (((long)(c + i) * g->height + y) * g->width + x) * LANES, a[i]); \
          } \
        } \
      } \
    } \
  }
PLACE(place_8, 8)
PLACE(place_1, 1)

MULTIVERSION void caffe_lanes_data_gradient(
    const geometry *g, int padding_w, const float *gradient, const float *weights, float *source_gradient, int first,
    int last) {
  bool rows = g->kernel_h == 5 && g->kernel_w == 5 && g->stride_h == 1 && g->stride_w == 1 && g->dilation_h == 1
      && g->dilation_w == 1 && g->padding_h == 0 && padding_w == 0 && last - first >= 2;
  if (rows && g->out_width == 8) {
    row_8(g, gradient, weights, source_gradient, first, last);
  } else if (rows && g->out_width == 10) {
    row_10(g, gradient, weights, source_gradient, first, last);
  } else if (last - first >= 8) {
    place_8(g, padding_w, gradient, weights, source_gradient, first, last);
  } else {
    place_1(g, padding_w, gradient, weights, source_gradient, first, last);
  }
}
