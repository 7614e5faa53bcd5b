// What Swift can't do itself with the libraries for picture files: libjpeg and libpng report errors by longjmp, and stb_image
// is a header. Pixels are one byte a value, interleaved, without gaps between rows, blue first; one or three channels.
#ifndef CIMAGECODECS_H
#define CIMAGECODECS_H

#include <stddef.h>
#include <stdint.h>

// Room for the reason of a failure.
enum { caffe_image_message_size = 256 };

typedef struct {
  int64_t height, width;
  // 1 where the file holds a grey picture, 3 otherwise.
  int32_t channels;
} caffe_image_info;

// A pair for each kind of file: the first reads the extents, the second the pixels, into height · width · channels bytes.
// Both give 0, or 1 with the reason in `message`. `info` must be what the first has found; only a JPEG may be read in another
// number of channels than it holds.
int caffe_jpeg_info(const uint8_t *bytes, size_t count, caffe_image_info *info, char *message);
int caffe_jpeg_decode(const uint8_t *bytes, size_t count, const caffe_image_info *info, uint8_t *pixels, char *message);
int caffe_png_info(const uint8_t *bytes, size_t count, caffe_image_info *info, char *message);
int caffe_png_decode(const uint8_t *bytes, size_t count, const caffe_image_info *info, uint8_t *pixels, char *message);
int caffe_webp_info(const uint8_t *bytes, size_t count, caffe_image_info *info, char *message);
int caffe_webp_decode(const uint8_t *bytes, size_t count, const caffe_image_info *info, uint8_t *pixels, char *message);
// BMP, GIF (its first frame) and PNM.
int caffe_simple_info(const uint8_t *bytes, size_t count, caffe_image_info *info, char *message);
int caffe_simple_decode(const uint8_t *bytes, size_t count, const caffe_image_info *info, uint8_t *pixels, char *message);

// Writes a picture as a file into memory of its own, to be given to `caffe_image_free`.
int caffe_jpeg_encode(
    const uint8_t *pixels, const caffe_image_info *info, int quality, uint8_t **bytes, size_t *count, char *message);
int caffe_png_encode(const uint8_t *pixels, const caffe_image_info *info, uint8_t **bytes, size_t *count, char *message);
void caffe_image_free(uint8_t *bytes);

// Grey by the weights of ITU-R BT.601, and grey three times.
void caffe_image_gray(const uint8_t *bgr, uint8_t *gray, size_t count);
void caffe_image_color(const uint8_t *gray, uint8_t *bgr, size_t count);
// Three channels one after the other, from interleaved ones.
void caffe_image_planes(const uint8_t *bgr, uint8_t *planes, size_t count);

// (source − mean) · scale for `count` values in a row: with one mean, or with a mean each.
void caffe_image_scale(const uint8_t *source, float mean, float scale, float *target, size_t count);
void caffe_image_scale_each(const uint8_t *source, const float *mean, float scale, float *target, size_t count);
// The same, with the last value first.
void caffe_image_scale_back(const uint8_t *source, float mean, float scale, float *target, size_t count);
void caffe_image_scale_each_back(const uint8_t *source, const float *mean, float scale, float *target, size_t count);

// Scales by linear interpolation between the centres of pixels, as OpenCV's INTER_LINEAR; 0, or 1 without memory.
int caffe_image_resize(
    const uint8_t *source, int64_t height, int64_t width, int channels, uint8_t *target, int64_t new_height,
    int64_t new_width);

#endif
