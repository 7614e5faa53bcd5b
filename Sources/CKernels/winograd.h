// Points and scales of convolution in tiles; see winograd.c.
#pragma once
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
