// The functions of NVIDIA's library of layers, libcudnn, that we call: convolutions, by the interface that all versions from 8 on have.
//
// Our own declarations; facts from the cuDNN documentation, version 9, "cudnn_ops" and "cudnn_cnn".
#ifndef CAFFE_CCUDA_CUDNN_H
#define CAFFE_CCUDA_CUDNN_H

#include "cuda.h"

typedef struct caffe_cudnn_state *caffe_cudnn;
typedef struct caffe_cudnn_tensor_state *caffe_cudnn_tensor;
typedef struct caffe_cudnn_filter_state *caffe_cudnn_filter;
typedef struct caffe_cudnn_convolution_state *caffe_cudnn_convolution;

enum {
  CAFFE_CUDNN_FLOAT = 0,
  // Orders of values: images, channels, rows, columns, or with channels last.
  CAFFE_CUDNN_ROW_MAJOR = 0,
  CAFFE_CUDNN_CHANNELS_LAST = 1,
  CAFFE_CUDNN_CROSS_CORRELATION = 1,
  // What convolutions may do to the factors of products: round them to ten bits of mantissa, or nothing.
  CAFFE_CUDNN_DEFAULT_MATH = 0,
  CAFFE_CUDNN_FMA_MATH = 3,
  CAFFE_CUDNN_DETERMINISTIC = 1,
  // The algorithms that transform tiles and multiply them: CUDNN_CONVOLUTION_..._ALGO_WINOGRAD_NONFUSED.
  CAFFE_CUDNN_FORWARD_WINOGRAD = 7,
  CAFFE_CUDNN_DATA_WINOGRAD = 5,
  CAFFE_CUDNN_FILTER_WINOGRAD = 5,
  // Parts of a version.
  CAFFE_CUDNN_MAJOR = 0,
  CAFFE_CUDNN_MINOR = 1,
  CAFFE_CUDNN_PATCH = 2,
  // No more algorithms than this are ever told.
  CAFFE_CUDNN_ALGORITHMS = 16
};

// What is known of an algorithm: cudnnConvolutionFwdAlgoPerf_t and its like.
typedef struct {
  int algorithm;
  int status;
  float milliseconds;
  size_t bytes;
  int determinism;
  int math;
  int reserved[3];
} caffe_cudnn_performance;

#define CAFFE_CUDNN_FUNCTIONS(FUNCTION) \
  FUNCTION(create, "cudnnCreate", (caffe_cudnn *handle)) \
  FUNCTION(destroy, "cudnnDestroy", (caffe_cudnn handle)) \
  FUNCTION(getProperty, "cudnnGetProperty", (int property, int *value)) \
  FUNCTION(setStream, "cudnnSetStream", (caffe_cudnn handle, caffe_cu_stream stream)) \
  FUNCTION(createTensor, "cudnnCreateTensorDescriptor", (caffe_cudnn_tensor *tensor)) \
  FUNCTION(destroyTensor, "cudnnDestroyTensorDescriptor", (caffe_cudnn_tensor tensor)) \
  FUNCTION(setTensor, "cudnnSetTensorNdDescriptor", \
           (caffe_cudnn_tensor tensor, int type, int axes, const int *extents, const int *strides)) \
  FUNCTION(createFilter, "cudnnCreateFilterDescriptor", (caffe_cudnn_filter *filter)) \
  FUNCTION(destroyFilter, "cudnnDestroyFilterDescriptor", (caffe_cudnn_filter filter)) \
  FUNCTION(setFilter, "cudnnSetFilterNdDescriptor", \
           (caffe_cudnn_filter filter, int type, int format, int axes, const int *extents)) \
  FUNCTION(createConvolution, "cudnnCreateConvolutionDescriptor", (caffe_cudnn_convolution *convolution)) \
  FUNCTION(destroyConvolution, "cudnnDestroyConvolutionDescriptor", (caffe_cudnn_convolution convolution)) \
  FUNCTION(setConvolution, "cudnnSetConvolutionNdDescriptor", \
           (caffe_cudnn_convolution convolution, int axes, const int *padding, const int *stride, \
            const int *dilation, int mode, int type)) \
  FUNCTION(setGroups, "cudnnSetConvolutionGroupCount", (caffe_cudnn_convolution convolution, int groups)) \
  FUNCTION(setMath, "cudnnSetConvolutionMathType", (caffe_cudnn_convolution convolution, int math)) \
  FUNCTION(forwardAlgorithms, "cudnnGetConvolutionForwardAlgorithm_v7", \
           (caffe_cudnn handle, caffe_cudnn_tensor x, caffe_cudnn_filter w, caffe_cudnn_convolution convolution, \
            caffe_cudnn_tensor y, int wanted, int *found, caffe_cudnn_performance *algorithms)) \
  FUNCTION(dataAlgorithms, "cudnnGetConvolutionBackwardDataAlgorithm_v7", \
           (caffe_cudnn handle, caffe_cudnn_filter w, caffe_cudnn_tensor dy, caffe_cudnn_convolution convolution, \
            caffe_cudnn_tensor dx, int wanted, int *found, caffe_cudnn_performance *algorithms)) \
  FUNCTION(filterAlgorithms, "cudnnGetConvolutionBackwardFilterAlgorithm_v7", \
           (caffe_cudnn handle, caffe_cudnn_tensor x, caffe_cudnn_tensor dy, caffe_cudnn_convolution convolution, \
            caffe_cudnn_filter dw, int wanted, int *found, caffe_cudnn_performance *algorithms)) \
  FUNCTION(forwardWorkspace, "cudnnGetConvolutionForwardWorkspaceSize", \
           (caffe_cudnn handle, caffe_cudnn_tensor x, caffe_cudnn_filter w, caffe_cudnn_convolution convolution, \
            caffe_cudnn_tensor y, int algorithm, size_t *bytes)) \
  FUNCTION(dataWorkspace, "cudnnGetConvolutionBackwardDataWorkspaceSize", \
           (caffe_cudnn handle, caffe_cudnn_filter w, caffe_cudnn_tensor dy, caffe_cudnn_convolution convolution, \
            caffe_cudnn_tensor dx, int algorithm, size_t *bytes)) \
  FUNCTION(filterWorkspace, "cudnnGetConvolutionBackwardFilterWorkspaceSize", \
           (caffe_cudnn handle, caffe_cudnn_tensor x, caffe_cudnn_tensor dy, caffe_cudnn_convolution convolution, \
            caffe_cudnn_filter dw, int algorithm, size_t *bytes)) \
  FUNCTION(forward, "cudnnConvolutionForward", \
           (caffe_cudnn handle, const float *alpha, caffe_cudnn_tensor xForm, caffe_cu_address x, \
            caffe_cudnn_filter wForm, caffe_cu_address w, caffe_cudnn_convolution convolution, int algorithm, \
            caffe_cu_address workspace, size_t bytes, const float *beta, caffe_cudnn_tensor yForm, \
            caffe_cu_address y)) \
  FUNCTION(backwardData, "cudnnConvolutionBackwardData", \
           (caffe_cudnn handle, const float *alpha, caffe_cudnn_filter wForm, caffe_cu_address w, \
            caffe_cudnn_tensor dyForm, caffe_cu_address dy, caffe_cudnn_convolution convolution, int algorithm, \
            caffe_cu_address workspace, size_t bytes, const float *beta, caffe_cudnn_tensor dxForm, \
            caffe_cu_address dx)) \
  FUNCTION(backwardFilter, "cudnnConvolutionBackwardFilter", \
           (caffe_cudnn handle, const float *alpha, caffe_cudnn_tensor xForm, caffe_cu_address x, \
            caffe_cudnn_tensor dyForm, caffe_cu_address dy, caffe_cudnn_convolution convolution, int algorithm, \
            caffe_cu_address workspace, size_t bytes, const float *beta, caffe_cudnn_filter dwForm, \
            caffe_cu_address dw))

typedef struct {
  CAFFE_CUDNN_FUNCTIONS(CAFFE_FIELD)
  // cudnnGetErrorString: what the library calls an error. NULL where it doesn't tell.
  const char *(*errorText)(int status);
} caffe_cudnn_table;

// Fills `table` from an open libcudnn; gives the name of the first function that isn't there.
const char *caffe_cudnn_load(void *library, caffe_cudnn_table *table);

#endif
