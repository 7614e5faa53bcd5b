// Sizes that kernels take as one argument; the same text is compiled for the device, so it includes nothing.
#ifndef CAFFE_CCUDA_GEOMETRY_H
#define CAFFE_CCUDA_GEOMETRY_H

// A tensor seen as outer x channels x inner.
typedef struct {
  int outer;
  int channels;
  int inner;
} caffe_gpu_channels;

// A number from 1 to 2^31 - 1 to divide by without dividing: n / divisor = (high word of n * multiplier + n) >> shift.
typedef struct {
  unsigned divisor;
  unsigned multiplier;
  unsigned shift;
} caffe_gpu_divisor;

// Arrays that are combined value by value, each with a factor.
enum { CAFFE_TERMS = 8 };
typedef struct {
  unsigned long long address[CAFFE_TERMS];
  float factor[CAFFE_TERMS];
  int count;
} caffe_gpu_terms;

// What is summed up of a, or of a and b: a, a * b, a * min(b, 0), |a|, a * a.
enum { CAFFE_SUM_PLAIN, CAFFE_SUM_PRODUCT, CAFFE_SUM_BELOW_ZERO, CAFFE_SUM_ABSOLUTE, CAFFE_SUM_SQUARE };

// A box in each of two tensors, the last axis first; neighbours that lie side by side in both are one axis.
enum { CAFFE_REGION_AXES = 6 };
typedef struct {
  caffe_gpu_divisor extent[CAFFE_REGION_AXES];
  int sourceStride[CAFFE_REGION_AXES];
  int targetStride[CAFFE_REGION_AXES];
  int axes;
} caffe_gpu_region;

// Parameters that are updated together, with what is remembered of their gradients; each has blocks of so many values from its first
// block on.
enum { CAFFE_UPDATES = 32, CAFFE_UPDATE_BLOCK = 1024 };
typedef struct {
  unsigned long long weights;
  unsigned long long gradient;
  unsigned long long history[2];
  int count;
  int firstBlock;
  float rate;
  float decay;
} caffe_gpu_update;

typedef struct {
  caffe_gpu_update parts[CAFFE_UPDATES];
  int count;
} caffe_gpu_updates;

// What is the same for all of them.
typedef struct {
  float momentum;
  float momentum2;
  float delta;
  float correction;
  float gradientScale;
  int isL1;
  int isDecoupled;
} caffe_gpu_update_numbers;

// What a kernel meets of images: extents, steps and distances of up to ten axes, the last axis last; at least three, the first of which
// may be 1.
enum { CAFFE_PATCH_AXES = 10 };
typedef struct {
  int axes;
  // Of an image of the input, and the values of each.
  int channels;
  int plane;
  // Values of the kernel in a channel, and places where it is put.
  caffe_gpu_divisor taps;
  caffe_gpu_divisor places;
  caffe_gpu_divisor input[CAFFE_PATCH_AXES];
  caffe_gpu_divisor kernel[CAFFE_PATCH_AXES];
  caffe_gpu_divisor output[CAFFE_PATCH_AXES];
  int stride[CAFFE_PATCH_AXES];
  int padding[CAFFE_PATCH_AXES];
  int dilation[CAFFE_PATCH_AXES];
} caffe_gpu_patches;

// Windows over planes of height x width; rows and columns are those of the output, plane and width the input's.
typedef struct {
  caffe_gpu_divisor rows;
  caffe_gpu_divisor columns;
  caffe_gpu_divisor plane;
  caffe_gpu_divisor width;
  // How far apart the values of a plane are.
  caffe_gpu_divisor channels;
  caffe_gpu_divisor step[2];
  int input[2];
  int kernel[2];
  int stride[2];
  int padding[2];
} caffe_gpu_pooling;

// Values around each: up to `reach` channels or places away.
typedef struct {
  caffe_gpu_divisor plane;
  caffe_gpu_divisor channels;
  caffe_gpu_divisor width;
  int height;
  int reach;
  int isWithin;
  float constant;
  float factor;
  float beta;
} caffe_gpu_neighbourhood;

// What differences from a mean are divided by: nothing, the root of variance and epsilon, or the root of the variance, and epsilon.
enum { CAFFE_NO_DEVIATION, CAFFE_EPSILON_INSIDE, CAFFE_EPSILON_OUTSIDE };
typedef struct {
  caffe_gpu_divisor inner;
  caffe_gpu_divisor channels;
  int deviation;
  float epsilon;
  float slope;
} caffe_gpu_standardization;

// How labels are read: which one is ignored, and where a kernel reports those that are none.
typedef struct {
  caffe_gpu_divisor inner;
  caffe_gpu_divisor channelCount;
  int channels;
  int hasIgnored;
  float ignored;
  int place;
  unsigned long long faults;
} caffe_gpu_labels;

// Where a loss goes, and what it is divided by: a number, how many labels count, or what they weigh.
enum { CAFFE_DIVIDES_BY_NUMBER, CAFFE_DIVIDES_BY_VALID, CAFFE_DIVIDES_BY_WEIGHT };
typedef struct {
  unsigned long long loss;
  unsigned long long normalizer;
  unsigned long long partials;
  unsigned long long counter;
  double divisor;
  int divides;
} caffe_gpu_loss;

// What is added to a label that wasn't found among the highest scores.
enum { CAFFE_MISSED = 1 << 30 };

// Pictures of bytes and the windows that are taken from them.
typedef struct {
  int height, width;
  caffe_gpu_divisor channelCount, outputHeight, outputWidth;
  // 0 none, 1 a value for each channel, 2 one for each byte.
  int mean;
  float scale;
} caffe_gpu_pictures;

#endif
