// The hot loops of the CPU engine. Counts are in floats unless said otherwise. "Lanes" is the layout [rows / 16][values of a
// row][16]: sixteen rows side by side, the last block filled up with zeros. Rows are images, or the channels of all images. Lanes of
// channels may be eight in place of sixteen: what knows them has a twin, or finds them by an argument.
#pragma once
#include <stdbool.h>
#include <stdint.h>

// --- Threads: the pool of libgomp, which oneDNN runs in, where it is loaded; otherwise one thread.

enum { CAFFE_MOST_THREADS = 1024 };
// Calls body(context, task, thread) for each task in 0..<tasks, on at most `threads` threads, which are numbered from 0. Each has a range of
// tasks, which is the same every time; who is done with his goes on with those that others haven't begun.
void caffe_parallel(void (*body)(void *context, long task, int thread), void *context, long tasks, int threads);
// Whether there is a pool.
bool caffe_has_pool(void);

// --- Element-wise; output and inputs may be the same memory.

enum {
  CAFFE_RELU,         // a: slope below 0
  CAFFE_SIGMOID,
  CAFFE_TANH,
  CAFFE_ABSOLUTE,
  CAFFE_POWER,        // a: power, b: scale, c: shift
  CAFFE_EXPONENTIAL,  // a: inner scale, b: outer scale
  CAFFE_LOGARITHM,    // a: base scale, b: input scale, c: input shift
  CAFFE_ELU,          // a: alpha
  CAFFE_BNLL,
  CAFFE_CLIP,         // a: minimum, b: maximum
  CAFFE_SWISH,        // a: beta
  CAFFE_THRESHOLD     // a: threshold
};
typedef struct { int kind; float a, b, c; } caffe_function;

void caffe_map(const caffe_function *f, const float *x, float *y, long count);
// dx = dy * f'(x), where y = f(x).
void caffe_map_gradient(
    const caffe_function *f, const float *x, const float *y, const float *dy, float *dx, long count);

// y = alpha * x + beta * y; y isn't read where beta is 0.
void caffe_axpby(float alpha, const float *x, float beta, float *y, long count);
void caffe_multiply(const float *a, const float *b, float *y, long count);
void caffe_weighted_sum(const float *const *x, const float *factors, int inputs, float *y, long count);
// The same, what is below 0 multiplied with slope; and its gradients, some of which may be dy.
void caffe_rectified_sum(
    const float *const *x, const float *factors, int inputs, float slope, float *y, long count);
void caffe_rectified_sum_gradient(
    const float *y, const float *dy, const float *factors, int inputs, float slope, float *const *dx, long count);
// Product of all inputs but `except` (-1: of all), times `scale` where that isn't NULL.
void caffe_product(
    const float *const *x, int inputs, int except, const float *scale, float *y, long count);
// y = r(y + addend), without addend where that is NULL; r multiplies what is below 0 with slope.
void caffe_finish_sums(float *y, const float *addend, float slope, long count);
// dx = dy * y / x
void caffe_quotient_gradient(const float *x, const float *y, const float *dy, float *dx, long count);
void caffe_maximum(const float *const *x, int inputs, float *y, float *winners, long count);
// dx = dy where winners == index, otherwise 0.
void caffe_maximum_gradient(const float *winners, float index, const float *dy, float *dx, long count);
void caffe_fill(float *y, float value, long count);

// Adds `columns` values of bias to each of `rows` rows of y.
void caffe_add_rows(const float *bias, float *y, long rows, long columns);
// Adds bias[i % channels] to each of `inner` values of plane i.
void caffe_add_planes(const float *bias, float *y, long first, long last, long channels, long inner);
// sums[column] += sum of the column over the rows, for columns first..<last.
void caffe_sum_rows(const float *x, float *sums, long rows, long columns, long first, long last);

// --- The solver's steps, one pass each; see UpdateFormula. The gradient becomes what the weights fall by.

// What all steps share; `l1`: the weight decay goes by the sign.
typedef struct { float rate, decay, scale; bool l1; } caffe_step;

void caffe_sgd(
    caffe_step s, float momentum, float *weights, float *gradient, float *first, long count);
void caffe_nesterov(
    caffe_step s, float momentum, float *weights, float *gradient, float *first, long count);
void caffe_adagrad(
    caffe_step s, float delta, float *weights, float *gradient, float *first, long count);
void caffe_rmsprop(
    caffe_step s, float share, float delta, float *weights, float *gradient, float *first, long count);
void caffe_adadelta(
    caffe_step s, float momentum, float delta, float *weights, float *gradient, float *first, float *second,
    long count);
void caffe_adam(
    caffe_step s, float momentum, float momentum2, float delta, float correction, bool decoupled, float *weights,
    float *gradient, float *first, float *second, long count);

// --- Sums: over few enough values that float accumulators in 64 lanes are exact enough.

double caffe_sum(const float *x, long count);
double caffe_absolute_sum(const float *x, long count);
double caffe_square_sum(const float *x, long count);
double caffe_dot(const float *x, const float *y, long count);
// The first index of a value that isn't finite, or -1.
long caffe_first_non_finite(const float *x, long count);

// --- Softmax over channels of a row of `channels`, or of `channels` values `inner` apart.

void caffe_softmax(const float *x, float *y, long outer, long channels, long inner);
void caffe_softmax_gradient(const float *y, const float *dy, float *dx, long outer, long channels, long inner);

// --- Philox 4x32-10: y[i] = word(position + i) < threshold ? value : 0

void caffe_random_mask(
    uint64_t seed, uint64_t stream, uint64_t position, uint64_t threshold, float value, float *y, long count);
// The words themselves.
void caffe_random_words(uint64_t seed, uint64_t stream, uint64_t position, uint32_t *words, long count);

// --- Layouts

// Sixteen images (fewer: `images`) of `values` each, first..<last of them, from plain rows to a block of lanes and back.
void caffe_to_lanes(const float *plain, float *lanes, int images, long values, long first, long last);
void caffe_from_lanes(const float *lanes, float *plain, int images, long values, long first, long last);
// The same for blocks of eight.
void caffe_to_lanes_8(const float *plain, float *lanes, int rows, long values, long first, long last);
void caffe_from_lanes_8(const float *lanes, float *plain, int rows, long values, long first, long last);
// Sets the lanes from `images` on to zero.
void caffe_clear_lanes(float *lanes, int images, long values);
// Rows of `width` vectors with `left` zero vectors before and `right` behind each.
void caffe_pad_lanes(const float *source, float *target, long rows, int width, int left, int right);

// --- Convolution in lanes, 2-D. A block's source planes are `height` x `width` vectors, zero columns of padding included;
// rows of padding are not stored.

typedef struct {
  int channels, height, width;              // of the source, for one group
  int out_channels, out_height, out_width;  // of the target, for one group
  int kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w;
  int padding_h;                            // rows of zeros assumed above and below
} caffe_lanes_geometry;

// Target channels first..<last of one block; weights [out_channels][channels][kernel_h][kernel_w].
void caffe_lanes_convolution(
    const caffe_lanes_geometry *g, const float *source, const float *weights, const float *bias, float *target,
    int first, int last);
// Adds to the gradients of the weights, for the units first..<last of caffe_lanes_weight_units, over all blocks;
// the strides are from block to block.
int caffe_lanes_weight_units(const caffe_lanes_geometry *g);
void caffe_lanes_weight_gradient(
    const caffe_lanes_geometry *g, const float *source, long source_stride, const float *gradient, long gradient_stride,
    int blocks, float *weight_gradient, int first, int last);
// Adds the sum over all blocks and places to the gradient of the bias of channels first..<last.
void caffe_lanes_bias_gradient(
    const float *gradient, long stride, int blocks, long places, float *bias_gradient, int first, int last);
// Weights [out][in][h][w] to [in][out][h][w] with both kernel axes turned round.
void caffe_turn_weights(const float *weights, float *turned, int outs, int ins, int height, int width);
// Gradient of the source without padding (`width` has none here): any stride, dilation and padding; channels first..<last.
void caffe_lanes_data_gradient(
    const caffe_lanes_geometry *g, int padding_w, const float *gradient, const float *weights, float *source_gradient,
    int first, int last);

// --- Convolution with stride 1 in tiles, in lanes of channels: of one group, whose channels fill blocks, those of outputs pairs of blocks.
// Functions that end in _8 are for blocks of eight, the others for blocks of sixteen.

typedef struct {
  int height, width, out_height, out_width, padding_h, padding_w, in_channels, out_channels;
  int kernel, tile_h, tile_w;           // rows and columns of a kernel, 3 or 5; of a tile's inputs: 4 by 4 for 3, 6 by 6, 6 by 7 for 5
  int images, joined;                   // so many images, of which joined * joined are cut into tiles as one
  long image_stride, out_image_stride;  // from image to image, in floats
  float slope;                          // what sums below 0 are multiplied with; 1 leaves them
} caffe_winograd;

long caffe_winograd_tiles(const caffe_winograd *g);
// Floats that weights become, and sums for their gradient.
long caffe_winograd_weight_count(const caffe_winograd *g, int block);
long caffe_winograd_sum_count(const caffe_winograd *g);
// Floats of scratch for so many tiles.
long caffe_winograd_scratch(const caffe_winograd *g, int block, long tiles);
long caffe_winograd_gradient_scratch(const caffe_winograd *g, long tiles);

#define CAFFE_WINOGRAD(NAME) \
  /* Weights as the convolution reads them, one for each of a tile's inputs, [panel][inputs][in_channels][2 * block], for panels */ \
  /* first..<last of 2 * block output channels. For the gradient of the input where `turned`, channels exchanged and kernels turned round: */ \
  /* then in_channels are those of the gradient that is known. */ \
  void NAME(caffe_winograd_weights)( \
      const caffe_winograd *g, const float *w, float *u, bool turned, int first, int last); \
  /* y = r(x * w + bias + addend) for tiles first..<last of all images; bias and addend may be NULL. */ \
  void NAME(caffe_winograd_convolve)( \
      const caffe_winograd *g, const float *x, const float *u, const float *bias, const float *addend, float *y, \
      float *scratch, long first, long last); \
  /* Adds to the sums, [inputs][panel][in_channels][2 * block], that the gradient of the weights is made of, those over tiles */ \
  /* first..<last. */ \
  void NAME(caffe_winograd_gradient)( \
      const caffe_winograd *g, const float *x, const float *dy, float *sums, float *scratch, long first, long last); \
  /* Adds the gradient to dw, for panels first..<last. */ \
  void NAME(caffe_winograd_add_gradient)(const caffe_winograd *g, const float *sums, float *dw, int first, int last);
#define CAFFE_BLOCKS_OF_SIXTEEN(name) name
#define CAFFE_BLOCKS_OF_EIGHT(name) name##_8
CAFFE_WINOGRAD(CAFFE_BLOCKS_OF_SIXTEEN)
CAFFE_WINOGRAD(CAFFE_BLOCKS_OF_EIGHT)
#undef CAFFE_WINOGRAD

// --- Convolution with a stride, as one with stride 1 over the phases of its input, in lanes of channels

typedef struct {
  int channels, height, width, kernel_h, kernel_w, stride, padding_h, padding_w;
  int rows, columns;  // of a phase
  int taps;           // rows and columns of a phase's kernel
  int lanes;          // a multiple of the stride
} caffe_phases;

// Channels that phases make, filled up to whole lanes.
int caffe_phase_count(const caffe_phases *g);
// The phases of a plain image, [block][rows][columns][lanes].
void caffe_split_phases(const caffe_phases *g, const float *x, float *y);
// Weights [outs][channels][kernel_h][kernel_w] to [outs][phases][taps][taps], and the way back for their gradient, which is added.
void caffe_phase_weights(const caffe_phases *g, const float *w, float *u, int outs);
void caffe_add_phase_gradient(const caffe_phases *g, const float *du, float *dw, int outs);

// --- Convolution in tiles over lanes of sixteen images, for one block of them at a time: any channels from 16 on, kernels of 5, tiles of 6.

// Floats that weights become, for the gradient of the input where `turned`.
long caffe_lanes_winograd_weight_count(const caffe_winograd *g, bool turned);
// Weights as tiles meet them, for input channels first..<last, or output channels where turned.
void caffe_lanes_winograd_weights(const caffe_winograd *g, const float *w, float *u, bool turned, int first, int last);
// Floats of scratch for each of the following, and of the sums that the gradient of the weights is made of.
long caffe_lanes_winograd_scratch(const caffe_winograd *g);
long caffe_lanes_winograd_sum_count(const caffe_winograd *g);
// One of so many parts of a block's y = x * w + bias, whose bias may be NULL, and the gradient of its input.
void caffe_lanes_winograd_convolve(
    const caffe_winograd *g, const float *x, const float *u, const float *bias, float *y, float *scratch, int part,
    int parts);
void caffe_lanes_winograd_data_gradient(
    const caffe_winograd *g, const float *dy, const float *u, float *dx, float *scratch);
// Adds a block's products to the sums, and to dw what rows first..<last of the sums come to, of which there are so many.
void caffe_lanes_winograd_weight_gradient(
    const caffe_winograd *g, const float *x, const float *dy, float *sums, float *scratch);
int caffe_lanes_winograd_sum_rows(const caffe_winograd *g);
void caffe_lanes_winograd_add_gradient(const caffe_winograd *g, const float *sums, float *dw, int first, int last);

// --- Inner products in lanes

typedef struct {
  int blocks;
  long inputs, x_stride, y_stride;  // strides from block to block
  long input_step, output_step;     // from the weight of one input, or output, to that of the next
} caffe_lanes_product;

// y = bias + weights * x for outputs first..<last.
void caffe_lanes_inner_product(
    const caffe_lanes_product *p, const float *x, const float *weights, const float *bias, float *y, int first, int last);

// y = bias + weights * x for rows first..<last of the weights, which have so many columns; plain values.
void caffe_dot_products(
    const float *x, const float *weights, const float *bias, float *y, long columns, long first, long last);

// --- Pooling. In lanes one call does planes first..<last of a block.

typedef struct {
  int height, width, out_height, out_width, kernel_h, kernel_w, stride_h, stride_w, padding_h, padding_w;
} caffe_pooling;

void caffe_lanes_max_pool(
    const caffe_pooling *p, const float *x, float *y, uint8_t *winners, long first, long last);
void caffe_lanes_max_pool_gradient(
    const caffe_pooling *p, const float *dy, const uint8_t *winners, float *dx, long first, long last);
void caffe_lanes_average_pool(const caffe_pooling *p, const float *x, float *y, long first, long last);
void caffe_lanes_average_pool_gradient(const caffe_pooling *p, const float *dy, float *dx, long first, long last);
// The same in lanes of eight.
void caffe_lanes_max_pool_8(
    const caffe_pooling *p, const float *x, float *y, uint8_t *winners, long first, long last);
void caffe_lanes_max_pool_gradient_8(
    const caffe_pooling *p, const float *dy, const uint8_t *winners, float *dx, long first, long last);
void caffe_lanes_average_pool_8(const caffe_pooling *p, const float *x, float *y, long first, long last);
void caffe_lanes_average_pool_gradient_8(
    const caffe_pooling *p, const float *dy, float *dx, long first, long last);
// Plain planes; winners are indices in the plane, -1 where no value beats the lowest float.
void caffe_max_pool(const caffe_pooling *p, const float *x, float *y, int32_t *winners, long first, long last);
void caffe_max_pool_gradient(
    const caffe_pooling *p, const float *dy, const int32_t *winners, float *dx, long first, long last);
void caffe_average_pool(const caffe_pooling *p, const float *x, float *y, long first, long last);
void caffe_average_pool_gradient(const caffe_pooling *p, const float *dy, float *dx, long first, long last);
// Draws a value of each window, a word each from plane `first` on, and the value expected of that: see PoolingSpec.
void caffe_stochastic_pool(
    const caffe_pooling *p, const float *x, const uint32_t *words, float *y, int32_t *winners, long first, long last);
void caffe_expected_pool(const caffe_pooling *p, const float *x, float *y, long first, long last);
void caffe_expected_pool_gradient(
    const caffe_pooling *p, const float *x, const float *y, const float *dy, float *dx, long first, long last);

// --- Columns of patches, any number of axes.

enum { CAFFE_MAX_AXES = 32 };
typedef struct {
  int axes;
  long input[CAFFE_MAX_AXES], kernel[CAFFE_MAX_AXES], stride[CAFFE_MAX_AXES], padding[CAFFE_MAX_AXES],
      dilation[CAFFE_MAX_AXES], output[CAFFE_MAX_AXES];
} caffe_patches;

// Rows first..<last of the matrix [channels * kernel][output] of the image's patches.
void caffe_im2col(const caffe_patches *p, const float *image, float *columns, long first, long last);
// Adds the columns of channels first..<last back onto the image, which is cleared first.
void caffe_col2im(const caffe_patches *p, const float *columns, float *image, long first, long last);

// --- Local response normalisation

// Across channels: planes of `inner` values, places first..<last of them. scale = k + alpha/n * sum of squares. y may be x;
// dx must not be dy.
void caffe_lrn_across(
    const float *x, float *y, float *scale, int channels, long inner, int size, float alpha, float beta, float k,
    long first, long last);
void caffe_lrn_across_gradient(
    const float *x, const float *y, const float *scale, const float *dy, float *dx, int channels, long inner, int size,
    float alpha, float beta, long first, long last);
// The same in lanes of channels, for one image of so many places; factor is alpha/n, for the gradient 2 * alpha * beta/n, whatever
// the window's size, and `line` has room for channels + size - 1 values. y may be x, dx dy.
void caffe_lrn_side_by_side(
    const float *x, float *y, float *scale, float *line, int channels, long places, int size, float factor, float beta,
    float k, long first, long last);
void caffe_lrn_side_by_side_gradient(
    const float *x, const float *y, const float *scale, const float *dy, float *dx, float *line, int channels,
    long places, int size, float factor, float beta, long first, long last);
void caffe_lrn_side_by_side_8(
    const float *x, float *y, float *scale, float *line, int channels, long places, int size, float factor, float beta,
    float k, long first, long last);
void caffe_lrn_side_by_side_gradient_8(
    const float *x, const float *y, const float *scale, const float *dy, float *dx, float *line, int channels,
    long places, int size, float factor, float beta, long first, long last);
// Within a channel: one plane.
void caffe_lrn_within(
    const float *x, float *y, float *scale, int height, int width, int size, float alpha, float beta, float k);
void caffe_lrn_within_gradient(
    const float *x, const float *scale, const float *dy, float *dx, float *scratch, int height, int width, int size,
    float alpha, float beta);

// --- Planes of `inner` values, first..<last of them, with coefficients for each of the channels that they go round. In lanes a
// plane has sixteen times as many values: of sixteen images, and a block of lanes stands for an image, or of sixteen channels,
// where `side`, the number of channels side by side, is 16 in place of 1; or eight times as many, of eight channels.

// y = x * scale + shift
void caffe_scale_planes(
    const float *x, const float *scale, const float *shift, float *y, long first, long last, long channels, long inner,
    int side);
// y = x > 0 ? x : x * slope
void caffe_prelu_planes(
    const float *x, const float *slopes, float *y, long first, long last, long channels, long inner, int side);
// dx = x > 0 ? dy : dy * slope
void caffe_prelu_gradient_planes(
    const float *x, const float *slopes, const float *dy, float *dx, long first, long last, long channels, long inner,
    int side);
// y = (x - mean) * factor; the same to copy, unless it is NULL.
void caffe_standardize_planes(
    const float *x, const float *mean, const float *factor, float *y, float *copy, long first, long last, long channels,
    long inner, int side);
// dx = (dy - shift - y * slope) * factor
void caffe_standardize_gradient_planes(
    const float *y, const float *dy, const float *shift, const float *slope, const float *factor, float *dx, long first,
    long last, long channels, long inner, int side);

// --- Batch normalisation with scale, shift and rectifier, of planes of sixteen channels side by side. With the standardised value u,
// y = r(scale * u + shift), where r multiplies what is below 0 with slope, here with mean, factor = scale / deviation and shift
// for each channel.

// Joins the values of `rows` rows of sixteen channels to moments: so many rows, sixteen means, sixteen sums of squared deviations.
enum { CAFFE_MOMENTS = 33 };
void caffe_add_moments(const float *x, long rows, double *moments);
// The same with moments of other rows.
void caffe_join_moments(const double *others, double *moments);
void caffe_normalize_planes(
    const float *x, const float *mean, const float *factor, const float *shift, float slope, float *y, long first,
    long last, long channels, long inner);
// Adds, for each of sixteen channels over so many rows, the gradient before the rectifier to sums, and this times x - mean to sums + 16.
void caffe_normalize_gradient_sums(
    const float *x, const float *dy, const float *mean, const float *factor, const float *shift, float slope, long rows,
    double *sums);
// dx = factor * gradient before the rectifier - constant - (x - mean) * proportion
void caffe_normalize_gradient_planes(
    const float *x, const float *dy, const float *mean, const float *factor, const float *shift, float slope,
    const float *constant, const float *proportion, float *dx, long first, long last, long channels, long inner);

// The same for planes of eight channels side by side; moments then are 17 numbers.
void caffe_add_moments_8(const float *x, long rows, double *moments);
void caffe_join_moments_8(const double *others, double *moments);
void caffe_normalize_planes_8(
    const float *x, const float *mean, const float *factor, const float *shift, float slope, float *y, long first,
    long last, long channels, long inner);
void caffe_normalize_gradient_sums_8(
    const float *x, const float *dy, const float *mean, const float *factor, const float *shift, float slope, long rows,
    double *sums);
void caffe_normalize_gradient_planes_8(
    const float *x, const float *dy, const float *mean, const float *factor, const float *shift, float slope,
    const float *constant, const float *proportion, float *dx, long first, long last, long channels, long inner);

enum {
  CAFFE_SUM,                // x
  CAFFE_SUM_OF_PRODUCTS,    // x * y
  CAFFE_SUM_OF_DEVIATIONS,  // (x - mean)^2
  CAFFE_SUM_BELOW_ZERO      // min(x, 0) * y
};
// Of values side by side, few enough for float accumulators; what a kind doesn't use may be NULL.
double caffe_channel_sum(int kind, const float *x, const float *y, float mean, long count);
// Of the columns first..<last of a matrix.
void caffe_column_sums(
    int kind, const float *x, const float *y, const float *mean, double *sums, long rows, long columns, long first,
    long last);
// The sum of deviations of the first so many lanes.
double caffe_lanes_deviation_sum(const float *x, float mean, int images, long count);
// y = factor * sign x
void caffe_scaled_sign(float factor, const float *x, float *y, long count);

// --- One step of long short-term memory, rows first..<last of `length` cells; see RecurrentOps. Gradients may be NULL.

void caffe_lstm_unit(
    const float *previous, const float *gates, const float *continuation, float *cell, float *hidden, long length,
    long first, long last);
void caffe_lstm_unit_gradient(
    const float *previous, const float *gates, const float *continuation, const float *cell, const float *cell_gradient,
    const float *hidden_gradient, float *previous_gradient, float *gate_gradient, long length, long first, long last);

// --- Cross entropy of sigmoids; targets whose whole part is `ignored` don't count.

double caffe_sigmoid_cross_entropy(
    const float *x, const float *t, bool ignores, float ignored, long count, long *valid);
void caffe_sigmoid_cross_entropy_gradient(
    const float *x, const float *t, bool ignores, float ignored, float factor, float *dx, long count);
