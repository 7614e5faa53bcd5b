// Convolution with kernels of 3x3 in tiles of 2x2 outputs, for which 16 products of each pair of channels do in place of 36: Winograd's
// F(2x2, 3x3), as in Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2015). Its transforms add, subtract and halve,
// so it rounds much like a plain sum does. A larger kernel is cut into parts of 3x3, filled up with zeros, whose inputs are further
// channels; the last of the four rows or columns that a part with zeros becomes is zero too, and left out: 49 products in place of 100 for 5x5.
#include "CKernels.h"
#include "vectors.h"

enum { MOST = 32 };

// Parts along an axis.
static inline int parts_of(int kernel) { return (kernel + 2) / 3; }

// Channels of all parts.
static inline int rows_of(const caffe_winograd *g) {
  return parts_of(g->kernel_h) * parts_of(g->kernel_w) * g->in_channels;
}

// The channels that the k-th of the sixteen products sums over: so many runs, `step` from one to the next.
typedef struct { int parts, length; long step; } run_of_channels;

static inline run_of_channels run_at(const caffe_winograd *g, int k) {
  const int down = parts_of(g->kernel_h), along = parts_of(g->kernel_w);
  const int rows = k / 4 == 3 && g->kernel_h % 3 ? down - 1 : down;
  const int columns = k % 4 == 3 && g->kernel_w % 3 ? along - 1 : along;
  return (run_of_channels){rows, columns * g->in_channels, (long)along * g->in_channels};
}

// G k over the rows of a matrix of kernels side by side: from three rows four.
INLINE void transform_rows(float (*to)[MOST], long step_to, float (*from)[MOST], long step_from, int side) {
  for (int o = 0; o < side; o++) {
    const float first = from[0][o], middle = 0.5f * from[step_from][o], last = from[2 * step_from][o];
    const float ends = 0.5f * (first + last);
    to[0][o] = first;
    to[step_to][o] = ends + middle;
    to[2 * step_to][o] = ends - middle;
    to[3 * step_to][o] = last;
  }
}

// U = G w G^T for panels first..<last of 2 * block output channels: [panel][16][part][in_channels][2 * block]. Where `turned`, of the weights of
// the gradient of the input: channels exchanged, kernels turned round.
MULTIVERSION void caffe_winograd_weights(
    const caffe_winograd *g, const float *w, float *u, int block, bool turned, int first, int last) {
  const int side = 2 * block, size = g->kernel_h * g->kernel_w, along = parts_of(g->kernel_w);
  const long channels = rows_of(g);
  float k[9][MOST], half[12][MOST], whole[16][MOST];
  for (int panel = first; panel < last; panel++) {
    float *target = u + panel * side * channels * 16;
    for (long row = 0; row < channels; row++) {
      const int part = (int)row / g->in_channels, c = (int)row % g->in_channels;
      for (int i = 0; i < 9; i++) {
        const int y = part / along * 3 + i / 3, x = part % along * 3 + i % 3;
        const bool present = y < g->kernel_h && x < g->kernel_w;
        const int at = turned ? size - 1 - (y * g->kernel_w + x) : y * g->kernel_w + x;
        for (int o = 0; o < side; o++) {
          const long out = panel * side + o;
          const float *from = w + (turned ? (long)c * g->out_channels + out : out * g->in_channels + c) * size;
          k[i][o] = present ? from[at] : 0;
        }
      }
      for (int j = 0; j < 3; j++) transform_rows(half + j, 3, k + j, 3, side);
      for (int i = 0; i < 4; i++) transform_rows(whole + 4 * i, 1, half + 3 * i, 1, side);
      for (int i = 0; i < 16; i++) {
        memcpy(target + (i * channels + row) * side, whole[i], (size_t)side * sizeof(float));
      }
    }
  }
}

// dw += G^T sums G, where sums are [16][panel][part][in_channels][2 * block]; what is left out isn't read.
MULTIVERSION void caffe_winograd_add_gradient(
    const caffe_winograd *g, const float *sums, float *dw, int block, int first, int last) {
  const int side = 2 * block, size = g->kernel_h * g->kernel_w, along = parts_of(g->kernel_w);
  const long channels = rows_of(g), step = g->out_channels * channels;
  for (int panel = first; panel < last; panel++) {
    for (long row = 0; row < channels; row++) {
      const int part = (int)row / g->in_channels, c = (int)row % g->in_channels;
      const float *from = sums + panel * side * channels + row * side;
      float half[12][MOST], whole[9][MOST];
      for (int o = 0; o < side; o++) {
        for (int j = 0; j < 4; j++) {
          const float m1 = from[(4 + j) * step + o], m2 = from[(8 + j) * step + o];
          half[j][o] = from[j * step + o] + 0.5f * (m1 + m2);
          half[4 + j][o] = 0.5f * (m1 - m2);
          half[8 + j][o] = 0.5f * (m1 + m2) + from[(12 + j) * step + o];
        }
      }
      for (int i = 0; i < 3; i++) {
        for (int o = 0; o < side; o++) {
          const float m1 = half[4 * i + 1][o], m2 = half[4 * i + 2][o];
          whole[3 * i][o] = half[4 * i][o] + 0.5f * (m1 + m2);
          whole[3 * i + 1][o] = 0.5f * (m1 - m2);
          whole[3 * i + 2][o] = 0.5f * (m1 + m2) + half[4 * i + 3][o];
        }
      }
      for (int i = 0; i < 9; i++) {
        const int y = part / along * 3 + i / 3, x = part % along * 3 + i % 3;
        if (y >= g->kernel_h || x >= g->kernel_w) continue;
        for (int o = 0; o < side; o++) {
          dw[((long)(panel * side + o) * g->in_channels + c) * size + y * g->kernel_w + x] += whole[i][o];
        }
      }
    }
  }
}

long caffe_winograd_rows(const caffe_winograd *g) { return rows_of(g); }

long caffe_winograd_scratch(const caffe_winograd *g, int block, long tiles) {
  const long padded = (tiles + 11) / 12 * 12;
  return 16 * padded * (rows_of(g) + 16 + 2 * block);
}

long caffe_winograd_gradient_scratch(const caffe_winograd *g, long tiles) {
  return 16 * tiles * (rows_of(g) + g->out_channels + 32);
}

#define WIDTH 16
#include "winograd_by_width.h"
#undef WIDTH
#define WIDTH 8
#include "winograd_by_width.h"
