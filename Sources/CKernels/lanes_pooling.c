// Pooling over lanes. A winner is the index of its place in the window: the layer has at most 255 of them.
#include "CKernels.h"
#include "vectors.h"

typedef struct { int y0, y1, x0, x1; } window;

static inline int at_least(int a, int b) { return a > b ? a : b; }
static inline int at_most(int a, int b) { return a < b ? a : b; }

// The part of a window that lies in the plane; `divisor` counts padding as Caffe's average does.
static inline window window_at(const caffe_pooling *p, int oy, int ox, int *divisor) {
  int y = oy * p->stride_h - p->padding_h, x = ox * p->stride_w - p->padding_w;
  int ye = at_most(y + p->kernel_h, p->height + p->padding_h), xe = at_most(x + p->kernel_w, p->width + p->padding_w);
  // An empty window, beyond a stride larger than the kernel, has nothing to divide.
  *divisor = at_least((ye - y) * (xe - x), 1);
  return (window){at_least(y, 0), at_most(ye, p->height), at_least(x, 0), at_most(xe, p->width)};
}

// Whether windows of 2x2 tile the plane.
static inline bool tiles(const caffe_pooling *p) {
  return p->kernel_h == 2 && p->kernel_w == 2 && p->stride_h == 2 && p->stride_w == 2 && p->padding_h == 0
      && p->padding_w == 0 && p->out_height * 2 == p->height && p->out_width * 2 == p->width;
}

#define STORE_BYTES(p, v) (*(VB *)(p) = __builtin_convertvector(v, VB))
#define LOAD_BYTES(p) __builtin_convertvector(*(const VB *)(p), VI)

#define WIDTH 16
#include "lanes_pooling_by_width.h"
#undef WIDTH
#define WIDTH 8
#include "lanes_pooling_by_width.h"
