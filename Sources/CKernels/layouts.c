// Plain rows to lanes and back.
#include "CKernels.h"
#include "vectors.h"

#define WIDTH 16
#define TRANSPOSE transpose
#include "layouts_by_width.h"
#undef WIDTH
#undef TRANSPOSE
#define WIDTH 8
#define TRANSPOSE transpose_8
#include "layouts_by_width.h"

void caffe_clear_lanes(float *lanes, int images, long values) {
  for (long i = 0; i < values; i++) memset(lanes + i * LANES + images, 0, (size_t)(LANES - images) * sizeof(float));
}

void caffe_pad_lanes(const float *source, float *target, long rows, int width, int left, int right) {
  const size_t vector = LANES * sizeof(float);
  for (long row = 0; row < rows; row++) {
    memset(target, 0, (size_t)left * vector);
    target += left * LANES;
    memcpy(target, source, (size_t)width * vector);
    target += width * LANES;
    source += width * LANES;
    memset(target, 0, (size_t)right * vector);
    target += right * LANES;
  }
}

void caffe_turn_weights(const float *weights, float *turned, int outs, int ins, int height, int width) {
  long size = (long)height * width;
  for (long o = 0; o < outs; o++) {
    for (long c = 0; c < ins; c++) {
      const float *from = weights + (o * ins + c) * size;
      float *to = turned + (c * outs + o) * size;
      for (long i = 0; i < size; i++) to[i] = from[size - 1 - i];
    }
  }
}
