// Pooling over height and width.

// What a window covers along an axis: values from `start` up to `end`, and what a mean is divided by.
struct Window {
  int start, end, divisor;
};

__device__ inline Window window_of(int index, const caffe_gpu_pooling &p, int axis) {
  int from = index * p.stride[axis] - p.padding[axis];
  int to = min(from + p.kernel[axis], p.input[axis] + p.padding[axis]);
  Window window = {max(from, 0), min(to, p.input[axis]), to - from};
  return window;
}

// A thread's window, its plane, and both of its sides.
struct PoolingPlace {
  const float *plane;
  Window row, column;
};

__device__ inline PoolingPlace pooling_place(const float *input, int i, const caffe_gpu_pooling &p) {
  int rest = quotient(i, p.columns), plane = quotient(rest, p.rows);
  PoolingPlace place = {
      input + (Index)plane * p.input[0] * p.input[1], window_of(modulus(rest, p.rows), p, 0),
      window_of(modulus(i, p.columns), p, 1)};
  return place;
}

#define EACH_OF_WINDOW(y, x, place)                              \
  for (int y = place.row.start; y < place.row.end; y++)          \
    for (int x = place.column.start; x < place.column.end; x++)

KERNEL void max_pooling(
    const float *input, float *output, float *mask, int *winners, Index count, caffe_gpu_pooling p) {
  EACH(i, count) {
    PoolingPlace place = pooling_place(input, (int)i, p);
    int winner = -1;
    float largest = -LARGEST_FLOAT;
    EACH_OF_WINDOW(y, x, place) {
      float value = place.plane[y * p.input[1] + x];
      if (!(value > largest)) continue;
      largest = value;
      winner = y * p.input[1] + x;
    }
    output[i] = largest;
    winners[i] = winner;
    if (mask) mask[i] = (float)winner;
  }
}

KERNEL void average_pooling(const float *input, float *output, Index count, caffe_gpu_pooling p) {
  EACH(i, count) {
    PoolingPlace place = pooling_place(input, (int)i, p);
    float sum = 0;
    EACH_OF_WINDOW(y, x, place) sum += place.plane[y * p.input[1] + x];
    bool isEmpty = place.row.start >= place.row.end || place.column.start >= place.column.end;
    output[i] = isEmpty ? 0 : sum / (float)(place.row.divisor * place.column.divisor);
  }
}

// One window that is a whole plane: a block adds it up.
KERNEL void average_planes(const float *input, float *output, int plane, float divisor) {
  const float *from = input + (Index)blockIdx.x * plane;
  float sum = 0;
  EACH_OF_BLOCK(i, plane) sum += from[i];
  sum = block_sum(sum);
  if (threadIdx.x == 0) output[blockIdx.x] = sum / divisor;
}

// The value expected where one is drawn.
KERNEL void stochastic_pooling(const float *input, float *output, Index count, caffe_gpu_pooling p) {
  EACH(i, count) {
    PoolingPlace place = pooling_place(input, (int)i, p);
    float sum = 0, squares = 0;
    EACH_OF_WINDOW(y, x, place) {
      float value = place.plane[y * p.input[1] + x];
      sum += value;
      squares += value * value;
    }
    output[i] = sum > 0 ? squares / sum : 0;
  }
}

KERNEL void sampling_pooling(
    const float *input, float *output, float *mask, int *winners, Index count, caffe_gpu_pooling p,
    unsigned long long seed, unsigned long long stream, unsigned long long position) {
  EACH(i, count) {
    PoolingPlace place = pooling_place(input, (int)i, p);
    float sum = 0;
    EACH_OF_WINDOW(y, x, place) sum += place.plane[y * p.input[1] + x];
    unsigned word = random_word(seed, stream, position + (unsigned long long)i);
    float threshold = (float)((word >> 8) + 1) * 5.9604644775390625e-8f * sum;
    int winner = -1;
    bool isDrawn = false;
    sum = 0;
    EACH_OF_WINDOW(y, x, place) {
      if (isDrawn) break;
      winner = y * p.input[1] + x;
      sum += place.plane[winner];
      isDrawn = sum >= threshold;
    }
    output[i] = winner < 0 ? 0 : place.plane[winner];
    winners[i] = winner;
    if (mask) mask[i] = (float)winner;
  }
}

// The windows along an axis that cover a position.
struct Covering {
  int first, last;
};

__device__ inline Covering covering(int position, const caffe_gpu_pooling &p, int axis, int windows) {
  int offset = position + p.padding[axis], behind = offset - p.kernel[axis];
  Covering covering = {behind < 0 ? 0 : behind / p.stride[axis] + 1, min(offset / p.stride[axis], windows - 1)};
  return covering;
}

#define EACH_COVERING(y, x, i, p)                                                                   \
  int position = modulus((int)i, p.plane), plane = quotient((int)i, p.plane);                       \
  int row = quotient(position, p.width), column = modulus(position, p.width);                       \
  Covering rows = covering(row, p, 0, (int)p.rows.divisor);                                         \
  Covering columns = covering(column, p, 1, (int)p.columns.divisor);                                \
  Index start = (Index)plane * p.rows.divisor * p.columns.divisor;                                  \
  for (int y = rows.first; y <= rows.last; y++)                                                     \
    for (int x = columns.first; x <= columns.last; x++)

// Without winners nothing has won.
KERNEL void winner_pooling_backward(
    const float *outputGradient, const int *winners, float *inputGradient, Index count, caffe_gpu_pooling p) {
  EACH(i, count) {
    float sum = 0;
    if (winners) {
      EACH_COVERING(y, x, i, p) {
        Index window = start + y * (int)p.columns.divisor + x;
        if (winners[window] == position) sum += outputGradient[window];
      }
    }
    inputGradient[i] = sum;
  }
}

KERNEL void average_pooling_backward(
    const float *outputGradient, float *inputGradient, Index count, caffe_gpu_pooling p) {
  EACH(i, count) {
    float sum = 0;
    EACH_COVERING(y, x, i, p) {
      int divisor = window_of(y, p, 0).divisor * window_of(x, p, 1).divisor;
      sum += outputGradient[start + y * (int)p.columns.divisor + x] / (float)divisor;
    }
    inputGradient[i] = sum;
  }
}

KERNEL void stochastic_pooling_backward(
    const float *input, const float *output, const float *outputGradient, float *inputGradient, Index count,
    caffe_gpu_pooling p) {
  EACH(i, count) {
    float gradient = 0, own = input[i];
    EACH_COVERING(y, x, i, p) {
      Index window = start + y * (int)p.columns.divisor + x;
      PoolingPlace place = pooling_place(input, (int)window, p);
      float sum = 0;
      EACH_OF_WINDOW(b, a, place) sum += place.plane[b * p.input[1] + a];
      if (sum > 0) gradient += outputGradient[window] * (2 * own - output[window]) / sum;
    }
    inputGradient[i] = gradient;
  }
}

EXPORT(max_pooling)
EXPORT(average_pooling)
EXPORT_BLOCK(average_planes)
EXPORT(stochastic_pooling)
EXPORT(sampling_pooling)
EXPORT(winner_pooling_backward)
EXPORT(average_pooling_backward)
EXPORT(stochastic_pooling_backward)
