// Sixteen floats as one vector, in GNU C: one source for AVX-512, AVX2, baseline x86-64 and NEON.
#pragma once
#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma clang fp contract(fast)

// A version of the function for each level of x86-64, picked when the program is loaded.
#if defined(__x86_64__) && defined(__linux__)
#define MULTIVERSION __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define MULTIVERSION
#endif

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

enum { LANES = 16 };

typedef float v16 __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t v16i __attribute__((vector_size(64), aligned(4), may_alias));
typedef uint8_t v16b __attribute__((vector_size(16), aligned(1), may_alias));
// Half as wide, for lanes of eight channels.
typedef float v8 __attribute__((vector_size(32), aligned(4), may_alias));
typedef int32_t v8i __attribute__((vector_size(32), aligned(4), may_alias));
typedef uint8_t v8b __attribute__((vector_size(8), aligned(1), may_alias));

// Macros, not functions: a 64-byte vector as an argument would tie the ABI to the processor.
#define LOAD(p) (*(const v16 *)(p))
#define STORE(p, v) (*(v16 *)(p) = (v))
#define ALL(x) ((v16){} + (x))
#define SELECT(mask, a, b) ((v16)(((v16i)(a) & (mask)) | ((v16i)(b) & ~(mask))))
#define MAXIMUM(a, b) SELECT((a) > (b), a, b)
#define MINIMUM(a, b) SELECT((a) < (b), a, b)
#define ABSOLUTE(a) ((v16)((v16i)(a) & 0x7fffffff))

INLINE float sum_of_lanes(const v16 *v) {
  float s[LANES];
  memcpy(s, v, sizeof s);
  for (int step = LANES / 2; step > 0; step /= 2) {
    for (int i = 0; i < step; i++) s[i] += s[i + step];
  }
  return s[0];
}

// e^x to about 2 units in the last place; 0 and infinity beyond float's range, NaN stays.
INLINE void exponential(v16 *value) {
  v16 x = *value;
  x = SELECT(x < -104.0f, ALL(-104.0f), x);
  x = SELECT(x > 89.0f, ALL(89.0f), x);
  v16 n = x * 1.44269504f + 12582912.0f;
  n = n - 12582912.0f;
  v16 r = x - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  v16 p = ALL(1.0f / 5040);
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  // Twice half the power: each alone is a normal number, even where the result isn't.
  v16i e = __builtin_convertvector(SELECT(n == n, n, ALL(0)), v16i);
  v16i half = e >> 1;
  v16 first = (v16)((half + 127) << 23);
  v16 second = (v16)((e - half + 127) << 23);
  *value = p * first * second;
}

// tanh x: an odd polynomial near 0, where 1 - 2 / (e^2x + 1) would cancel.
INLINE void hyperbolic_tangent(v16 *value) {
  v16 x = *value, square = x * x;
  v16 p = ALL(-1382.0f / 155925);
  p = p * square + 62.0f / 2835;
  p = p * square - 17.0f / 315;
  p = p * square + 2.0f / 15;
  p = p * square - 1.0f / 3;
  v16 small = x + x * square * p;
  v16 e = 2.0f * x;
  exponential(&e);
  v16 large = 1.0f - 2.0f / (e + 1.0f);
  *value = SELECT(ABSOLUTE(x) < 0.3f, small, large);
}

// One stage of a transposition: vectors `S` apart swap their lanes `S` apart. PICK is what the first vector of a pair becomes,
// PICK2 the second.
#define PICK(S, l) (((l) & (S)) ? 16 + ((l) ^ (S)) : (l))
#define PICK2(S, l) (((l) & (S)) ? 16 + (l) : ((l) ^ (S)))
#define SHUFFLE(P, S, a, b) \
  __builtin_shufflevector( \
      a, b, P(S, 0), P(S, 1), P(S, 2), P(S, 3), P(S, 4), P(S, 5), P(S, 6), P(S, 7), P(S, 8), P(S, 9), P(S, 10), \
      P(S, 11), P(S, 12), P(S, 13), P(S, 14), P(S, 15))
#define STAGE(S) \
  UNROLL for (int i = 0; i < LANES; i++) { \
    if (!(i & (S))) { \
      v16 a = r[i], b = r[i | (S)]; \
      r[i] = SHUFFLE(PICK, S, a, b); \
      r[i | (S)] = SHUFFLE(PICK2, S, a, b); \
    } \
  }

INLINE void transpose(v16 *r) {
  STAGE(8)
  STAGE(4)
  STAGE(2)
  STAGE(1)
}

// The same for eight vectors of eight.
#define PICK_8(S, l) (((l) & (S)) ? 8 + ((l) ^ (S)) : (l))
#define PICK2_8(S, l) (((l) & (S)) ? 8 + (l) : ((l) ^ (S)))
#define SHUFFLE_8(P, S, a, b) \
  __builtin_shufflevector(a, b, P(S, 0), P(S, 1), P(S, 2), P(S, 3), P(S, 4), P(S, 5), P(S, 6), P(S, 7))
#define STAGE_8(S) \
  UNROLL for (int i = 0; i < 8; i++) { \
    if (!(i & (S))) { \
      v8 a = r[i], b = r[i | (S)]; \
      r[i] = SHUFFLE_8(PICK_8, S, a, b); \
      r[i | (S)] = SHUFFLE_8(PICK2_8, S, a, b); \
    } \
  }

INLINE void transpose_8(v8 *r) {
  STAGE_8(4)
  STAGE_8(2)
  STAGE_8(1)
}

// The sums of the lanes of sixteen vectors, as the lanes of the first of them: half as many vectors after each stage.
INLINE void sums_of_lanes(v16 *t) {
  UNROLL for (int i = 0; i < 8; i++) t[i] = SHUFFLE(PICK, 8, t[i], t[i + 8]) + SHUFFLE(PICK2, 8, t[i], t[i + 8]);
  UNROLL for (int i = 0; i < 4; i++) t[i] = SHUFFLE(PICK, 4, t[i], t[i + 4]) + SHUFFLE(PICK2, 4, t[i], t[i + 4]);
  UNROLL for (int i = 0; i < 2; i++) t[i] = SHUFFLE(PICK, 2, t[i], t[i + 2]) + SHUFFLE(PICK2, 2, t[i], t[i + 2]);
  t[0] = SHUFFLE(PICK, 1, t[0], t[1]) + SHUFFLE(PICK2, 1, t[0], t[1]);
}

// The same for eight vectors of eight.
INLINE void sums_of_lanes_8(v8 *t) {
  UNROLL for (int i = 0; i < 4; i++) t[i] = SHUFFLE_8(PICK_8, 4, t[i], t[i + 4]) + SHUFFLE_8(PICK2_8, 4, t[i], t[i + 4]);
  UNROLL for (int i = 0; i < 2; i++) t[i] = SHUFFLE_8(PICK_8, 2, t[i], t[i + 2]) + SHUFFLE_8(PICK2_8, 2, t[i], t[i + 2]);
  t[0] = SHUFFLE_8(PICK_8, 1, t[0], t[1]) + SHUFFLE_8(PICK2_8, 1, t[0], t[1]);
}
