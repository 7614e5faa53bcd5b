// Points and scales of convolution in tiles; see winograd.c.
#pragma once
#include "CKernels.h"
#include "vectors.h"

enum { MOST_INPUTS = 6 };
#define NEAR 0.75f
#define FAR 1.5f

// What the values of a kernel are multiplied with at the points: one over the product of the distances to all others.
static const float scales_of_four[4] = {-1, 0.5f, 0.5f, 1};
static const float scales_of_six[6] = {
    1 / (NEAR * NEAR * FAR * FAR),
    1 / (2 * NEAR * NEAR * (NEAR * NEAR - FAR * FAR)),
    1 / (2 * NEAR * NEAR * (NEAR * NEAR - FAR * FAR)),
    1 / (2 * FAR * FAR * (FAR * FAR - NEAR * NEAR)),
    1 / (2 * FAR * FAR * (FAR * FAR - NEAR * NEAR)),
    1};

static inline const float *scales_of(int inputs) { return inputs == 4 ? scales_of_four : scales_of_six; }

// An odd number of lines of the cache: what lies so far apart falls on places of their own.
static inline long apart(long floats) { return ((floats + 15) / 16 | 1) * 16; }

// How the outputs of an image are cut into tiles.
typedef struct { int outputs, down, along; } tiling;

static inline tiling tiling_of(const caffe_winograd *g) {
  const int outputs = g->tile - g->kernel + 1;
  return (tiling){outputs, (g->out_height + outputs - 1) / outputs, (g->out_width + outputs - 1) / outputs};
}

// Copies a square of a plane, whose places are `lanes` floats, from (y, x) on, with zeros where there is no plane.
INLINE void cut_out(const float *plane, int height, int width, int y, int x, int side, int lanes, float *to) {
  const int top = y < 0 ? -y : 0, bottom = y + side > height ? height - y : side;
  const int left = x < 0 ? -x : 0, right = x + side > width ? width - x : side;
  memset(to, 0, (size_t)(side * side * lanes) * sizeof(float));
  for (int i = top; i < bottom; i++) {
    const float *row = plane + ((long)(y + i) * width + x) * lanes;
    for (int j = left; j < right; j++) memcpy(to + (i * side + j) * lanes, row + j * lanes, (size_t)lanes * sizeof(float));
  }
}
