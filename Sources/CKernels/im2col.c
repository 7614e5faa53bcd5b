// Patches of an image as the columns of a matrix, for any number of axes.
#include "CKernels.h"
#include <string.h>

static long product(const long *extents, int axes) {
  long n = 1;
  for (int a = 0; a < axes; a++) n *= extents[a];
  return n;
}

// The outputs first..<last of an axis whose input, `offset` from a multiple of the stride, lies inside.
static void inside(const caffe_patches *p, int axis, long offset, long *first, long *last) {
  long stride = p->stride[axis], input = p->input[axis], output = p->output[axis];
  *first = offset < 0 ? (-offset + stride - 1) / stride : 0;
  *last = offset >= input ? 0 : (input - 1 - offset) / stride + 1;
  if (*last > output) *last = output;
  if (*first > *last) *first = *last;
}

// Where the row's patch values lie: for each axis the offset of output 0, and the channel.
static long offsets_of_row(const caffe_patches *p, long row, long *offset) {
  for (int a = p->axes - 1; a >= 0; a--) {
    offset[a] = row % p->kernel[a] * p->dilation[a] - p->padding[a];
    row /= p->kernel[a];
  }
  return row;
}

// The values below one place of an axis, of those of the whole axis, which may be none.
static long below(long values, long extent) { return extent > 0 ? values / extent : 0; }

static void gather(
    const caffe_patches *p, int axis, const long *offset, const float *image, long plane, long places, float *row) {
  long first, last, stride = p->stride[axis];
  inside(p, axis, offset[axis], &first, &last);
  plane = below(plane, p->input[axis]);
  places /= p->output[axis];
  memset(row, 0, (size_t)(first * places) * sizeof(float));
  memset(row + last * places, 0, (size_t)((p->output[axis] - last) * places) * sizeof(float));
  if (axis + 1 == p->axes) {
    const float *from = image + offset[axis];
    if (stride == 1) {
      if (last > first) memcpy(row + first, from + first, (size_t)(last - first) * sizeof(float));
    } else {
      for (long i = first; i < last; i++) row[i] = from[i * stride];
    }
  } else {
    for (long i = first; i < last; i++) {
      gather(p, axis + 1, offset, image + (offset[axis] + i * stride) * plane, plane, places, row + i * places);
    }
  }
}

static void scatter(
    const caffe_patches *p, int axis, const long *offset, float *image, long plane, long places, const float *row) {
  long first, last, stride = p->stride[axis];
  inside(p, axis, offset[axis], &first, &last);
  plane = below(plane, p->input[axis]);
  places /= p->output[axis];
  if (axis + 1 == p->axes) {
    for (long i = first; i < last; i++) image[offset[axis] + i * stride] += row[i];
  } else {
    for (long i = first; i < last; i++) {
      scatter(p, axis + 1, offset, image + (offset[axis] + i * stride) * plane, plane, places, row + i * places);
    }
  }
}

void caffe_im2col(const caffe_patches *p, const float *image, float *columns, long first, long last) {
  long offset[CAFFE_MAX_AXES], plane = product(p->input, p->axes), places = product(p->output, p->axes);
  for (long row = first; row < last; row++) {
    long channel = offsets_of_row(p, row, offset);
    gather(p, 0, offset, image + channel * plane, plane, places, columns + row * places);
  }
}

void caffe_col2im(const caffe_patches *p, const float *columns, float *image, long first, long last) {
  long offset[CAFFE_MAX_AXES], plane = product(p->input, p->axes), places = product(p->output, p->axes);
  long kernel = product(p->kernel, p->axes);
  memset(image + first * plane, 0, (size_t)((last - first) * plane) * sizeof(float));
  for (long row = first * kernel; row < last * kernel; row++) {
    long channel = offsets_of_row(p, row, offset);
    scatter(p, 0, offset, image + channel * plane, plane, places, columns + row * places);
  }
}
