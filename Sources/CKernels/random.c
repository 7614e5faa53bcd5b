// Philox 4x32 with ten rounds, as RandomStream has it.
#include "CKernels.h"
#include "vectors.h"

typedef struct { uint32_t w[4][LANES]; } words;

// The words of sixteen blocks that follow each other, w[k][i] being word k of block first + i.
INLINE void philox(uint64_t seed, uint64_t stream, uint64_t first, words *out) {
  for (int i = 0; i < LANES; i++) {
    uint64_t index = first + (uint64_t)i;
    uint32_t x = (uint32_t)index, y = (uint32_t)(index >> 32), z = (uint32_t)stream, w = (uint32_t)(stream >> 32);
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    UNROLL for (int round = 0; round < 10; round++) {
      uint64_t p = (uint64_t)x * 0xD2511F53u, q = (uint64_t)z * 0xCD9E8D57u;
      uint32_t a = (uint32_t)(q >> 32) ^ y ^ k0, b = (uint32_t)(p >> 32) ^ w ^ k1;
      x = a;
      y = (uint32_t)q;
      z = b;
      w = (uint32_t)p;
      k0 += 0x9E3779B9u;
      k1 += 0xBB67AE85u;
    }
    out->w[0][i] = x;
    out->w[1][i] = y;
    out->w[2][i] = z;
    out->w[3][i] = w;
  }
}

MULTIVERSION void caffe_random_mask(
    uint64_t seed, uint64_t stream, uint64_t position, uint64_t threshold, float value, float *y, long count) {
  words block;
  long skip = (long)(position & 3);
  uint64_t index = position >> 2;
  for (long start = -skip; start < count; start += 4 * LANES, index += LANES) {
    philox(seed, stream, index, &block);
    float mask[4 * LANES];
    for (int i = 0; i < 4 * LANES; i++) mask[i] = block.w[i & 3][i >> 2] < threshold ? value : 0;
    long from = start < 0 ? -start : 0;
    long end = start + 4 * LANES < count ? 4 * LANES : count - start;
    memcpy(y + start + from, mask + from, (size_t)(end - from) * sizeof(float));
  }
}

MULTIVERSION void caffe_random_words(
    uint64_t seed, uint64_t stream, uint64_t position, uint32_t *target, long count) {
  words block;
  long skip = (long)(position & 3);
  uint64_t index = position >> 2;
  for (long start = -skip; start < count; start += 4 * LANES, index += LANES) {
    philox(seed, stream, index, &block);
    for (int i = 0; i < 4 * LANES; i++) {
      if (start + i >= 0 && start + i < count) target[start + i] = block.w[i & 3][i >> 2];
    }
  }
}
