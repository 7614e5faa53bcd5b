// Local response normalisation: a value's "scale" is k + factor * the sum of squares around it.

// scale to the power of -beta.
__device__ inline float shrunk(float scale, float beta) {
  if (beta == 0.75f) {
    float root = sqrtf(scale);
    return 1 / (root * sqrtf(root));
  }
  return powf(scale, -beta);
}

struct Bounds {
  int start, end;
};

__device__ inline Bounds around(int center, int reach, int limit) {
  Bounds bounds = {max(center - reach, 0), min(center + reach + 1, limit)};
  return bounds;
}

// Where a value's neighbours are: `steps` rows of them, in a plane or over channels.
struct Neighbours {
  Index start;
  int rows, rowStep, columns, columnStep;
};

__device__ inline Neighbours neighbours(int i, const caffe_gpu_neighbourhood &n) {
  int plane = quotient(i, n.plane), position = modulus(i, n.plane);
  Neighbours found;
  if (n.isWithin) {
    int y = quotient(position, n.width), x = modulus(position, n.width);
    Bounds rows = around(y, n.reach, n.height), columns = around(x, n.reach, (int)n.width.divisor);
    found.start = (Index)plane * n.plane.divisor + rows.start * (int)n.width.divisor + columns.start;
    found.rows = rows.end - rows.start;
    found.rowStep = (int)n.width.divisor;
    found.columns = columns.end - columns.start;
    found.columnStep = 1;
  } else {
    int image = quotient(plane, n.channels), channel = modulus(plane, n.channels);
    Bounds bounds = around(channel, n.reach, (int)n.channels.divisor);
    found.start = ((Index)image * n.channels.divisor + bounds.start) * n.plane.divisor + position;
    found.rows = 1;
    found.rowStep = 0;
    found.columns = bounds.end - bounds.start;
    found.columnStep = (int)n.plane.divisor;
  }
  return found;
}

#define EACH_NEIGHBOUR(j, found)                                                                        \
  for (int row = 0; row < found.rows; row++)                                                            \
    for (Index j = found.start + row * found.rowStep, end = j + (Index)found.columns * found.columnStep; j < end; \
         j += found.columnStep)

KERNEL void normalize_response(
    const float *input, float *output, float *scale, Index count, caffe_gpu_neighbourhood n) {
  EACH(i, count) {
    Neighbours found = neighbours((int)i, n);
    float sum = 0;
    EACH_NEIGHBOUR(j, found) sum += input[j] * input[j];
    float value = n.constant + n.factor * sum;
    scale[i] = value;
    output[i] = input[i] * shrunk(value, n.beta);
  }
}

// Without scales all are 1.
KERNEL void normalize_response_backward(
    const float *input, const float *output, const float *outputGradient, const float *scale, float *inputGradient,
    Index count, caffe_gpu_neighbourhood n) {
  EACH(i, count) {
    Neighbours found = neighbours((int)i, n);
    float sum = 0;
    EACH_NEIGHBOUR(j, found) {
      float product = outputGradient[j] * output[j];
      sum += scale ? product / scale[j] : product;
    }
    float own = outputGradient[i] * (scale ? shrunk(scale[i], n.beta) : 1);
    inputGradient[i] = own - 2 * n.factor * n.beta * input[i] * sum;
  }
}

// Over five channels, which is what nets use: a thread goes through the channels of a place and keeps what it read of those around.

#define REACH 2
#define AROUND (2 * REACH + 1)

// Makes room at the end for the next value.
__device__ inline void shift(float *values, int count, float next) {
  for (int k = 0; k + 1 < count; k++) values[k] = values[k + 1];
  values[count - 1] = next;
}

// Where the first channel of a place is.
__device__ inline Index first_channel(int place, const caffe_gpu_neighbourhood &n) {
  return (Index)quotient(place, n.plane) * n.channels.divisor * n.plane.divisor + modulus(place, n.plane);
}

KERNEL void normalize_five(
    const float *input, float *output, float *scale, Index count, caffe_gpu_neighbourhood n) {
  int channels = (int)n.channels.divisor, step = (int)n.plane.divisor;
  EACH(place, count / channels) {
    Index i = first_channel((int)place, n);
    float around[AROUND] = {};
    for (int k = 0; k < REACH; k++) shift(around, AROUND, k < channels ? input[i + (Index)k * step] : 0);
    for (int c = 0; c < channels; c++, i += step) {
      shift(around, AROUND, c + REACH < channels ? input[i + (Index)REACH * step] : 0);
      float sum = 0;
      for (int k = 0; k < AROUND; k++) sum += around[k] * around[k];
      float value = n.constant + n.factor * sum;
      scale[i] = value;
      output[i] = around[REACH] * shrunk(value, n.beta);
    }
  }
}

// What the gradients of a value's neighbours are made of.
struct ResponseGradients {
  float products[AROUND], gradients[REACH + 1], scales[REACH + 1];

  __device__ void take(
      const float *output, const float *outputGradient, const float *scale, Index i, bool isInside) {
    float dy = isInside ? outputGradient[i] : 0, own = isInside && scale ? scale[i] : 1;
    shift(products, AROUND, isInside ? dy * output[i] / own : 0);
    shift(gradients, REACH + 1, dy);
    shift(scales, REACH + 1, own);
  }
};

// Without scales all are 1.
KERNEL void normalize_five_backward(
    const float *input, const float *output, const float *outputGradient, const float *scale, float *inputGradient,
    Index count, caffe_gpu_neighbourhood n) {
  int channels = (int)n.channels.divisor, step = (int)n.plane.divisor;
  EACH(place, count / channels) {
    Index i = first_channel((int)place, n);
    ResponseGradients around = {};
    for (int k = 0; k < REACH; k++) around.take(output, outputGradient, scale, i + (Index)k * step, k < channels);
    for (int c = 0; c < channels; c++, i += step) {
      around.take(output, outputGradient, scale, i + (Index)REACH * step, c + REACH < channels);
      float sum = 0;
      for (int k = 0; k < AROUND; k++) sum += around.products[k];
      float own = around.gradients[0] * (scale ? shrunk(around.scales[0], n.beta) : 1);
      inputGradient[i] = own - 2 * n.factor * n.beta * input[i] * sum;
    }
  }
}

EXPORT(normalize_response)
EXPORT(normalize_response_backward)
EXPORT(normalize_five)
EXPORT(normalize_five_backward)
