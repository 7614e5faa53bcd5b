// Pooling over height and width. Where channels are last, values of a plane are p.channels apart; otherwise that is 1.

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

// A thread's window, where its plane begins, and both of its sides.
struct PoolingPlace {
  const float *plane;
  Window row, column;
};

__device__ inline PoolingPlace pooling_place(const float *input, int i, const caffe_gpu_pooling &p) {
  int position = quotient(i, p.channels), channel = modulus(i, p.channels);
  int rest = quotient(position, p.columns), plane = quotient(rest, p.rows);
  PoolingPlace place = {
      input + (Index)plane * p.input[0] * p.input[1] * p.channels.divisor + channel,
      window_of(modulus(rest, p.rows), p, 0), window_of(modulus(position, p.columns), p, 1)};
  return place;
}

#define EACH_OF_WINDOW(y, x, place)                              \
  for (int y = place.row.start; y < place.row.end; y++)          \
    for (int x = place.column.start; x < place.column.end; x++)

// The value of a plane at an index in it.
#define AT(place, index) (place).plane[(Index)(index) * p.channels.divisor]

KERNEL void max_pooling(
    const float *input, float *output, float *mask, int *winners, Index count, caffe_gpu_pooling p) {
  EACH(i, count) {
    PoolingPlace place = pooling_place(input, (int)i, p);
    int winner = -1;
    float largest = -LARGEST_FLOAT;
    EACH_OF_WINDOW(y, x, place) {
      float value = AT(place, y * p.input[1] + x);
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
    EACH_OF_WINDOW(y, x, place) sum += AT(place, y * p.input[1] + x);
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
      float value = AT(place, y * p.input[1] + x);
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
    EACH_OF_WINDOW(y, x, place) sum += AT(place, y * p.input[1] + x);
    unsigned word = random_word(seed, stream, position + (unsigned long long)i);
    float threshold = (float)((word >> 8) + 1) * 5.9604644775390625e-8f * sum;
    int winner = -1;
    bool isDrawn = false;
    sum = 0;
    EACH_OF_WINDOW(y, x, place) {
      if (isDrawn) break;
      winner = y * p.input[1] + x;
      sum += AT(place, winner);
      isDrawn = sum >= threshold;
    }
    output[i] = winner < 0 ? 0 : AT(place, winner);
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
  Covering covering = {
      behind < 0 ? 0 : quotient(behind, p.step[axis]) + 1, min(quotient(offset, p.step[axis]), windows - 1)};
  return covering;
}

// Goes over the windows that cover value i; `window` is the index of each.
#define EACH_COVERING(y, x, i, p)                                                                    \
  int place = quotient((int)i, p.channels), channel = modulus((int)i, p.channels);                   \
  int position = modulus(place, p.plane), plane = quotient(place, p.plane);                          \
  int row = quotient(position, p.width), column = modulus(position, p.width);                        \
  Covering rows = covering(row, p, 0, (int)p.rows.divisor);                                          \
  Covering columns = covering(column, p, 1, (int)p.columns.divisor);                                 \
  Index start = (Index)plane * p.rows.divisor * p.columns.divisor;                                   \
  for (int y = rows.first; y <= rows.last; y++)                                                      \
    for (int x = columns.first; x <= columns.last; x++)
#define WINDOW(y, x) ((start + y * (int)p.columns.divisor + x) * p.channels.divisor + channel)

KERNEL void winner_pooling_backward(
    const float *outputGradient, const int *winners, float *inputGradient, Index count, caffe_gpu_pooling p) {
  EACH(i, count) {
    float sum = 0;
    EACH_COVERING(y, x, i, p) {
      Index window = WINDOW(y, x);
      if (winners[window] == position) sum += outputGradient[window];
    }
    inputGradient[i] = sum;
  }
}

// The same for planes, with a thread for four neighbours of a row: `groups` of them are a row.
KERNEL void winner_pooling_backward_rows(
    const float *outputGradient, const int *winners, float *inputGradient, Index count, caffe_gpu_pooling p,
    caffe_gpu_divisor groups, caffe_gpu_divisor height) {
  int width = p.input[1], windows = (int)p.columns.divisor;
  EACH(i, count) {
    int rest = quotient((int)i, groups), left = modulus((int)i, groups) * 4, right = min(left + 4, width);
    int plane = quotient(rest, height), row = modulus(rest, height), position = row * width + left;
    Covering rows = covering(row, p, 0, (int)p.rows.divisor);
    int first = covering(left, p, 1, windows).first, last = covering(right - 1, p, 1, windows).last;
    Index start = (Index)plane * p.rows.divisor * windows;
    float sums[4] = {0, 0, 0, 0};
    for (int y = rows.first; y <= rows.last; y++) {
      for (int x = first; x <= last; x++) {
        Index window = start + y * windows + x;
        int offset = winners[window] - position;
        if (offset < 0 || offset >= right - left) continue;
        float dy = outputGradient[window];
        for (int j = 0; j < 4; j++) sums[j] += offset == j ? dy : 0;
      }
    }
    float *to = inputGradient + (Index)plane * p.plane.divisor + position;
    for (int j = 0; j < 4; j++) {
      if (left + j < right) to[j] = sums[j];
    }
  }
}

// The same where channels are last, with a thread for four of them: `groups` of them are a place.
KERNEL void winner_pooling_backward_channels(
    const float *outputGradient, const int *winners, float *inputGradient, Index count, caffe_gpu_pooling p,
    caffe_gpu_divisor groups) {
  EACH(i, count) {
    int place = quotient((int)i, groups), channel = modulus((int)i, groups) * 4;
    int position = modulus(place, p.plane), plane = quotient(place, p.plane);
    Covering rows = covering(quotient(position, p.width), p, 0, (int)p.rows.divisor);
    Covering columns = covering(modulus(position, p.width), p, 1, (int)p.columns.divisor);
    Index start = (Index)plane * p.rows.divisor * p.columns.divisor;
    Group<4> sums = {};
    for (int y = rows.first; y <= rows.last; y++) {
      for (int x = columns.first; x <= columns.last; x++) {
        Index window = WINDOW(y, x);
        Group<4> dy = load<4>(outputGradient, window), won = load<4>((const float *)winners, window);
        for (int j = 0; j < 4; j++) sums.x[j] += __float_as_int(won.x[j]) == position ? dy.x[j] : 0;
      }
    }
    store(sums, inputGradient, i * 4);
  }
}

KERNEL void average_pooling_backward(
    const float *outputGradient, float *inputGradient, Index count, caffe_gpu_pooling p) {
  EACH(i, count) {
    float sum = 0;
    EACH_COVERING(y, x, i, p) {
      int divisor = window_of(y, p, 0).divisor * window_of(x, p, 1).divisor;
      sum += outputGradient[WINDOW(y, x)] / (float)divisor;
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
      Index window = WINDOW(y, x);
      PoolingPlace place = pooling_place(input, (int)window, p);
      float sum = 0;
      EACH_OF_WINDOW(b, a, place) sum += AT(place, b * p.input[1] + a);
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
EXPORT(winner_pooling_backward_rows)
EXPORT(winner_pooling_backward_channels)
EXPORT(average_pooling_backward)
EXPORT(stochastic_pooling_backward)
