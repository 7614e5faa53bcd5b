// Convolution in tiles, for which fewer products do: Winograd's F(2x2, 3x3), F(4x4, 3x3), F(2x2, 5x5) and F(2x3, 5x5), as in Lavin and Gray,
// "Fast Algorithms for Convolutional Neural Networks" (2015). Inputs, kernels and outputs of a tile are taken for polynomials, which are
// multiplied by their values at some points and at infinity, as by Toom and Cook: 0 and ±1 for four inputs, ±3/4 and ±3/2 besides 0 for
// six, ±7/8, ±7/4, 3/8 and 0 for seven. The pairs of fractions round nearly as little as a plain sum does (on random values 1.4 times its
// error with kernels of 5 and twice with those of 3, in the mean square); the usual ±1 and ±2 lose twice as much. Seven inputs along one
// axis lose 1.6 times as much as six, along both too much for rounding. Barabasz and others, "Error Analysis and
// Improving the Accuracy of Winograd Convolution for Deep Neural Networks" (2020), tell why points matter.
#include "winograd.h"

enum { FEW_TILES = 24, FEW_CHANNELS = 32 };

long caffe_winograd_tiles(const caffe_winograd *g) {
  const tiling t = tiling_of(g);
  const long of_a_sheet = (long)g->joined * g->joined;
  return (g->images + of_a_sheet - 1) / of_a_sheet * t.down * t.along;
}

// A tile's inputs, each of which is a product.
static inline long inputs_of(const caffe_winograd *g) { return (long)g->tile_h * g->tile_w; }

// Floats from the product of one of the inputs to the next: of weights in a panel, and of sums for the gradient of all weights.
static inline long weight_step(const caffe_winograd *g, int block) { return apart((long)g->in_channels * 2 * block); }
static inline long sum_step(const caffe_winograd *g) { return apart((long)g->in_channels * g->out_channels); }

long caffe_winograd_weight_count(const caffe_winograd *g, int block) {
  return g->out_channels / (2 * block) * inputs_of(g) * weight_step(g, block);
}

long caffe_winograd_sum_count(const caffe_winograd *g) { return inputs_of(g) * sum_step(g); }

long caffe_winograd_scratch(const caffe_winograd *g, int block, long tiles) {
  const long padded = (tiles + 11) / 12 * 12;
  return inputs_of(g) * (apart(padded * (g->in_channels + 16)) + apart(padded * 2 * block));
}

long caffe_winograd_gradient_scratch(const caffe_winograd *g, long tiles) {
  return inputs_of(g) * (apart(tiles * g->in_channels) + apart(tiles * g->out_channels));
}

#define WIDTH 16
#include "winograd_by_width.h"
#undef WIDTH
#define WIDTH 8
#include "winograd_by_width.h"
