// Compiled once for each width of lanes; see by_width.h.
#include "by_width.h"

INLINE void NAME(max_tiles)(const caffe_pooling *p, const float *x, float *y, uint8_t *winners) {
  const long width = p->width * WIDTH;
  for (int oy = 0; oy < p->out_height; oy++, x += width) {
    for (int ox = 0; ox < p->out_width; ox++, x += 2 * WIDTH, y += WIDTH, winners += WIDTH) {
      V a = VLOAD(x), b = VLOAD(x + WIDTH), c = VLOAD(x + width), d = VLOAD(x + width + WIDTH);
      VI right = b > a, below_right = d > c;
      a = VSELECT(right, b, a);
      c = VSELECT(below_right, d, c);
      VI below = c > a;
      VSTORE(y, VSELECT(below, c, a));
      STORE_BYTES(winners, (~below & right & 1) | (below & (2 | (below_right & 1))));
    }
  }
}

MULTIVERSION void NAME(caffe_lanes_max_pool)(
    const caffe_pooling *p, const float *x, float *y, uint8_t *winners, long first, long last) {
  const long plane = (long)p->height * p->width * WIDTH, out = (long)p->out_height * p->out_width * WIDTH;
  for (long n = first; n < last; n++) {
    const float *source = x + n * plane;
    float *target = y + n * out;
    uint8_t *winner = winners + n * out;
    if (tiles(p)) {
      NAME(max_tiles)(p, source, target, winner);
      continue;
    }
    for (int oy = 0; oy < p->out_height; oy++) {
      for (int ox = 0; ox < p->out_width; ox++, target += WIDTH, winner += WIDTH) {
        int divisor, top = oy * p->stride_h - p->padding_h, left = ox * p->stride_w - p->padding_w;
        window w = window_at(p, oy, ox, &divisor);
        V best = VALL(-FLT_MAX);
        VI index = (VI){} + 255;
        for (int iy = w.y0; iy < w.y1; iy++) {
          for (int ix = w.x0; ix < w.x1; ix++) {
            V v = VLOAD(source + ((long)iy * p->width + ix) * WIDTH);
            VI wins = v > best;
            best = VSELECT(wins, v, best);
            index = (((iy - top) * p->kernel_w + ix - left) & wins) | (index & ~wins);
          }
        }
        VSTORE(target, best);
        STORE_BYTES(winner, index);
      }
    }
  }
}

INLINE void NAME(max_tiles_gradient)(const caffe_pooling *p, const float *dy, const uint8_t *winners, float *dx) {
  const long width = p->width * WIDTH;
  for (int oy = 0; oy < p->out_height; oy++, dx += width) {
    for (int ox = 0; ox < p->out_width; ox++, dx += 2 * WIDTH, dy += WIDTH, winners += WIDTH) {
      V d = VLOAD(dy);
      VI index = LOAD_BYTES(winners);
      VSTORE(dx, VSELECT(index == 0, d, VALL(0)));
      VSTORE(dx + WIDTH, VSELECT(index == 1, d, VALL(0)));
      VSTORE(dx + width, VSELECT(index == 2, d, VALL(0)));
      VSTORE(dx + width + WIDTH, VSELECT(index == 3, d, VALL(0)));
    }
  }
}

MULTIVERSION void NAME(caffe_lanes_max_pool_gradient)(
    const caffe_pooling *p, const float *dy, const uint8_t *winners, float *dx, long first, long last) {
  const long plane = (long)p->height * p->width * WIDTH, out = (long)p->out_height * p->out_width * WIDTH;
  for (long n = first; n < last; n++) {
    const float *source = dy + n * out;
    const uint8_t *winner = winners + n * out;
    float *target = dx + n * plane;
    if (tiles(p)) {
      NAME(max_tiles_gradient)(p, source, winner, target);
      continue;
    }
    memset(target, 0, (size_t)plane * sizeof(float));
    for (int oy = 0; oy < p->out_height; oy++) {
      for (int ox = 0; ox < p->out_width; ox++, source += WIDTH, winner += WIDTH) {
        int divisor, top = oy * p->stride_h - p->padding_h, left = ox * p->stride_w - p->padding_w;
        window w = window_at(p, oy, ox, &divisor);
        V d = VLOAD(source);
        VI index = LOAD_BYTES(winner);
        for (int iy = w.y0; iy < w.y1; iy++) {
          for (int ix = w.x0; ix < w.x1; ix++) {
            float *place = target + ((long)iy * p->width + ix) * WIDTH;
            VI won = index == (iy - top) * p->kernel_w + ix - left;
            VSTORE(place, VLOAD(place) + VSELECT(won, d, VALL(0)));
          }
        }
      }
    }
  }
}

MULTIVERSION void NAME(caffe_lanes_average_pool)(const caffe_pooling *p, const float *x, float *y, long first, long last) {
  const long plane = (long)p->height * p->width * WIDTH, out = (long)p->out_height * p->out_width * WIDTH;
  for (long n = first; n < last; n++) {
    const float *source = x + n * plane;
    float *target = y + n * out;
    for (int oy = 0; oy < p->out_height; oy++) {
      for (int ox = 0; ox < p->out_width; ox++, target += WIDTH) {
        int divisor;
        window w = window_at(p, oy, ox, &divisor);
        V sum = {};
        for (int iy = w.y0; iy < w.y1; iy++) {
          for (int ix = w.x0; ix < w.x1; ix++) sum += VLOAD(source + ((long)iy * p->width + ix) * WIDTH);
        }
        VSTORE(target, sum / (float)divisor);
      }
    }
  }
}

MULTIVERSION void NAME(caffe_lanes_average_pool_gradient)(
    const caffe_pooling *p, const float *dy, float *dx, long first, long last) {
  const long plane = (long)p->height * p->width * WIDTH, out = (long)p->out_height * p->out_width * WIDTH;
  for (long n = first; n < last; n++) {
    const float *source = dy + n * out;
    float *target = dx + n * plane;
    memset(target, 0, (size_t)plane * sizeof(float));
    for (int oy = 0; oy < p->out_height; oy++) {
      for (int ox = 0; ox < p->out_width; ox++, source += WIDTH) {
        int divisor;
        window w = window_at(p, oy, ox, &divisor);
        V d = VLOAD(source) / (float)divisor;
        for (int iy = w.y0; iy < w.y1; iy++) {
          for (int ix = w.x0; ix < w.x1; ix++) {
            float *place = target + ((long)iy * p->width + ix) * WIDTH;
            VSTORE(place, VLOAD(place) + d);
          }
        }
      }
    }
  }
}
