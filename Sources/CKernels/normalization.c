// Local response normalisation.
#include "CKernels.h"
#include "vectors.h"

// What fills the ends of a line: beyond the channels are zeros.
INLINE void clear_ends(float *line, int channels, int size) {
  const int half = (size - 1) / 2;
  for (int i = 0; i < half; i++) line[i] = line[half + channels + i] = 0;
}

#define WIDTH 16
#include "normalization_by_width.h"
#undef WIDTH
#define WIDTH 8
#include "normalization_by_width.h"

#define LOAD_PART(v, p) v16 v = {}; memcpy(&v, p, bytes)

INLINE void across(
    const float *x, float *y, float *scale, int channels, long inner, int size, float factor, float beta, float k,
    size_t bytes) {
  const int half = (size - 1) / 2;
  v16 sum = {};
  // The window slides over the channels; it is summed anew now and then so that rounding doesn't gather.
  for (int c = 0; c < channels; c++) {
    if (c % 16 == 0) {
      sum = ALL(0);
      for (int n = c - half; n <= c + half; n++) {
        if (n < 0 || n >= channels) continue;
        LOAD_PART(v, x + n * inner);
        sum += v * v;
      }
    } else {
      if (c + half < channels) {
        LOAD_PART(v, x + (c + half) * inner);
        sum += v * v;
      }
      if (c - half - 1 >= 0) {
        LOAD_PART(v, x + (c - half - 1) * inner);
        sum -= v * v;
      }
      // What is left of a window of zeros must not be a little less than 0.
      sum = SELECT(sum > 0, sum, ALL(0));
    }
    v16 s = k + factor * sum;
    memcpy(scale + c * inner, &s, bytes);
  }
  // A second pass: y may be x.
  for (int c = 0; c < channels; c++) {
    LOAD_PART(s, scale + c * inner);
    LOAD_PART(v, x + c * inner);
    negative_power(&s, beta);
    v *= s;
    memcpy(y + c * inner, &v, bytes);
  }
}

MULTIVERSION void caffe_lrn_across(
    const float *x, float *y, float *scale, int channels, long inner, int size, float alpha, float beta, float k,
    long first, long last) {
  const float factor = alpha / (float)size;
  long i = first;
  for (; i + LANES <= last; i += LANES) {
    across(x + i, y + i, scale + i, channels, inner, size, factor, beta, k, sizeof(v16));
  }
  if (i < last) {
    across(x + i, y + i, scale + i, channels, inner, size, factor, beta, k, (size_t)(last - i) * sizeof(float));
  }
}

INLINE void across_gradient(
    const float *x, const float *y, const float *scale, const float *dy, float *dx, int channels, long inner, int size,
    float factor, float beta, size_t bytes) {
  const int half = (size - 1) / 2;
  for (int c = 0; c < channels; c++) {
    v16 sum = {};
    for (int n = c - half; n <= c + half; n++) {
      if (n < 0 || n >= channels) continue;
      LOAD_PART(d, dy + n * inner);
      LOAD_PART(v, y + n * inner);
      LOAD_PART(s, scale + n * inner);
      // Places beyond the part are 0 / 0.
      sum += d * v / SELECT(s == 0, ALL(1), s);
    }
    LOAD_PART(d, dy + c * inner);
    LOAD_PART(v, x + c * inner);
    LOAD_PART(s, scale + c * inner);
    s = SELECT(s == 0, ALL(1), s);
    negative_power(&s, beta);
    v16 r = d * s - factor * v * sum;
    memcpy(dx + c * inner, &r, bytes);
  }
}

MULTIVERSION void caffe_lrn_across_gradient(
    const float *x, const float *y, const float *scale, const float *dy, float *dx, int channels, long inner, int size,
    float alpha, float beta, long first, long last) {
  const float factor = 2.0f * alpha * beta / (float)size;
  for (long i = first; i < last; i += LANES) {
    size_t bytes = last - i < LANES ? (size_t)(last - i) * sizeof(float) : sizeof(v16);
    across_gradient(x + i, y + i, scale + i, dy + i, dx + i, channels, inner, size, factor, beta, bytes);
  }
}

static float power_of_scale(float s, float beta) {
  if (beta != 0.75f) return powf(s, -beta);
  float root = sqrtf(s);
  return 1.0f / (root * sqrtf(root));
}

void caffe_lrn_within(
    const float *x, float *y, float *scale, int height, int width, int size, float alpha, float beta, float k) {
  const int half = (size - 1) / 2;
  const float factor = alpha / ((float)size * (float)size);
  for (int h = 0; h < height; h++) {
    for (int w = 0; w < width; w++) {
      float sum = 0;
      for (int i = h < half ? 0 : h - half; i <= h + half && i < height; i++) {
        for (int j = w < half ? 0 : w - half; j <= w + half && j < width; j++) sum += x[i * width + j] * x[i * width + j];
      }
      scale[h * width + w] = k + factor * sum;
    }
  }
  for (int i = 0; i < height * width; i++) y[i] = x[i] * power_of_scale(scale[i], beta);
}

void caffe_lrn_within_gradient(
    const float *x, const float *scale, const float *dy, float *dx, float *scratch, int height, int width, int size,
    float alpha, float beta) {
  const int half = (size - 1) / 2;
  const float factor = 2.0f * alpha * beta / ((float)size * (float)size);
  for (int i = 0; i < height * width; i++) scratch[i] = dy[i] * x[i] * power_of_scale(scale[i], beta) / scale[i];
  for (int h = 0; h < height; h++) {
    for (int w = 0; w < width; w++) {
      float sum = 0;
      for (int i = h < half ? 0 : h - half; i <= h + half && i < height; i++) {
        for (int j = w < half ? 0 : w - half; j <= w + half && j < width; j++) sum += scratch[i * width + j];
      }
      const int at = h * width + w;
      dx[at] = dy[at] * power_of_scale(scale[at], beta) - factor * x[at] * sum;
    }
  }
}
