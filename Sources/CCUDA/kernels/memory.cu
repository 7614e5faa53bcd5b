// Copies on the device.

KERNEL void copy(const float *source, float *target, Index count) {
  EACH(i, count) target[i] = source[i];
}

KERNEL void copy_blocks(
    const float *source, float *target, Index blocks, Index length, Index sourceStride, Index targetStride) {
  EACH(i, blocks * length) {
    Index block = i / length;
    Index place = i - block * length;
    target[block * targetStride + place] = source[block * sourceStride + place];
  }
}

// Transposes matrices that lie side by side, a tile of 32 × 32 values a block of 256 threads: both what is read and what is written
// are whole lines of memory.
KERNEL void transpose(
    const float *source, float *target, int rows, int columns, caffe_gpu_divisor tileRows, caffe_gpu_divisor tileColumns) {
  __shared__ float tile[32][33];
  int block = blockIdx.x, rest = quotient(block, tileColumns), lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  int firstRow = modulus(rest, tileRows) * 32, firstColumn = modulus(block, tileColumns) * 32;
  Index matrix = (Index)quotient(rest, tileRows) * rows * columns;
  for (int i = warp; i < 32; i += 8) {
    int row = firstRow + i, column = firstColumn + lane;
    if (row < rows && column < columns) tile[i][lane] = source[matrix + (Index)row * columns + column];
  }
  __syncthreads();
  for (int i = warp; i < 32; i += 8) {
    int row = firstRow + lane, column = firstColumn + i;
    if (row < rows && column < columns) target[matrix + (Index)column * rows + row] = tile[lane][i];
  }
}

EXPORT(copy)
EXPORT(copy_blocks)
EXPORT_BLOCK(transpose)
