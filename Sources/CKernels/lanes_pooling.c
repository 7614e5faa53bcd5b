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

#define STORE_BYTES(p, v) (*(v16b *)(p) = __builtin_convertvector(v, v16b))
#define LOAD_BYTES(p) __builtin_convertvector(*(const v16b *)(p), v16i)

INLINE void max_tiles(const caffe_pooling *p, const float *x, float *y, uint8_t *winners) {
  const long width = p->width * LANES;
  for (int oy = 0; oy < p->out_height; oy++, x += width) {
    for (int ox = 0; ox < p->out_width; ox++, x += 2 * LANES, y += LANES, winners += LANES) {
      v16 a = LOAD(x), b = LOAD(x + LANES), c = LOAD(x + width), d = LOAD(x + width + LANES);
      v16i right = b > a, below_right = d > c;
      a = SELECT(right, b, a);
      c = SELECT(below_right, d, c);
      v16i below = c > a;
      STORE(y, SELECT(below, c, a));
      STORE_BYTES(winners, (~below & right & 1) | (below & (2 | (below_right & 1))));
    }
  }
}

MULTIVERSION void caffe_lanes_max_pool(
    const caffe_pooling *p, const float *x, float *y, uint8_t *winners, long first, long last) {
  const long plane = (long)p->height * p->width * LANES, out = (long)p->out_height * p->out_width * LANES;
  for (long n = first; n < last; n++) {
    const float *source = x + n * plane;
    float *target = y + n * out;
    uint8_t *winner = winners + n * out;
    if (tiles(p)) {
      max_tiles(p, source, target, winner);
      continue;
    }
    for (int oy = 0; oy < p->out_height; oy++) {
      for (int ox = 0; ox < p->out_width; ox++, target += LANES, winner += LANES) {
        int divisor, top = oy * p->stride_h - p->padding_h, left = ox * p->stride_w - p->padding_w;
        window w = window_at(p, oy, ox, &divisor);
        v16 best = ALL(-FLT_MAX);
        v16i index = (v16i){} + 255;
        for (int iy = w.y0; iy < w.y1; iy++) {
          for (int ix = w.x0; ix < w.x1; ix++) {
            v16 v = LOAD(source + ((long)iy * p->width + ix) * LANES);
            v16i wins = v > best;
            best = SELECT(wins, v, best);
            index = (((iy - top) * p->kernel_w + ix - left) & wins) | (index & ~wins);
          }
        }
        STORE(target, best);
        STORE_BYTES(winner, index);
      }
    }
  }
}

INLINE void max_tiles_gradient(const caffe_pooling *p, const float *dy, const uint8_t *winners, float *dx) {
  const long width = p->width * LANES;
  for (int oy = 0; oy < p->out_height; oy++, dx += width) {
    for (int ox = 0; ox < p->out_width; ox++, dx += 2 * LANES, dy += LANES, winners += LANES) {
      v16 d = LOAD(dy);
      v16i index = LOAD_BYTES(winners);
      STORE(dx, SELECT(index == 0, d, ALL(0)));
      STORE(dx + LANES, SELECT(index == 1, d, ALL(0)));
      STORE(dx + width, SELECT(index == 2, d, ALL(0)));
      STORE(dx + width + LANES, SELECT(index == 3, d, ALL(0)));
    }
  }
}

MULTIVERSION void caffe_lanes_max_pool_gradient(
    const caffe_pooling *p, const float *dy, const uint8_t *winners, float *dx, long first, long last) {
  const long plane = (long)p->height * p->width * LANES, out = (long)p->out_height * p->out_width * LANES;
  for (long n = first; n < last; n++) {
    const float *source = dy + n * out;
    const uint8_t *winner = winners + n * out;
    float *target = dx + n * plane;
    if (tiles(p)) {
      max_tiles_gradient(p, source, winner, target);
      continue;
    }
    memset(target, 0, (size_t)plane * sizeof(float));
    for (int oy = 0; oy < p->out_height; oy++) {
      for (int ox = 0; ox < p->out_width; ox++, source += LANES, winner += LANES) {
        int divisor, top = oy * p->stride_h - p->padding_h, left = ox * p->stride_w - p->padding_w;
        window w = window_at(p, oy, ox, &divisor);
        v16 d = LOAD(source);
        v16i index = LOAD_BYTES(winner);
        for (int iy = w.y0; iy < w.y1; iy++) {
          for (int ix = w.x0; ix < w.x1; ix++) {
            float *place = target + ((long)iy * p->width + ix) * LANES;
            v16i won = index == (iy - top) * p->kernel_w + ix - left;
            STORE(place, LOAD(place) + SELECT(won, d, ALL(0)));
          }
        }
      }
    }
  }
}

MULTIVERSION void caffe_lanes_average_pool(const caffe_pooling *p, const float *x, float *y, long first, long last) {
  const long plane = (long)p->height * p->width * LANES, out = (long)p->out_height * p->out_width * LANES;
  for (long n = first; n < last; n++) {
    const float *source = x + n * plane;
    float *target = y + n * out;
    for (int oy = 0; oy < p->out_height; oy++) {
      for (int ox = 0; ox < p->out_width; ox++, target += LANES) {
        int divisor;
        window w = window_at(p, oy, ox, &divisor);
        v16 sum = {};
        for (int iy = w.y0; iy < w.y1; iy++) {
          for (int ix = w.x0; ix < w.x1; ix++) sum += LOAD(source + ((long)iy * p->width + ix) * LANES);
        }
        STORE(target, sum / (float)divisor);
      }
    }
  }
}

MULTIVERSION void caffe_lanes_average_pool_gradient(
    const caffe_pooling *p, const float *dy, float *dx, long first, long last) {
  const long plane = (long)p->height * p->width * LANES, out = (long)p->out_height * p->out_width * LANES;
  for (long n = first; n < last; n++) {
    const float *source = dy + n * out;
    float *target = dx + n * plane;
    memset(target, 0, (size_t)plane * sizeof(float));
    for (int oy = 0; oy < p->out_height; oy++) {
      for (int ox = 0; ox < p->out_width; ox++, source += LANES) {
        int divisor;
        window w = window_at(p, oy, ox, &divisor);
        v16 d = LOAD(source) / (float)divisor;
        for (int iy = w.y0; iy < w.y1; iy++) {
          for (int ix = w.x0; ix < w.x1; ix++) {
            float *place = target + ((long)iy * p->width + ix) * LANES;
            STORE(place, LOAD(place) + d);
          }
        }
      }
    }
  }
}
