// What the CPU engine needs of oneDNN, the same for its versions 2 and 3. Functions that can fail return 0 or oneDNN's status.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The library's version as "2.6.3".
const char *caffe_dnnl_version(void);
// A status in words.
const char *caffe_dnnl_status_text(int status);
// The channels of a block that oneDNN's convolutions compute in on this processor: 16 with AVX-512, 8 with AVX2, otherwise 0.
int caffe_dnnl_channel_block(void);
// Whether the status says that oneDNN has no such primitive on this processor, or none of such a geometry.
bool caffe_dnnl_has_none(int status);

// C[m][n] = alpha * op(A) * op(B) + beta * C, row-major, with the rows' strides lda, ldb, ldc.
int caffe_dnnl_sgemm(
    bool transpose_a, bool transpose_b, long m, long n, long k, float alpha, const float *a, long lda, const float *b,
    long ldb, float beta, float *c, long ldc, int threads);

enum { CAFFE_DNNL_MAX_AXES = 3 };
typedef struct {
  int axes;
  long images, in_channels, out_channels, groups;
  long input[CAFFE_DNNL_MAX_AXES], kernel[CAFFE_DNNL_MAX_AXES], stride[CAFFE_DNNL_MAX_AXES],
      padding[CAFFE_DNNL_MAX_AXES], dilation[CAFFE_DNNL_MAX_AXES], output[CAFFE_DNNL_MAX_AXES];
} caffe_dnnl_geometry;

enum { CAFFE_DNNL_FORWARD, CAFFE_DNNL_BACKWARD_DATA, CAFFE_DNNL_BACKWARD_WEIGHTS };

// One pass of a convolution; oneDNN picks the layouts. Inputs and outputs, or their gradients, are handed over plain and row-major,
// or in blocks, [images][channels / block][places][block], where that is what oneDNN computes in; weights are always plain. Where oneDNN's
// layout is neither, values are reordered on the way.
typedef struct caffe_dnnl_convolution caffe_dnnl_convolution;
// What becomes of the sums of a forward pass: the addend, in the outputs' layout, is added, then values below 0 are multiplied with slope.
typedef struct {
  bool adds, rectifies;
  float slope;
} caffe_dnnl_finish;
int caffe_dnnl_convolution_create(
    const caffe_dnnl_geometry *geometry, int pass, bool with_bias, caffe_dnnl_finish finish, int threads,
    caffe_dnnl_convolution **result);
void caffe_dnnl_convolution_destroy(caffe_dnnl_convolution *convolution);
// Whether the inputs, or the outputs, are handed over in blocks.
bool caffe_dnnl_convolution_source_is_blocked(const caffe_dnnl_convolution *convolution);
bool caffe_dnnl_convolution_target_is_blocked(const caffe_dnnl_convolution *convolution);
// The bytes of the room that `run` needs for values in oneDNN's own layouts, weights among them, and of what it needs for its own length.
size_t caffe_dnnl_convolution_room(const caffe_dnnl_convolution *convolution);
size_t caffe_dnnl_convolution_scratch(const caffe_dnnl_convolution *convolution);
// `source`, `weights` and `target` are inputs, weights and outputs, or their gradients: the one that the pass computes is
// written, the others are read. `new_weights` false says that weights are those of the last call. In the pass for weights,
// `bias` is written where it was asked for. `addend` is read where the finish adds. `room`, aligned to 64 bytes, is the same in every call, `scratch`,
// aligned likewise, may be any.
int caffe_dnnl_convolution_run(
    caffe_dnnl_convolution *convolution, float *source, float *weights, float *bias, float *target, float *addend,
    bool new_weights, void *room, void *scratch, int threads);
