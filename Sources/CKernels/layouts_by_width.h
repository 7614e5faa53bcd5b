// Compiled once for each width of lanes; see by_width.h.
#include "by_width.h"

MULTIVERSION void NAME(caffe_to_lanes)(const float *plain, float *lanes, int rows, long values, long first, long last) {
  long i = first;
  if (rows == WIDTH) {
    for (; i + WIDTH <= last; i += WIDTH) {
      V r[WIDTH];
      UNROLL for (int n = 0; n < WIDTH; n++) r[n] = VLOAD(plain + n * values + i);
      TRANSPOSE(r);
      UNROLL for (int n = 0; n < WIDTH; n++) VSTORE(lanes + (i + n) * WIDTH, r[n]);
    }
  }
  for (; i < last; i++) {
    V r = {};
    for (int n = 0; n < rows; n++) r[n] = plain[n * values + i];
    VSTORE(lanes + i * WIDTH, r);
  }
}

MULTIVERSION void NAME(caffe_from_lanes)(const float *lanes, float *plain, int rows, long values, long first, long last) {
  long i = first;
  if (rows == WIDTH) {
    for (; i + WIDTH <= last; i += WIDTH) {
      V r[WIDTH];
      UNROLL for (int n = 0; n < WIDTH; n++) r[n] = VLOAD(lanes + (i + n) * WIDTH);
      TRANSPOSE(r);
      UNROLL for (int n = 0; n < WIDTH; n++) VSTORE(plain + n * values + i, r[n]);
    }
  }
  for (; i < last; i++) {
    for (int n = 0; n < rows; n++) plain[n * values + i] = lanes[i * WIDTH + n];
  }
}
