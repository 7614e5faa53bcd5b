// Softmax over channels: a warp for each short row, a block for each long one, a thread for each place where channels lie apart.

__device__ inline float warp_sum(float value) {
  for (int distance = 16; distance > 0; distance /= 2) value += __shfl_xor_sync(WHOLE_WARP, value, distance);
  return value;
}

__device__ inline float warp_max(float value) {
  for (int distance = 16; distance > 0; distance /= 2) {
    value = fmaxf(value, __shfl_xor_sync(WHOLE_WARP, value, distance));
  }
  return value;
}

KERNEL void softmax_warps(const float *input, float *output, int rows, int columns) {
  int lane = threadIdx.x % 32, row = (int)((blockIdx.x * blockDim.x + threadIdx.x) / 32);
  if (row >= rows) return;
  const float *x = input + (Index)row * columns;
  float largest = -INFINITE, sum = 0;
  for (int c = lane; c < columns; c += 32) largest = fmaxf(largest, x[c]);
  largest = warp_max(largest);
  for (int c = lane; c < columns; c += 32) sum += expf(x[c] - largest);
  sum = warp_sum(sum);
  for (int c = lane; c < columns; c += 32) output[(Index)row * columns + c] = expf(x[c] - largest) / sum;
}

KERNEL void softmax_blocks(const float *input, float *output, int columns) {
  const float *x = input + (Index)blockIdx.x * columns;
  float largest = -INFINITE, sum = 0;
  EACH_OF_BLOCK(c, columns) largest = fmaxf(largest, x[c]);
  largest = block_max(largest);
  EACH_OF_BLOCK(c, columns) sum += expf(x[c] - largest);
  sum = block_sum(sum);
  EACH_OF_BLOCK(c, columns) output[(Index)blockIdx.x * columns + c] = expf(x[c] - largest) / sum;
}

// The index of the first channel's value at place i.
__device__ inline Index first_channel(Index i, int channels, caffe_gpu_divisor inner) {
  int outer = quotient((int)i, inner);
  return (Index)outer * channels * inner.divisor + modulus((int)i, inner);
}

KERNEL void softmax_places(const float *input, float *output, Index places, int channels, caffe_gpu_divisor inner) {
  EACH(i, places) {
    Index start = first_channel(i, channels, inner), step = inner.divisor;
    float largest = -INFINITE, sum = 0;
    for (int c = 0; c < channels; c++) largest = fmaxf(largest, input[start + c * step]);
    for (int c = 0; c < channels; c++) sum += expf(input[start + c * step] - largest);
    for (int c = 0; c < channels; c++) output[start + c * step] = expf(input[start + c * step] - largest) / sum;
  }
}

KERNEL void softmax_backward_warps(
    const float *output, const float *outputGradient, float *inputGradient, int rows, int columns) {
  int lane = threadIdx.x % 32, row = (int)((blockIdx.x * blockDim.x + threadIdx.x) / 32);
  if (row >= rows) return;
  const float *y = output + (Index)row * columns, *dy = outputGradient + (Index)row * columns;
  float sum = 0;
  for (int c = lane; c < columns; c += 32) sum += dy[c] * y[c];
  sum = warp_sum(sum);
  for (int c = lane; c < columns; c += 32) inputGradient[(Index)row * columns + c] = (dy[c] - sum) * y[c];
}

KERNEL void softmax_backward_blocks(
    const float *output, const float *outputGradient, float *inputGradient, int columns) {
  const float *y = output + (Index)blockIdx.x * columns, *dy = outputGradient + (Index)blockIdx.x * columns;
  float sum = 0;
  EACH_OF_BLOCK(c, columns) sum += dy[c] * y[c];
  sum = block_sum(sum);
  EACH_OF_BLOCK(c, columns) inputGradient[(Index)blockIdx.x * columns + c] = (dy[c] - sum) * y[c];
}

KERNEL void softmax_backward_places(
    const float *output, const float *outputGradient, float *inputGradient, Index places, int channels,
    caffe_gpu_divisor inner) {
  EACH(i, places) {
    Index start = first_channel(i, channels, inner), step = inner.divisor;
    float sum = 0;
    for (int c = 0; c < channels; c++) sum += outputGradient[start + c * step] * output[start + c * step];
    for (int c = 0; c < channels; c++) {
      Index at = start + c * step;
      inputGradient[at] = (outputGradient[at] - sum) * output[at];
    }
  }
}

EXPORT_BLOCK(softmax_warps)
EXPORT_BLOCK(softmax_blocks)
EXPORT(softmax_places)
EXPORT_BLOCK(softmax_backward_warps)
EXPORT_BLOCK(softmax_backward_blocks)
EXPORT(softmax_backward_places)
