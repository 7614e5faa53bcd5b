#include <webp/decode.h>

#include "message.h"

int caffe_webp_info(const uint8_t *bytes, size_t count, caffe_image_info *info, char *message) {
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(bytes, count, &features) != VP8_STATUS_OK)
    return caffe_image_fail(message, "its header is damaged or cut off");
  if (features.has_animation) return caffe_image_fail(message, "it is an animation");
  info->height = features.height;
  info->width = features.width;
  info->channels = 3;
  return 0;
}

int caffe_webp_decode(const uint8_t *bytes, size_t count, const caffe_image_info *info, uint8_t *pixels, char *message) {
  size_t row_size = (size_t)info->width * 3;
  if (WebPDecodeBGRInto(bytes, count, pixels, row_size * (size_t)info->height, (int)row_size) == NULL)
    return caffe_image_fail(message, "its pixels are damaged or cut off");
  return 0;
}
