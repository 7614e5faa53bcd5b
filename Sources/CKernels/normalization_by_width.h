// Compiled once for each width of lanes; see by_width.h.
#include "by_width.h"

// value^-beta; 0.75, which everybody uses, by square roots.
INLINE void NAME(negative_power)(V *value, float beta) {
  if (beta == 0.75f) {
    const V root = __builtin_elementwise_sqrt(*value);
    *value = 1.0f / (root * __builtin_elementwise_sqrt(root));
    return;
  }
  float v[WIDTH];
  memcpy(v, value, sizeof v);
  for (int i = 0; i < WIDTH; i++) v[i] = powf(v[i], -beta);
  memcpy(value, v, sizeof v);
}

// The channels of a place that lie side by side are one vector: the sums of a window are those of the line of the place's channels, moved along.
INLINE void NAME(window_of_line)(V *sum, const float *line, int size) {
  *sum = VLOAD(line);
  for (int i = 1; i < size; i++) *sum += VLOAD(line + i);
}

MULTIVERSION void NAME(caffe_lrn_side_by_side)(
    const float *x, float *y, float *scale, float *line, int channels, long places, int size, float factor, float beta,
    float k, long first, long last) {
  const int half = (size - 1) / 2;
  clear_ends(line, channels, size);
  for (long p = first; p < last; p++) {
    for (int c = 0; c < channels; c += WIDTH) {
      V v = VLOAD(x + c * places + p * WIDTH);
      VSTORE(line + half + c, v * v);
    }
    for (int c = 0; c < channels; c += WIDTH) {
      const long at = c * places + p * WIDTH;
      V s;
      NAME(window_of_line)(&s, line + c, size);
      s = k + factor * s;
      VSTORE(scale + at, s);
      NAME(negative_power)(&s, beta);
      VSTORE(y + at, VLOAD(x + at) * s);
    }
  }
}

MULTIVERSION void NAME(caffe_lrn_side_by_side_gradient)(
    const float *x, const float *y, const float *scale, const float *dy, float *dx, float *line, int channels,
    long places, int size, float factor, float beta, long first, long last) {
  const int half = (size - 1) / 2;
  clear_ends(line, channels, size);
  for (long p = first; p < last; p++) {
    for (int c = 0; c < channels; c += WIDTH) {
      const long at = c * places + p * WIDTH;
      VSTORE(line + half + c, VLOAD(dy + at) * VLOAD(y + at) / VLOAD(scale + at));
    }
    for (int c = 0; c < channels; c += WIDTH) {
      const long at = c * places + p * WIDTH;
      V sum, s = VLOAD(scale + at);
      NAME(window_of_line)(&sum, line + c, size);
      NAME(negative_power)(&s, beta);
      VSTORE(dx + at, VLOAD(dy + at) * s - factor * VLOAD(x + at) * sum);
    }
  }
}

