// Random values.

// Sets value i where word `position + i` is below the threshold.
KERNEL void random_mask(
    float *mask, Index count, unsigned long long threshold, float value, unsigned long long seed,
    unsigned long long stream, unsigned long long position) {
  unsigned long long firstBlock = position >> 2;
  int before = (int)(position & 3);
  EACH(block, (count + before + 3) / 4) {
    Words words = philox(seed, stream, firstBlock + block);
#pragma unroll
    for (int k = 0; k < 4; k++) {
      Index i = block * 4 + k - before;
      if (i >= 0 && i < count) mask[i] = words.x[k] < threshold ? value : 0;
    }
  }
}

EXPORT(random_mask)
