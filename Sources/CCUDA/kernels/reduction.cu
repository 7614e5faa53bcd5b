// Sums. Each is made of the same parts in the same order every time, whichever block comes last.

__device__ inline float summand(int form, const float *a, const float *b, Index i) {
  float x = a[i];
  switch (form) {
    case CAFFE_SUM_PRODUCT: return x * b[i];
    case CAFFE_SUM_BELOW_ZERO: return b[i] <= 0 ? x * b[i] : 0;
    case CAFFE_SUM_ABSOLUTE: return fabsf(x);
    case CAFFE_SUM_SQUARE: return x * x;
    default: return x;
  }
}

__device__ inline void set_sum(float *result, float alpha, float sum, float beta) {
  *result = beta == 0 ? alpha * sum : alpha * sum + beta * *result;
}

// The sum of each channel of a tensor: a block, or several, blockIdx.y of them, for a channel.
KERNEL void sum_channels(
    int form, caffe_gpu_channels shape, const float *a, const float *b, float alpha, float beta, float *result,
    float *partials, int *counters) {
  int slices = gridDim.y, values = shape.outer * shape.inner, c = blockIdx.x;
  int length = (values + slices - 1) / slices;
  Index start = (Index)blockIdx.y * length;
  int end = (int)min(start + length, (Index)values);
  int outer = (int)((start + threadIdx.x) / shape.inner);
  int inner = (int)((start + threadIdx.x) - (Index)outer * shape.inner);
  int outerStep = (int)blockDim.x / shape.inner, innerStep = (int)blockDim.x - outerStep * shape.inner;
  float sum = 0;
  // Several values are asked for before the first is needed.
  for (Index j = start + threadIdx.x; j < end; j += (Index)blockDim.x * 8) {
    float values[8];
    for (int k = 0; k < 8; k++) {
      values[k] = 0;
      if (j + (Index)k * blockDim.x >= end) continue;
      values[k] = summand(form, a, b, ((Index)outer * shape.channels + c) * shape.inner + inner);
      outer += outerStep;
      inner += innerStep;
      if (inner >= shape.inner) {
        inner -= shape.inner;
        outer++;
      }
    }
    for (int k = 0; k < 8; k++) sum += values[k];
  }
  sum = block_sum(sum);
  if (slices > 1) {
    if (threadIdx.x == 0) partials[c * slices + blockIdx.y] = sum;
    if (!comes_last(&counters[c], slices)) return;
    sum = 0;
    EACH_OF_BLOCK(i, slices) sum += ((volatile float *)partials)[c * slices + i];
    sum = block_sum(sum);
  }
  if (threadIdx.x == 0) set_sum(&result[c], alpha, sum, beta);
}

// The sum of each column of a matrix: 32 columns a block, a lane for each, and blockIdx.y blocks for these.
KERNEL void sum_columns(
    int form, int rows, int columns, const float *a, const float *b, float alpha, float beta, float *result,
    float *partials, int *counters) {
  __shared__ float sums[1024];
  int slices = gridDim.y, lane = threadIdx.x % 32, warp = threadIdx.x / 32, warps = blockDim.x / 32;
  int column = blockIdx.x * 32 + lane;
  float sum = 0;
  if (column < columns) {
    for (Index row = blockIdx.y * warps + warp; row < rows; row += slices * warps) {
      sum += summand(form, a, b, row * columns + column);
    }
  }
  sums[threadIdx.x] = sum;
  __syncthreads();
  if (warp == 0) {
    for (int w = 1; w < warps; w++) sum += sums[w * 32 + lane];
  }
  if (slices > 1) {
    if (warp == 0) partials[(blockIdx.x * slices + blockIdx.y) * 32 + lane] = sum;
    if (!comes_last(&counters[blockIdx.x], slices)) return;
    sum = 0;
    if (warp == 0) {
      for (int slice = 0; slice < slices; slice++) {
        sum += ((volatile float *)partials)[(blockIdx.x * slices + slice) * 32 + lane];
      }
    }
  }
  if (warp == 0 && column < columns) set_sum(&result[column], alpha, sum, beta);
}

__device__ inline double block_sum(double value) {
  __shared__ double warps[32];
  for (int distance = 16; distance > 0; distance /= 2) value += __shfl_xor_sync(WHOLE_WARP, value, distance);
  __syncthreads();
  if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = value;
  __syncthreads();
  double sum = 0;
  for (int warp = 0; warp < (int)blockDim.x / 32; warp++) sum += warps[warp];
  return sum;
}

// The sum of all values, in double precision.
KERNEL void sum_all(
    int form, const float *a, const float *b, Index count, float *result, double *partials, int *counter) {
  double sum = 0;
  EACH(i, count) {
    double x = a[i];
    sum += form == CAFFE_SUM_ABSOLUTE ? fabs(x) : x * (form == CAFFE_SUM_PRODUCT ? b[i] : x);
  }
  sum = block_sum(sum);
  if (threadIdx.x == 0) partials[blockIdx.x] = sum;
  if (!comes_last(counter, gridDim.x)) return;
  sum = 0;
  EACH_OF_BLOCK(i, gridDim.x) sum += ((volatile double *)partials)[i];
  sum = block_sum(sum);
  if (threadIdx.x == 0) *result = (float)sum;
}

__device__ inline int block_min(int value) {
  __shared__ int warps[32];
  for (int distance = 16; distance > 0; distance /= 2) {
    value = min(value, __shfl_xor_sync(WHOLE_WARP, value, distance));
  }
  __syncthreads();
  if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = value;
  __syncthreads();
  int least = warps[0];
  for (int warp = 1; warp < (int)blockDim.x / 32; warp++) least = min(least, warps[warp]);
  return least;
}

// The place of the first value that isn't finite, counted from 1; 0 if there is none.
KERNEL void first_non_finite(const float *values, Index count, int *result, int *partials, int *counter) {
  const int none = 0x7fffffff;
  int first = none;
  EACH(i, count) {
    if (fabsf(values[i]) <= LARGEST_FLOAT) continue;
    first = (int)i + 1;
    break;
  }
  first = block_min(first);
  if (threadIdx.x == 0) partials[blockIdx.x] = first;
  if (!comes_last(counter, gridDim.x)) return;
  first = none;
  EACH_OF_BLOCK(i, gridDim.x) first = min(first, (int)((volatile int *)partials)[i]);
  first = block_min(first);
  if (threadIdx.x == 0) *result = first == none ? 0 : first;
}

// The gradient of values of which each row was summed up.
KERNEL void spread_rows(
    int form, const float *input, const float *outputGradient, float *inputGradient, Index count,
    caffe_gpu_divisor columns, float factor) {
  EACH(i, count) {
    float gradient = factor * outputGradient[quotient((int)i, columns)];
    float slope = 1;
    if (form == CAFFE_SUM_ABSOLUTE) slope = input[i] > 0 ? 1.0f : input[i] < 0 ? -1.0f : 0.0f;
    if (form == CAFFE_SUM_SQUARE) slope = 2 * input[i];
    inputGradient[i] = gradient * slope;
  }
}

EXPORT_BLOCK(sum_channels)
EXPORT_BLOCK(sum_columns)
EXPORT_BLOCK(sum_all)
EXPORT_BLOCK(first_non_finite)
EXPORT(spread_rows)
