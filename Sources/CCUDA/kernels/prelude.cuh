// What all kernels are written with. Comes before each file, after geometry.h.
//
// The same files are compiled by NVRTC for a device and by clang, with the stand-in's header in front, for a CPU: nothing here or in
// them may include a header or use inline assembly.

typedef long long Index;

#define LARGEST_FLOAT 3.402823466e+38f
#define INFINITE __int_as_float(0x7f800000)
#define SMALLEST_NORMAL 1.175494351e-38f

// What is launched. Each file ends with the list of its kernels: EXPORT(name) for one whose threads know nothing of each other,
// EXPORT_BLOCK(name) where those of a block meet at barriers, in shuffles or in shared memory. (The stand-in runs the former one thread
// after the other.)
#ifndef CAFFE_STAND_IN
#define KERNEL extern "C" __global__
#define EXPORT(name)
#define EXPORT_BLOCK(name)
#endif

// Goes over i in 0..<count with all threads of the grid.
#define EACH(i, count)                                                       \
  for (Index i = (Index)blockIdx.x * blockDim.x + threadIdx.x; i < (count);  \
       i += (Index)gridDim.x * blockDim.x)

// Goes over i in 0..<count with all threads of a block.
#define EACH_OF_BLOCK(i, count) for (Index i = threadIdx.x; i < (count); i += blockDim.x)

// Values that are read and written at once; where they begin must be a multiple of their size.
template <int width>
struct alignas(4 * width) Group {
  float x[width];
};

template <int width>
__device__ inline Group<width> load(const float *from, Index i) {
  return *(const Group<width> *)(from + i);
}

template <int width>
__device__ inline void store(const Group<width> &group, float *to, Index i) {
  *(Group<width> *)(to + i) = group;
}

// Has `body` go over `count` values with all threads of the grid, four at a time and the rest one by one. Arrays begin where buffers do.
template <typename Body>
__device__ inline void each_four(Index count, const Body &body) {
  Index fours = count / 4;
  EACH(i, fours) body.template at<4>(i * 4);
  Index rest = fours * 4 + (Index)blockIdx.x * blockDim.x + threadIdx.x;
  if (rest < count) body.template at<1>(rest);
}

// n / by, for n below 2^31; dividing is many times slower than reading a value.
__device__ inline int quotient(int n, caffe_gpu_divisor by) {
  return (int)((__umulhi((unsigned)n, by.multiplier) + (unsigned)n) >> by.shift);
}

__device__ inline int modulus(int n, caffe_gpu_divisor by) { return n - quotient(n, by) * (int)by.divisor; }

#define WHOLE_WARP 0xffffffffu

// The sum over a block, in every thread; all threads of the block must call it. The order of the additions is always the same.
__device__ inline float block_sum(float value) {
  __shared__ float warps[32];
  for (int distance = 16; distance > 0; distance /= 2) value += __shfl_xor_sync(WHOLE_WARP, value, distance);
  __syncthreads();
  if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = value;
  __syncthreads();
  float sum = 0;
  for (int warp = 0; warp < (int)blockDim.x / 32; warp++) sum += warps[warp];
  return sum;
}

// The largest value of a block, in every thread, NaN only where all are; all threads of the block must call it.
__device__ inline float block_max(float value) {
  __shared__ float warps[32];
  for (int distance = 16; distance > 0; distance /= 2) {
    value = fmaxf(value, __shfl_xor_sync(WHOLE_WARP, value, distance));
  }
  __syncthreads();
  if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = value;
  __syncthreads();
  float largest = warps[0];
  for (int warp = 1; warp < (int)blockDim.x / 32; warp++) largest = fmaxf(largest, warps[warp]);
  return largest;
}

// Whether this block is the last of `blocks` that come here with `counter`, which is 0 before and after; all threads of the block must
// call it. What the others wrote before they came, read as volatile, is what they wrote.
__device__ inline bool comes_last(int *counter, int blocks) {
  __shared__ int isLast;
  __threadfence();
  __syncthreads();
  if (threadIdx.x == 0) {
    isLast = atomicAdd(counter, 1) == blocks - 1;
    if (isLast) *counter = 0;
  }
  __syncthreads();
  return isLast;
}

// Parts of what is found out about channels, of which threads and blocks each have some. A part has numbers alone, clear(), join(part), and
// of_block(), which joins those of a block's threads in all of them. They are joined in the same order every time.

// What is found by threads of a block for `lanes * width` channels is joined, in thread t for channel t.
template <typename Part, int width>
__device__ inline Part joined(const Part *own, int lanes) {
  __shared__ Part parts[1024];
  __syncthreads();
  for (int j = 0; j < width; j++) parts[threadIdx.x * width + j] = own[j];
  __syncthreads();
  Part all;
  all.clear();
  int channels = lanes * width;
  if ((int)threadIdx.x < channels) {
    for (int i = threadIdx.x; i < (int)blockDim.x * width; i += channels) all.join(parts[i]);
  }
  return all;
}

// The same over all blocks of blockIdx.y; says whether this block is the one that has it.
template <typename Part, int width>
__device__ inline bool joins_rows(Part *own, int lanes, float *room, int *counters, Part &result) {
  result = joined<Part, width>(own, lanes);
  int slices = gridDim.y, channels = lanes * width;
  if (slices == 1) return true;
  Part *parts = (Part *)room + (Index)blockIdx.x * slices * channels;
  if ((int)threadIdx.x < channels) parts[blockIdx.y * channels + threadIdx.x] = result;
  if (!comes_last(&counters[blockIdx.x], slices)) return false;
  int lane = threadIdx.x % lanes, first = threadIdx.x / lanes, together = blockDim.x / lanes;
  for (int j = 0; j < width; j++) own[j].clear();
  for (int slice = first; slice < slices; slice += together) {
    for (int j = 0; j < width; j++) {
      Part part;
      const volatile float *from = (const volatile float *)&parts[slice * channels + lane * width + j];
      for (int k = 0; k < (int)(sizeof(Part) / sizeof(float)); k++) ((float *)&part)[k] = from[k];
      own[j].join(part);
    }
  }
  result = joined<Part, width>(own, lanes);
  return true;
}

// The same for the one channel of a block, in all threads.
template <typename Part>
__device__ inline bool joins_planes(const Part &own, float *room, int *counters, Part &result) {
  result = own.of_block();
  int slices = gridDim.y;
  if (slices == 1) return true;
  Part *parts = (Part *)room + (Index)blockIdx.x * slices;
  if (threadIdx.x == 0) parts[blockIdx.y] = result;
  if (!comes_last(&counters[blockIdx.x], slices)) return false;
  Part all;
  all.clear();
  EACH_OF_BLOCK(slice, slices) {
    Part part;
    const volatile float *from = (const volatile float *)&parts[slice];
    for (int k = 0; k < (int)(sizeof(Part) / sizeof(float)); k++) ((float *)&part)[k] = from[k];
    all.join(part);
  }
  result = all.of_block();
  return true;
}

// What is wrong with a value that a kernel can't use; the first one found is kept for the host to see.
#define FAULT_LABEL 1
#define FAULT_INDEX 2

__device__ inline void report(int *faults, int kind, int position, float value, int limit, int place) {
  if (atomicCAS(&faults[0], 0, kind) != 0) return;
  faults[1] = position;
  faults[2] = __float_as_int(value);
  faults[3] = limit;
  faults[4] = place;
}

// A whole number from 0, less than `limit`, that a float holds; otherwise -1, and a report.
__device__ inline int whole_number(
    float value, int limit, int kind, Index position, int *faults, int place) {
  int number = (int)value;
  if (value >= 0 && value < (float)limit && (float)number == value) return number;
  report(faults, kind, (int)position, value, limit, place);
  return -1;
}

// Random words: Philox 4x32 with ten rounds, as the host's streams have them. Source: Salmon et al., "Parallel random numbers: as easy
// as 1, 2, 3", SC 2011.
struct Words {
  unsigned x[4];
};

// The words 4 * index ..< 4 * index + 4 of a stream.
__device__ inline Words philox(unsigned long long seed, unsigned long long stream, unsigned long long index) {
  unsigned a = (unsigned)index, b = (unsigned)(index >> 32), c = (unsigned)stream, d = (unsigned)(stream >> 32);
  unsigned key0 = (unsigned)seed, key1 = (unsigned)(seed >> 32);
  for (int round = 0; round < 10; round++) {
    unsigned high0 = __umulhi(a, 0xD2511F53u), low0 = a * 0xD2511F53u;
    unsigned high1 = __umulhi(c, 0xCD9E8D57u), low1 = c * 0xCD9E8D57u;
    a = high1 ^ b ^ key0;
    b = low1;
    c = high0 ^ d ^ key1;
    d = low0;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  Words words = {{a, b, c, d}};
  return words;
}

// Word `position` of a stream.
__device__ inline unsigned random_word(
    unsigned long long seed, unsigned long long stream, unsigned long long position) {
  return philox(seed, stream, position >> 2).x[position & 3];
}
