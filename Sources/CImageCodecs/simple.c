#include <stdlib.h>
#include <string.h>

#include "message.h"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_BMP
#define STBI_ONLY_GIF
#define STBI_ONLY_PNM
#define STBI_NO_STDIO
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wunused-function"
// Debian keeps the header in a folder of its own.
#if __has_include(<stb/stb_image.h>)
#include <stb/stb_image.h>
#else
#include <stb_image.h>
#endif
#pragma clang diagnostic pop

// Behind the end of a file stb_image reads zeros without a word. With some of them put there, its place tells afterwards
// whether it has.
enum { padding = 64 };

static int fail(char *message) {
  const char *reason = stbi_failure_reason();
  return caffe_image_fail(message, reason != NULL ? reason : "it is damaged");
}

int caffe_simple_info(const uint8_t *bytes, size_t count, caffe_image_info *info, char *message) {
  int width = 0, height = 0, channels = 0;
  if (count > INT32_MAX - padding) return caffe_image_fail(message, "the file is too large");
  if (!stbi_info_from_memory(bytes, (int)count, &width, &height, &channels)) return fail(message);
  if (width <= 0 || height <= 0) return caffe_image_fail(message, "it has no pixels");
  info->height = height;
  info->width = width;
  info->channels = channels < 3 ? 1 : 3;
  return 0;
}

// The pixels of a binary PNM are read in one go, which doesn't move on where they are too few.
static int lacks_pixels(const uint8_t *bytes, size_t count, const caffe_image_info *info) {
  stbi__context context;
  int width, height, channels;
  stbi__start_mem(&context, bytes, (int)count);
  if (!stbi__pnm_test(&context)) return 0;
  int bits = stbi__pnm_info(&context, &width, &height, &channels);
  size_t needed = (size_t)info->height * (size_t)info->width * (size_t)info->channels * (bits == 16 ? 2 : 1);
  return (size_t)(bytes + count - context.img_buffer) < needed;
}

static int copy_pixels(stbi__context *context, const caffe_image_info *info, uint8_t *pixels, char *message) {
  int width, height, channels;
  uint8_t *found = stbi__load_and_postprocess_8bit(context, &width, &height, &channels, info->channels);
  if (found == NULL) return fail(message);
  int fits = width == info->width && height == info->height;
  size_t count = (size_t)info->width * (size_t)info->height;
  if (fits && info->channels == 1) memcpy(pixels, found, count);
  for (size_t i = 0; fits && info->channels == 3 && i < count; i++) {
    pixels[3 * i] = found[3 * i + 2];
    pixels[3 * i + 1] = found[3 * i + 1];
    pixels[3 * i + 2] = found[3 * i];
  }
  stbi_image_free(found);
  return fits ? 0 : caffe_image_fail(message, "its extents have changed");
}

int caffe_simple_decode(const uint8_t *bytes, size_t count, const caffe_image_info *info, uint8_t *pixels, char *message) {
  if (count > INT32_MAX - padding) return caffe_image_fail(message, "the file is too large");
  if (lacks_pixels(bytes, count, info)) return caffe_image_fail(message, "the file ends too early");
  uint8_t *padded = calloc(count + padding, 1);
  if (padded == NULL) return caffe_image_fail(message, "out of memory");
  memcpy(padded, bytes, count);
  stbi__context context;
  stbi__start_mem(&context, padded, (int)count + padding);
  int status = copy_pixels(&context, info, pixels, message);
  if (status == 0 && context.img_buffer > padded + count) status = caffe_image_fail(message, "the file ends too early");
  free(padded);
  return status;
}
