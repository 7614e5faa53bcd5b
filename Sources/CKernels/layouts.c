// Plain rows to lanes and back.
#include "CKernels.h"
#include "vectors.h"

MULTIVERSION void caffe_to_lanes(const float *plain, float *lanes, int images, long values, long first, long last) {
  long i = first;
  if (images == LANES) {
    for (; i + LANES <= last; i += LANES) {
      v16 r[LANES];
      UNROLL for (int n = 0; n < LANES; n++) r[n] = LOAD(plain + n * values + i);
      transpose(r);
      UNROLL for (int n = 0; n < LANES; n++) STORE(lanes + (i + n) * LANES, r[n]);
    }
  }
  for (; i < last; i++) {
    v16 r = {};
    for (int n = 0; n < images; n++) r[n] = plain[n * values + i];
    STORE(lanes + i * LANES, r);
  }
}

MULTIVERSION void caffe_from_lanes(const float *lanes, float *plain, int images, long values, long first, long last) {
  long i = first;
  if (images == LANES) {
    for (; i + LANES <= last; i += LANES) {
      v16 r[LANES];
      UNROLL for (int n = 0; n < LANES; n++) r[n] = LOAD(lanes + (i + n) * LANES);
      transpose(r);
      UNROLL for (int n = 0; n < LANES; n++) STORE(plain + n * values + i, r[n]);
    }
  }
  for (; i < last; i++) {
    for (int n = 0; n < images; n++) plain[n * values + i] = lanes[i * LANES + n];
  }
}

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
