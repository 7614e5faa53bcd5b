// The patches of images that a kernel meets, as columns of a matrix: a row for each channel and tap, and in it the places of one image
// after those of the other.

// What is met at a place, along one axis.
__device__ inline int met(const caffe_gpu_patches &p, int axis, int place, int tap) {
  return place * p.stride[axis] - p.padding[axis] + tap * p.dilation[axis];
}

// The value of a plane that a tap meets at a place; -1 for padding.
__device__ inline int met_in_plane(const caffe_gpu_patches &p, int place, int tap) {
  int index = 0, step = 1;
  for (int axis = p.axes - 1; axis >= 0; axis--) {
    int nextPlace = quotient(place, p.output[axis]), nextTap = quotient(tap, p.kernel[axis]);
    int position = met(
        p, axis, place - nextPlace * (int)p.output[axis].divisor, tap - nextTap * (int)p.kernel[axis].divisor);
    if (position < 0 || position >= (int)p.input[axis].divisor) return -1;
    index += position * step;
    step *= (int)p.input[axis].divisor;
    place = nextPlace;
    tap = nextTap;
  }
  return index;
}

// A block goes over a part of a row: blockIdx.x is the row, so that what a tap means is found out once. Over three axes.
__device__ inline void row_of_columns(
    const float *input, float *columns, const caffe_gpu_patches &p, const caffe_gpu_divisor &images) {
  int row = blockIdx.x, channel = quotient(row, p.taps), tap = modulus(row, p.taps);
  int tapC = modulus(tap, p.kernel[2]), rest = quotient(tap, p.kernel[2]);
  int offsetC = tapC * p.dilation[2] - p.padding[2];
  int offsetB = modulus(rest, p.kernel[1]) * p.dilation[1] - p.padding[1];
  int offsetA = quotient(rest, p.kernel[1]) * p.dilation[0] - p.padding[0];
  int a = (int)p.input[0].divisor, b = (int)p.input[1].divisor, c = (int)p.input[2].divisor;
  int places = (int)(p.places.divisor * images.divisor);
  const float *plane = input + (Index)channel * p.plane;
  float *to = columns + (Index)row * places;
  for (int i = blockIdx.y * blockDim.x + threadIdx.x; i < places; i += gridDim.y * blockDim.x) {
    int image = quotient(i, p.places), place = modulus(i, p.places);
    int line = quotient(place, p.output[2]), sheet = quotient(line, p.output[1]);
    int z = (place - line * (int)p.output[2].divisor) * p.stride[2] + offsetC;
    int y = (line - sheet * (int)p.output[1].divisor) * p.stride[1] + offsetB;
    int x = sheet * p.stride[0] + offsetA;
    bool isInside = (unsigned)x < (unsigned)a && (unsigned)y < (unsigned)b && (unsigned)z < (unsigned)c;
    to[i] = isInside ? plane[(Index)image * p.channels * p.plane + (x * b + y) * c + z] : 0;
  }
}

// There is a block for each row at least.
KERNEL void im2col(const float *input, float *columns, caffe_gpu_patches p, caffe_gpu_divisor images) {
  if (p.axes == 3) return row_of_columns(input, columns, p, images);
  int row = blockIdx.x, channel = quotient(row, p.taps), tap = modulus(row, p.taps);
  int places = (int)(p.places.divisor * images.divisor);
  for (int i = blockIdx.y * blockDim.x + threadIdx.x; i < places; i += gridDim.y * blockDim.x) {
    int image = quotient(i, p.places), index = met_in_plane(p, modulus(i, p.places), tap);
    columns[(Index)row * places + i] =
        index < 0 ? 0 : input[((Index)image * p.channels + channel) * p.plane + index];
  }
}

// The places along an axis whose kernel may meet `position`: from the first up to the last.
struct Reach {
  int first, last;
};

__device__ inline Reach reach(const caffe_gpu_patches &p, int axis, int position) {
  int offset = position + p.padding[axis], extent = ((int)p.kernel[axis].divisor - 1) * p.dilation[axis];
  int behind = offset - extent;
  Reach reach;
  reach.first = behind <= 0 ? 0 : (behind + p.stride[axis] - 1) / p.stride[axis];
  reach.last = min(offset / p.stride[axis], (int)p.output[axis].divisor - 1);
  return reach;
}

// The tap that meets `position` from `place`; -1 if there is none.
__device__ inline int tap_at(const caffe_gpu_patches &p, int axis, int position, int place) {
  int distance = position + p.padding[axis] - place * p.stride[axis];
  if (p.dilation[axis] == 1) return distance;
  int tap = distance / p.dilation[axis];
  return tap * p.dilation[axis] == distance ? tap : -1;
}

// The sum over all taps and places that meet value `index` of a plane, of the columns of a channel, for three axes.
__device__ inline float sum_of_met(const caffe_gpu_patches &p, const float *columns, int rowLength, int index) {
  int row = quotient(index, p.input[2]), c = modulus(index, p.input[2]);
  int a = quotient(row, p.input[1]), b = modulus(row, p.input[1]);
  Reach reachA = reach(p, 0, a), reachB = reach(p, 1, b), reachC = reach(p, 2, c);
  float sum = 0;
  for (int i = reachA.first; i <= reachA.last; i++) {
    int tapA = tap_at(p, 0, a, i);
    if (tapA < 0) continue;
    for (int j = reachB.first; j <= reachB.last; j++) {
      int tapB = tap_at(p, 1, b, j);
      if (tapB < 0) continue;
      for (int k = reachC.first; k <= reachC.last; k++) {
        int tapC = tap_at(p, 2, c, k);
        if (tapC < 0) continue;
        int tap = (tapA * (int)p.kernel[1].divisor + tapB) * (int)p.kernel[2].divisor + tapC;
        int place = (i * (int)p.output[1].divisor + j) * (int)p.output[2].divisor + k;
        sum += columns[(Index)tap * rowLength + place];
      }
    }
  }
  return sum;
}

// The same for any number of axes: tap by tap.
__device__ inline float sum_of_met_by_tap(const caffe_gpu_patches &p, const float *columns, int rowLength, int index) {
  float sum = 0;
  for (int tap = 0; tap < (int)p.taps.divisor; tap++) {
    int place = 0, step = 1, rest = index, restOfTap = tap;
    for (int axis = p.axes - 1; axis >= 0 && place >= 0; axis--) {
      int position = modulus(rest, p.input[axis]);
      int distance = position + p.padding[axis] - modulus(restOfTap, p.kernel[axis]) * p.dilation[axis];
      int along = distance / p.stride[axis];
      bool meets = distance >= 0 && along * p.stride[axis] == distance && along < (int)p.output[axis].divisor;
      place = meets ? place + along * step : -1;
      step *= (int)p.output[axis].divisor;
      rest = quotient(rest, p.input[axis]);
      restOfTap = quotient(restOfTap, p.kernel[axis]);
    }
    if (place >= 0) sum += columns[(Index)tap * rowLength + place];
  }
  return sum;
}

// Gathers, for each value of the images, what im2col would have copied from it.
KERNEL void col2im(
    const float *columns, float *input, Index count, caffe_gpu_patches p, caffe_gpu_divisor planeSize, caffe_gpu_divisor channels,
    int images) {
  int rowLength = images * (int)p.places.divisor;
  EACH(i, count) {
    int plane = quotient((int)i, planeSize), index = modulus((int)i, planeSize);
    int image = quotient(plane, channels), channel = modulus(plane, channels);
    const float *from =
        columns + (Index)channel * p.taps.divisor * rowLength + (Index)image * p.places.divisor;
    input[i] = p.axes == 3 ? sum_of_met(p, from, rowLength, index) : sum_of_met_by_tap(p, from, rowLength, index);
  }
}

// Puts images × channels × places in the order channels × images × places.
KERNEL void channels_first(
    const float *source, float *target, Index count, caffe_gpu_divisor places, caffe_gpu_divisor images, int channels) {
  EACH(i, count) {
    int rest = quotient((int)i, places), image = modulus(rest, images), channel = quotient(rest, images);
    target[i] = source[((Index)image * channels + channel) * places.divisor + modulus((int)i, places)];
  }
}

__device__ inline float rectified(float value, float slope) {
  return value < 0 ? (slope == 0 ? 0 : value * slope) : value;
}

// Finishes sums that are channels × images × places (images × channels × places where `images` is 0): adds what there is to add,
// rectifies, and puts them in the order images × channels × places.
KERNEL void finish_convolution(
    const float *sums, const float *bias, const float *addend, float slope, float *output, Index count,
    caffe_gpu_divisor places, caffe_gpu_divisor channels, int images) {
  EACH(i, count) {
    int rest = quotient((int)i, places), image = quotient(rest, channels), channel = modulus(rest, channels);
    Index source = i;
    if (images > 0) source = ((Index)channel * images + image) * places.divisor + modulus((int)i, places);
    float value = sums[source];
    if (bias) value += bias[channel];
    if (addend) value += addend[i];
    output[i] = rectified(value, slope);
  }
}

// Adds one value for each column to a matrix.
KERNEL void add_row(float *matrix, const float *row, Index count, caffe_gpu_divisor columns) {
  EACH(i, count) matrix[i] += row[modulus((int)i, columns)];
}

// Convolutions in which each output channel sees one input channel, over three axes: without columns.

__device__ inline bool lies_inside(int position, caffe_gpu_divisor extent) {
  return position >= 0 && position < (int)extent.divisor;
}

struct Place {
  int a, b, c;
};

__device__ inline Place place_of(int index, const caffe_gpu_divisor *extent) {
  int row = quotient(index, extent[2]);
  Place place = {quotient(row, extent[1]), modulus(row, extent[1]), modulus(index, extent[2])};
  return place;
}

KERNEL void depthwise(
    const float *input, const float *weights, const float *bias, const float *addend, float slope, float *output,
    Index count, caffe_gpu_patches p, caffe_gpu_divisor outputs, caffe_gpu_divisor multiplier) {
  EACH(i, count) {
    int rest = quotient((int)i, p.places), image = quotient(rest, outputs), o = modulus(rest, outputs);
    Place place = place_of(modulus((int)i, p.places), p.output);
    const float *plane = input + ((Index)image * p.channels + quotient(o, multiplier)) * p.plane;
    const float *weight = weights + (Index)o * p.taps.divisor;
    float sum = 0;
    int a = met(p, 0, place.a, 0);
    for (int x = 0; x < (int)p.kernel[0].divisor; x++, a += p.dilation[0]) {
      int b = met(p, 1, place.b, 0);
      for (int y = 0; y < (int)p.kernel[1].divisor; y++, b += p.dilation[1]) {
        int c = met(p, 2, place.c, 0);
        bool isRowInside = lies_inside(a, p.input[0]) && lies_inside(b, p.input[1]);
        int row = (a * (int)p.input[1].divisor + b) * (int)p.input[2].divisor;
        for (int z = 0; z < (int)p.kernel[2].divisor; z++, c += p.dilation[2], weight++) {
          if (isRowInside && lies_inside(c, p.input[2])) sum += *weight * plane[row + c];
        }
      }
    }
    if (bias) sum += bias[o];
    if (addend) sum += addend[i];
    output[i] = rectified(sum, slope);
  }
}

KERNEL void depthwise_backward_data(
    const float *outputGradient, const float *weights, float *inputGradient, Index count, caffe_gpu_patches p,
    caffe_gpu_divisor planeSize, int multiplier) {
  EACH(i, count) {
    int plane = quotient((int)i, planeSize);
    Place at = place_of(modulus((int)i, planeSize), p.input);
    int image = plane / p.channels, channel = plane - image * p.channels;
    Reach reachX = reach(p, 0, at.a), reachY = reach(p, 1, at.b), reachZ = reach(p, 2, at.c);
    float sum = 0;
    for (int m = 0; m < multiplier; m++) {
      int o = channel * multiplier + m;
      const float *dy = outputGradient + ((Index)image * p.channels * multiplier + o) * p.places.divisor;
      const float *weight = weights + (Index)o * p.taps.divisor;
      for (int x = reachX.first; x <= reachX.last; x++) {
        int tapX = tap_at(p, 0, at.a, x);
        if (tapX < 0) continue;
        for (int y = reachY.first; y <= reachY.last; y++) {
          int tapY = tap_at(p, 1, at.b, y);
          if (tapY < 0) continue;
          const float *rowWeight =
              weight + (tapX * (int)p.kernel[1].divisor + tapY) * (int)p.kernel[2].divisor;
          const float *row = dy + (x * (int)p.output[1].divisor + y) * (int)p.output[2].divisor;
          for (int z = reachZ.first; z <= reachZ.last; z++) {
            int tapZ = tap_at(p, 2, at.c, z);
            if (tapZ >= 0) sum += rowWeight[tapZ] * row[z];
          }
        }
      }
    }
    inputGradient[i] = sum;
  }
}

// A block for each value of the kernels.
KERNEL void depthwise_backward_weights(
    const float *input, const float *outputGradient, float *weightGradient, float beta, Index count, caffe_gpu_patches p,
    int outputs, int multiplier) {
  int o = quotient(blockIdx.x, p.taps), tap = modulus(blockIdx.x, p.taps);
  Place taps = place_of(tap, p.kernel);
  float sum = 0;
  EACH_OF_BLOCK(i, count) {
    int image = quotient((int)i, p.places), index = modulus((int)i, p.places);
    Place place = place_of(index, p.output);
    int a = met(p, 0, place.a, taps.a);
    int b = met(p, 1, place.b, taps.b);
    int c = met(p, 2, place.c, taps.c);
    if (!lies_inside(a, p.input[0]) || !lies_inside(b, p.input[1]) || !lies_inside(c, p.input[2])) continue;
    const float *plane = input + ((Index)image * p.channels + o / multiplier) * p.plane;
    sum += outputGradient[((Index)image * outputs + o) * p.places.divisor + index] *
           plane[(a * (int)p.input[1].divisor + b) * (int)p.input[2].divisor + c];
  }
  sum = block_sum(sum);
  if (threadIdx.x == 0) {
    float *target = weightGradient + blockIdx.x;
    *target = beta == 0 ? sum : sum + beta * *target;
  }
}

EXPORT(im2col)
EXPORT(col2im)
EXPORT(channels_first)
EXPORT(finish_convolution)
EXPORT(add_row)
EXPORT(depthwise)
EXPORT(depthwise_backward_data)
EXPORT_BLOCK(depthwise_backward_weights)
