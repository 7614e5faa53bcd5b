// For kernels over lanes of channels, which are sixteen or eight wide, as oneDNN's blocks are on the processor: a file of them is included
// once for each WIDTH. Functions for lanes of eight have names that end in _8.
#include "vectors.h"

#undef V
#undef VI
#undef VB
#undef NAME
#if WIDTH == 16
#define V v16
#define VI v16i
#define VB v16b
#define NAME(name) name
#else
#define V v8
#define VI v8i
#define VB v8b
#define NAME(name) name##_8
#endif

#ifndef VLOAD
#define VLOAD(p) (*(const V *)(p))
#define VSTORE(p, v) (*(V *)(p) = (v))
#define VALL(x) ((V){} + (x))
#define VSELECT(mask, a, b) ((V)(((VI)(a) & (mask)) | ((VI)(b) & ~(mask))))
#endif
