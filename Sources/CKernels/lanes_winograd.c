// Convolution with kernels of 5x5 in tiles of 2x2 outputs (see winograd.c) over lanes of sixteen images. A value of a tile is a vector; the products of
// one of its 36 places are those of a matrix of weights with vectors. The gradient of the input goes the same way back as the transpose of
// each step, and adds up what tiles have in common, so that it takes no more products at the borders.
#include "lanes.h"
#include "winograd.h"

enum { KERNEL = 5, OUTPUTS = 2, PLACES = 36, OUTS = 5, TOGETHER = 4, TOGETHER_FOR_WEIGHTS = 8, ROWS_OF_SUMS = 4 };

static inline long rounded_up(long n, long to) { return (n + to - 1) / to * to; }

// Floats from one place to the next: of the values of some tiles, and of weights, whose rows are filled up to whole vectors.
static inline long value_step(long channels, long tiles) { return apart(channels * tiles * LANES); }
static inline long weight_row(long channels) { return rounded_up(channels, LANES); }
static inline long weight_step(long rows, long channels) { return apart(rows * weight_row(channels)); }

// Sums for the gradient of the weights come in vectors for four output channels and as many input channels as make it full.
static inline int outputs_of_sums(const caffe_winograd *g) { return (g->out_channels + ROWS_OF_SUMS - 1) / ROWS_OF_SUMS; }
static inline long sum_groups(const caffe_winograd *g, int width) {
  const int columns = width / ROWS_OF_SUMS;
  return (long)outputs_of_sums(g) * ((g->in_channels + columns - 1) / columns);
}

long caffe_lanes_winograd_weight_count(const caffe_winograd *g, bool turned) {
  return turned ? PLACES * weight_step(g->out_channels, g->in_channels) : PLACES * weight_step(g->in_channels, g->out_channels);
}

long caffe_lanes_winograd_sum_count(const caffe_winograd *g) {
  const int width = caffe_lanes_by_eight() ? 8 : 16;
  return PLACES * apart(sum_groups(g, width) * width);
}

long caffe_lanes_winograd_scratch(const caffe_winograd *g) {
  return PLACES * (value_step(g->in_channels, TOGETHER_FOR_WEIGHTS) + value_step(g->out_channels, TOGETHER_FOR_WEIGHTS));
}

#define WIDTH 16
#define FOR_WIDTH MULTIVERSION
#include "lanes_winograd_by_width.h"
#undef WIDTH
#undef FOR_WIDTH
#if defined(__x86_64__) && defined(__linux__)
#define WIDTH 8
#define FOR_WIDTH FOR_AVX2
#include "lanes_winograd_by_width.h"
#define BY_LANES(name, ...) \
  if (caffe_lanes_by_eight()) { \
    name##_8(__VA_ARGS__); \
  } else { \
    name(__VA_ARGS__); \
  }
#else
#define BY_LANES(name, ...) name(__VA_ARGS__);
#endif

void caffe_lanes_winograd_weights(const caffe_winograd *g, const float *w, float *u, bool turned, int first, int last) {
  BY_LANES(weights, g, w, u, turned, first, last)
}

void caffe_lanes_winograd_convolve(
    const caffe_winograd *g, const float *x, const float *u, const float *bias, float *y, float *scratch, int part,
    int parts) {
  BY_LANES(convolve, g, x, u, bias, y, scratch, part, parts)
}

void caffe_lanes_winograd_data_gradient(
    const caffe_winograd *g, const float *dy, const float *u, float *dx, float *scratch) {
  BY_LANES(data_gradient, g, dy, u, dx, scratch)
}

void caffe_lanes_winograd_weight_gradient(
    const caffe_winograd *g, const float *x, const float *dy, float *sums, float *scratch) {
  BY_LANES(weight_gradient, g, x, dy, sums, scratch)
}

int caffe_lanes_winograd_sum_rows(const caffe_winograd *g) { return outputs_of_sums(g); }

void caffe_lanes_winograd_add_gradient(const caffe_winograd *g, const float *sums, float *dw, int first, int last) {
  BY_LANES(add_gradient, g, sums, dw, first, last)
}
