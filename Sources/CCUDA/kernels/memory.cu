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

EXPORT(copy)
EXPORT(copy_blocks)
