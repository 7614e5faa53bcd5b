// A convolution with stride s as one with stride 1: its input becomes the s * s phases of each channel, which are the places whose row and
// column leave the same remainders by s, and its kernels become kernels of a 1/s of their extent for each phase.
#include "CKernels.h"
#include "vectors.h"

int caffe_phase_count(const caffe_phases *g) {
  return (g->channels * g->stride * g->stride + g->lanes - 1) / g->lanes * g->lanes;
}

// A row of the plane, NULL for one beyond it, as `s` lanes of a row of phases.
INLINE void split_row(const caffe_phases *g, const int s, const float *row, float *to) {
  // Columns all of whose phases lie in the plane.
  const int first = row ? (g->padding_w + s - 1) / s : g->columns;
  const int reach = (g->width + g->padding_w) / s, last = reach < g->columns ? reach : g->columns;
  for (int x = 0; x < g->columns; x++, to += g->lanes) {
    const int from = x * s - g->padding_w;
    if (x >= first && x < last) {
      memcpy(to, row + from, (size_t)s * sizeof(float));
    } else {
      for (int i = 0; i < s; i++) to[i] = row && from + i >= 0 && from + i < g->width ? row[from + i] : 0;
    }
  }
}

void caffe_split_phases(const caffe_phases *g, const float *x, float *y) {
  const long plane = (long)g->rows * g->columns * g->lanes;
  const int used = g->channels * g->stride * g->stride % g->lanes;
  if (used != 0) memset(y + (caffe_phase_count(g) / g->lanes - 1) * plane, 0, (size_t)plane * sizeof(float));
  for (int c = 0; c < g->channels; c++) {
    for (int phase = 0; phase < g->stride; phase++) {
      const int channel = (c * g->stride + phase) * g->stride;
      float *to = y + channel / g->lanes * plane + channel % g->lanes;
      for (int r = 0; r < g->rows; r++, to += (long)g->columns * g->lanes) {
        const int at = r * g->stride + phase - g->padding_h;
        const float *row = at >= 0 && at < g->height ? x + ((long)c * g->height + at) * g->width : NULL;
        if (g->stride == 4) {
          split_row(g, 4, row, to);
        } else {
          split_row(g, g->stride, row, to);
        }
      }
    }
  }
}

// Calls `step` with the places of each weight of an output: among those of the kernels and among those of the phases.
#define EACH_WEIGHT(step) \
  const int s = g->stride, size = g->taps * g->taps; \
  long from = 0; \
  for (int c = 0; c < g->channels; c++) { \
    for (int y = 0; y < g->kernel_h; y++) { \
      for (int x = 0; x < g->kernel_w; x++, from++) { \
        const long to = ((c * s + y % s) * s + x % s) * size + y / s * g->taps + x / s; \
        step; \
      } \
    } \
  }

void caffe_phase_weights(const caffe_phases *g, const float *w, float *u, int outs) {
  const long kernels = (long)g->channels * g->kernel_h * g->kernel_w, count = (long)caffe_phase_count(g) * g->taps * g->taps;
  memset(u, 0, (size_t)(outs * count) * sizeof(float));
  for (int o = 0; o < outs; o++, w += kernels, u += count) { EACH_WEIGHT(u[to] = w[from]) }
}

void caffe_add_phase_gradient(const caffe_phases *g, const float *du, float *dw, int outs) {
  const long kernels = (long)g->channels * g->kernel_h * g->kernel_w, count = (long)caffe_phase_count(g) * g->taps * g->taps;
  for (int o = 0; o < outs; o++, dw += kernels, du += count) { EACH_WEIGHT(dw[from] += du[to]) }
}
