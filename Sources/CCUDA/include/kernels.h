// The sources of our kernels, CUDA C++, for the run-time compiler.
#ifndef CAFFE_CCUDA_KERNELS_H
#define CAFFE_CCUDA_KERNELS_H

#include <stddef.h>

typedef struct {
  // The file's name without its ending.
  const char *name;
  // The text, ending with a zero.
  const char *text;
} caffe_kernel_source;

// Source number `index`, or one without a name when there are no more. The first two, "geometry" and "prelude", go before each other one.
caffe_kernel_source caffe_kernel_source_at(size_t index);

#endif
