#ifndef CAFFE_IMAGE_MESSAGE_H
#define CAFFE_IMAGE_MESSAGE_H

#include <stdio.h>

#include "CImageCodecs.h"

// Says why something failed; always 1.
static inline int caffe_image_fail(char *message, const char *reason) {
  snprintf(message, caffe_image_message_size, "%s", reason);
  return 1;
}

#endif
