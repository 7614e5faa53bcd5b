#include <math.h>
#include <stdlib.h>

#include "CImageCodecs.h"

// One source for three instruction sets; the machine's is chosen when the program starts.
#if defined(__x86_64__) && defined(__linux__)
#define FOR_EVERY_CPU __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FOR_EVERY_CPU
#endif

// The weights of blue, green and red, in 1/2^14.
enum { weight_bits = 14, blue_weight = 1868, green_weight = 9617, red_weight = 4899 };

FOR_EVERY_CPU void caffe_image_gray(const uint8_t *bgr, uint8_t *gray, size_t count) {
  for (size_t i = 0; i < count; i++) {
    unsigned sum = bgr[3 * i] * blue_weight + bgr[3 * i + 1] * green_weight + bgr[3 * i + 2] * red_weight;
    gray[i] = (uint8_t)((sum + (1u << (weight_bits - 1))) >> weight_bits);
  }
}

void caffe_image_color(const uint8_t *gray, uint8_t *bgr, size_t count) {
  for (size_t i = 0; i < count; i++) bgr[3 * i] = bgr[3 * i + 1] = bgr[3 * i + 2] = gray[i];
}

FOR_EVERY_CPU void caffe_image_planes(const uint8_t *bgr, uint8_t *restrict planes, size_t count) {
  uint8_t *restrict green = planes + count, *restrict red = planes + 2 * count;
  for (size_t i = 0; i < count; i++) {
    planes[i] = bgr[3 * i];
    green[i] = bgr[3 * i + 1];
    red[i] = bgr[3 * i + 2];
  }
}

FOR_EVERY_CPU void caffe_image_scale(
    const uint8_t *source, float mean, float scale, float *restrict target, size_t count) {
  for (size_t i = 0; i < count; i++) target[i] = ((float)source[i] - mean) * scale;
}

FOR_EVERY_CPU void caffe_image_scale_each(
    const uint8_t *source, const float *mean, float scale, float *restrict target, size_t count) {
  for (size_t i = 0; i < count; i++) target[i] = ((float)source[i] - mean[i]) * scale;
}

FOR_EVERY_CPU void caffe_image_scale_back(
    const uint8_t *source, float mean, float scale, float *restrict target, size_t count) {
  for (size_t i = 0; i < count; i++) target[count - 1 - i] = ((float)source[i] - mean) * scale;
}

FOR_EVERY_CPU void caffe_image_scale_each_back(
    const uint8_t *source, const float *mean, float scale, float *restrict target, size_t count) {
  for (size_t i = 0; i < count; i++) target[count - 1 - i] = ((float)source[i] - mean[i]) * scale;
}

// Shares of a pixel in 1/2^11, as OpenCV has them, and its way of rounding, so that results are the same bit for bit.
enum { share_bits = 11, one = 1 << share_bits };

typedef struct {
  // The left pixel and the right one, and their shares.
  int32_t left, right, left_share, right_share;
} tap;

static int32_t clamped(int64_t index, int64_t count) { return (int32_t)(index < 0 ? 0 : index >= count ? count - 1 : index); }

// Which two of `count` pixels pixel `index` of `new_count` lies between.
static tap between(int64_t index, int64_t count, int64_t new_count) {
  double scale = (double)count / (double)new_count;
  float centre = (float)(((double)index + 0.5) * scale - 0.5);
  int64_t below = (int64_t)floorf(centre);
  float share = centre - (float)below;
  return (tap){
      clamped(below, count), clamped(below + 1, count), (int32_t)lrintf((1 - share) * one), (int32_t)lrintf(share * one)};
}

static inline __attribute__((always_inline)) void stretch(
    const uint8_t *source, int32_t *row, const tap *taps, int64_t width, int channels) {
  for (int64_t x = 0; x < width; x++) {
    const uint8_t *left = source + taps[x].left * channels, *right = source + taps[x].right * channels;
    for (int channel = 0; channel < channels; channel++)
      row[x * channels + channel] = left[channel] * taps[x].left_share + right[channel] * taps[x].right_share;
  }
}

static void stretch_row(const uint8_t *source, int32_t *row, const tap *taps, int64_t width, int channels) {
  if (channels == 3) {
    stretch(source, row, taps, width, 3);
  } else {
    stretch(source, row, taps, width, channels);
  }
}

FOR_EVERY_CPU static void mix_rows(
    const int32_t *restrict above, const int32_t *restrict below, tap lines, uint8_t *restrict target, int64_t count) {
  int32_t first = lines.left_share, second = lines.right_share;
  for (int64_t i = 0; i < count; i++)
    target[i] = (uint8_t)((((first * (above[i] >> 4)) >> 16) + ((second * (below[i] >> 4)) >> 16) + 2) >> 2);
}

int caffe_image_resize(
    const uint8_t *source, int64_t height, int64_t width, int channels, uint8_t *target, int64_t new_height,
    int64_t new_width) {
  int64_t count = new_width * channels;
  tap *taps = malloc((size_t)new_width * sizeof *taps);
  int32_t *rows = malloc((size_t)count * 2 * sizeof *rows);
  if (taps == NULL || rows == NULL) {
    free(taps);
    free(rows);
    return 1;
  }
  for (int64_t x = 0; x < new_width; x++) taps[x] = between(x, width, new_width);
  // The last two rows that were stretched, and which they are.
  int32_t *kept[2] = {rows, rows + count};
  int64_t numbers[2] = {-1, -1};
  for (int64_t y = 0; y < new_height; y++) {
    tap lines = between(y, height, new_height);
    int64_t wanted[2] = {lines.left, lines.right};
    if (numbers[1] == wanted[0]) {
      int32_t *row = kept[0];
      kept[0] = kept[1];
      kept[1] = row;
      numbers[1] = numbers[0];
      numbers[0] = wanted[0];
    }
    for (int i = 0; i < 2; i++) {
      if (numbers[i] == wanted[i]) continue;
      stretch_row(source + wanted[i] * width * channels, kept[i], taps, new_width, channels);
      numbers[i] = wanted[i];
    }
    mix_rows(kept[0], kept[1], lines, target + y * count, count);
  }
  free(taps);
  free(rows);
  return 0;
}
