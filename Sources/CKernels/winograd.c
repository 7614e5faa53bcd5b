// Convolution with kernels of 3x3 in tiles of 2x2 outputs, for which 16 products of each pair of channels do in place of 36: Winograd's
// F(2x2, 3x3), as in Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2015). Its transforms add, subtract and halve,
// so it rounds much like a plain sum does.
#include "CKernels.h"
#include "vectors.h"

enum { MOST = 32 };

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

// U = G w G^T for panels first..<last of 2 * block output channels, [panel][16][in_channels][2 * block]. Where `turned`, of the weights of the
// gradient of the input: channels exchanged, kernels turned round.
MULTIVERSION void caffe_winograd_weights(
    const float *w, float *u, int in_channels, int out_channels, int block, bool turned, int first, int last) {
  const int side = 2 * block;
  float k[9][MOST], half[12][MOST], whole[16][MOST];
  for (int panel = first; panel < last; panel++) {
    float *target = u + (long)panel * side * in_channels * 16;
    for (int c = 0; c < in_channels; c++) {
      for (int o = 0; o < side; o++) {
        const long out = panel * side + o;
        const float *from = w + (turned ? (long)c * out_channels + out : out * in_channels + c) * 9;
        for (int i = 0; i < 9; i++) k[i][o] = turned ? from[8 - i] : from[i];
      }
      for (int j = 0; j < 3; j++) transform_rows(half + j, 3, k + j, 3, side);
      for (int i = 0; i < 4; i++) transform_rows(whole + 4 * i, 1, half + 3 * i, 1, side);
      for (int i = 0; i < 16; i++) {
        memcpy(target + ((long)i * in_channels + c) * side, whole[i], (size_t)side * sizeof(float));
      }
    }
  }
}

// dw += G^T sums G, where sums are [16][panel][in_channels][2 * block].
MULTIVERSION void caffe_winograd_add_gradient(
    const float *sums, float *dw, int in_channels, int out_channels, int block, int first, int last) {
  const int side = 2 * block;
  for (int panel = first; panel < last; panel++) {
    for (int c = 0; c < in_channels; c++) {
      const float *from = sums + ((long)panel * side * in_channels + (long)c * side);
      const long step = (long)out_channels * in_channels;
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
      for (int o = 0; o < side; o++) {
        float *to = dw + ((long)(panel * side + o) * in_channels + c) * 9;
        for (int i = 0; i < 9; i++) to[i] += whole[i][o];
      }
    }
  }
}

long caffe_winograd_gradient_scratch(int in_channels, int out_channels, long tiles) {
  return 16 * tiles * (in_channels + out_channels + 32);
}

long caffe_winograd_scratch(int in_channels, int block, long tiles) {
  const long padded = (tiles + 11) / 12 * 12;
  return 16 * padded * (in_channels + 16 + 2 * block);
}

#define WIDTH 16
#include "winograd_by_width.h"
#undef WIDTH
#define WIDTH 8
#include "winograd_by_width.h"
