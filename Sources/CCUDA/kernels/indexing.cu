// Rows picked by their numbers, and the largest of several values.

KERNEL void gather_rows(
    const float *rows, const float *indices, float *output, Index count, caffe_gpu_divisor length, int limit, int *faults,
    int place) {
  EACH(i, count) {
    int position = quotient((int)i, length);
    int row = whole_number(indices[position], limit, FAULT_INDEX, position, faults, place);
    output[i] = row < 0 ? 0 : rows[(Index)row * length.divisor + modulus((int)i, length)];
  }
}

// Adds rows of values to rows by their numbers, in the order of the former: the block of the first that has a number adds all that
// have it. Threads go over columns, blockIdx.y blocks of them.
KERNEL void scatter_add_rows(
    const float *values, const float *indices, float *rows, int count, int length, int limit, int *faults, int place) {
  __shared__ unsigned found[32];
  int first = blockIdx.x;
  int row = whole_number(indices[first], limit, FAULT_INDEX, first, faults, place);
  if (row < 0) return;
  int column = blockIdx.y * blockDim.x + threadIdx.x;
  float sum = column < length ? rows[(Index)row * length + column] : 0;
  for (int start = 0; start < count; start += blockDim.x) {
    if (threadIdx.x < 32) found[threadIdx.x] = 0;
    __syncthreads();
    int mine = start + threadIdx.x;
    if (mine < count && indices[mine] == (float)row) atomicOr(&found[threadIdx.x / 32], 1u << (threadIdx.x % 32));
    __syncthreads();
    for (int word = 0; word < (int)blockDim.x / 32; word++) {
      unsigned bits = found[word];
      while (bits != 0) {
        int position = start + word * 32 + __ffs((int)bits) - 1;
        bits &= bits - 1;
        // All threads see the same, so all leave.
        if (position < first) return;
        if (column < length) sum += values[(Index)position * length + column];
      }
    }
    __syncthreads();
  }
  if (column < length) rows[(Index)row * length + column] = sum;
}

// The k largest channels of a place: a block for each place, which looks for the next largest k times. Of equals the later is larger.
KERNEL void top_k(const float *input, caffe_gpu_channels shape, int k, float *indices, float *values) {
  __shared__ float bestValues[32];
  __shared__ int bestChannels[32];
  int outer = blockIdx.x / shape.inner, inner = blockIdx.x - outer * shape.inner;
  const float *x = input + (Index)outer * shape.channels * shape.inner + inner;
  float limit = INFINITE;
  int limitChannel = 0x7fffffff;
  for (int found = 0; found < k; found++) {
    float best = -INFINITE;
    int bestChannel = -1;
    EACH_OF_BLOCK(c, shape.channels) {
      float value = x[c * shape.inner];
      if (value != value) value = -INFINITE;
      bool isLeft = value < limit || (value == limit && c < limitChannel);
      if (!isLeft || value < best || (value == best && c < bestChannel)) continue;
      best = value;
      bestChannel = (int)c;
    }
    for (int distance = 16; distance > 0; distance /= 2) {
      float other = __shfl_xor_sync(WHOLE_WARP, best, distance);
      int otherChannel = __shfl_xor_sync(WHOLE_WARP, bestChannel, distance);
      if (other < best || (other == best && otherChannel <= bestChannel)) continue;
      best = other;
      bestChannel = otherChannel;
    }
    __syncthreads();
    if (threadIdx.x % 32 == 0) {
      bestValues[threadIdx.x / 32] = best;
      bestChannels[threadIdx.x / 32] = bestChannel;
    }
    __syncthreads();
    for (int warp = 0; warp < (int)blockDim.x / 32; warp++) {
      if (bestValues[warp] < best || (bestValues[warp] == best && bestChannels[warp] <= bestChannel)) continue;
      best = bestValues[warp];
      bestChannel = bestChannels[warp];
    }
    limit = best;
    limitChannel = bestChannel;
    if (threadIdx.x != 0) continue;
    Index target = ((Index)outer * k + found) * shape.inner + inner;
    if (indices) indices[target] = (float)bestChannel;
    if (values) values[target] = x[(Index)bestChannel * shape.inner];
  }
}

EXPORT(gather_rows)
EXPORT_BLOCK(scatter_add_rows)
EXPORT_BLOCK(top_k)
