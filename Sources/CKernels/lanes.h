// What the kernels over lanes share: the same blocks over vectors of sixteen lanes, or of eight, twice.
#pragma once
#include "vectors.h"
#include <stdbool.h>

// Whether registers hold eight floats, and there are sixteen of them.
bool caffe_lanes_by_eight(void);

typedef float v8 __attribute__((vector_size(32), aligned(4), may_alias));

#define LOAD_AS(V, p) (*(const V *)(p))
#define STORE_AS(V, p, v) (*(V *)(p) = (v))
#define ALL_AS(V, x) ((V){} + (x))

// A function for processors with AVX2; what is inlined into it is compiled for them, too.
#define FOR_AVX2 __attribute__((target("arch=x86-64-v3")))
