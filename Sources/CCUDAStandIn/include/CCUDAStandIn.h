// A graphics processor that isn't one: the tables of libcuda, libnvrtc, libcublas and libcudnn, filled with functions that compute on the CPU.
//
// It runs the very kernels that a device gets, compiled by clang, so that the engine's logic and its kernels can be tested where there is
// no device. What is asked for is done late, when somebody waits for it, as on a device; fresh memory is full of NaN; lanes missing from a
// shuffle or a barrier end the program with a message that names the kernel.
#ifndef CAFFE_CUDA_STAND_IN_H
#define CAFFE_CUDA_STAND_IN_H

#include "CCUDA.h"

#ifdef __cplusplus
extern "C" {
#endif

void caffe_stand_in_cuda(caffe_cuda_table *table);
void caffe_stand_in_nvrtc(caffe_nvrtc_table *table);
void caffe_stand_in_cublas(caffe_cublas_table *table);
void caffe_stand_in_nccl(caffe_nccl_table *table);
void caffe_stand_in_cudnn(caffe_cudnn_table *table);

// How a device behaves. These may be called at any time, but not while that device computes something.

// Whether the threads of a block run from the last to the first. Kernels with a race give other results then.
void caffe_stand_in_set_reversed(int device, int reversed);
// The memory of the device in bytes; 16 GiB at first.
void caffe_stand_in_set_memory(int device, size_t bytes);
// How many of the next captures of its streams into graphs are refused.
void caffe_stand_in_refuse_captures(int device, int count);
// Has the device refuse to join others.
void caffe_stand_in_refuse_to_join(int device);
// Has the device lose the way to those it joined.
void caffe_stand_in_break_link(int device);
// The number of devices, for all threads; 8 at first.
void caffe_stand_in_set_device_count(int count);

// The number of kernels there are, and their names.
size_t caffe_stand_in_kernel_count(void);
const char *caffe_stand_in_kernel_name(size_t index);

#ifdef __cplusplus
}
#endif

#endif
