// Pooling of plain planes.
#include "CKernels.h"
#include <float.h>
#include <string.h>

typedef struct { int y0, y1, x0, x1, divisor; } window;

static inline int at_least(int a, int b) { return a > b ? a : b; }
static inline int at_most(int a, int b) { return a < b ? a : b; }

static inline window window_at(const caffe_pooling *p, int oy, int ox) {
  int y = oy * p->stride_h - p->padding_h, x = ox * p->stride_w - p->padding_w;
  int ye = at_most(y + p->kernel_h, p->height + p->padding_h), xe = at_most(x + p->kernel_w, p->width + p->padding_w);
  return (window){
      at_least(y, 0), at_most(ye, p->height), at_least(x, 0), at_most(xe, p->width),
      at_least((ye - y) * (xe - x), 1)};
}

// Runs BODY for each window w of each plane, with the planes `source` and `target` and the output's index `i`.
#define EACH_WINDOW(BODY) \
  for (int oy = 0, i = 0; oy < p->out_height; oy++) { \
    for (int ox = 0; ox < p->out_width; ox++, i++) { \
      const window w = window_at(p, oy, ox); \
      BODY \
    } \
  }

void caffe_max_pool(const caffe_pooling *p, const float *x, float *y, int32_t *winners, long first, long last) {
  const long plane = (long)p->height * p->width, out = (long)p->out_height * p->out_width;
  for (long n = first; n < last; n++) {
    const float *source = x + n * plane;
    EACH_WINDOW({
      float best = -FLT_MAX;
      int32_t winner = -1;
      for (int iy = w.y0; iy < w.y1; iy++) {
        for (int ix = w.x0; ix < w.x1; ix++) {
          float v = source[iy * p->width + ix];
          if (v > best) {
            best = v;
            winner = iy * p->width + ix;
          }
        }
      }
      y[n * out + i] = best;
      winners[n * out + i] = winner;
    })
  }
}

void caffe_max_pool_gradient(
    const caffe_pooling *p, const float *dy, const int32_t *winners, float *dx, long first, long last) {
  const long plane = (long)p->height * p->width, out = (long)p->out_height * p->out_width;
  for (long n = first; n < last; n++) {
    float *target = dx + n * plane;
    memset(target, 0, (size_t)plane * sizeof(float));
    for (long i = n * out; i < (n + 1) * out; i++) {
      if (winners[i] >= 0) target[winners[i]] += dy[i];
    }
  }
}

void caffe_average_pool(const caffe_pooling *p, const float *x, float *y, long first, long last) {
  const long plane = (long)p->height * p->width, out = (long)p->out_height * p->out_width;
  for (long n = first; n < last; n++) {
    const float *source = x + n * plane;
    EACH_WINDOW({
      float sum = 0;
      for (int iy = w.y0; iy < w.y1; iy++) {
        for (int ix = w.x0; ix < w.x1; ix++) sum += source[iy * p->width + ix];
      }
      y[n * out + i] = sum / (float)w.divisor;
    })
  }
}

void caffe_average_pool_gradient(const caffe_pooling *p, const float *dy, float *dx, long first, long last) {
  const long plane = (long)p->height * p->width, out = (long)p->out_height * p->out_width;
  for (long n = first; n < last; n++) {
    float *target = dx + n * plane;
    memset(target, 0, (size_t)plane * sizeof(float));
    EACH_WINDOW({
      const float d = dy[n * out + i] / (float)w.divisor;
      for (int iy = w.y0; iy < w.y1; iy++) {
        for (int ix = w.x0; ix < w.x1; ix++) target[iy * p->width + ix] += d;
      }
    })
  }
}

// Runs BODY for each place `at` of window w in its plane.
#define EACH_PLACE(BODY) \
  for (int iy = w.y0; iy < w.y1; iy++) { \
    for (int ix = w.x0; ix < w.x1; ix++) { \
      const int at = iy * p->width + ix; \
      BODY \
    } \
  }

void caffe_stochastic_pool(
    const caffe_pooling *p, const float *x, const uint32_t *words, float *y, int32_t *winners, long first, long last) {
  const long plane = (long)p->height * p->width, out = (long)p->out_height * p->out_width;
  for (long n = first; n < last; n++, words += out) {
    const float *source = x + n * plane;
    EACH_WINDOW({
      float sum = 0;
      EACH_PLACE(sum += source[at];)
      const float threshold = (float)((words[i] >> 8) + 1) * 0x1p-24f * sum;
      int32_t winner = -1;
      bool drawn = false;
      sum = 0;
      EACH_PLACE(
        if (!drawn) {
          winner = at;
          sum += source[at];
          drawn = sum >= threshold;
        }
      )
      y[n * out + i] = winner < 0 ? 0 : source[winner];
      winners[n * out + i] = winner;
    })
  }
}

void caffe_expected_pool(const caffe_pooling *p, const float *x, float *y, long first, long last) {
  const long plane = (long)p->height * p->width, out = (long)p->out_height * p->out_width;
  for (long n = first; n < last; n++) {
    const float *source = x + n * plane;
    EACH_WINDOW({
      float sum = 0;
      float squares = 0;
      EACH_PLACE(
        sum += source[at];
        squares += source[at] * source[at];
      )
      y[n * out + i] = sum > 0 ? squares / sum : 0;
    })
  }
}

void caffe_expected_pool_gradient(
    const caffe_pooling *p, const float *x, const float *y, const float *dy, float *dx, long first, long last) {
  const long plane = (long)p->height * p->width, out = (long)p->out_height * p->out_width;
  for (long n = first; n < last; n++) {
    const float *source = x + n * plane;
    float *target = dx + n * plane;
    memset(target, 0, (size_t)plane * sizeof(float));
    EACH_WINDOW({
      float sum = 0;
      EACH_PLACE(sum += source[at];)
      if (sum > 0) {
        const float d = dy[n * out + i] / sum;
        const float mean = y[n * out + i];
        EACH_PLACE(target[at] += d * (2 * source[at] - mean);)
      }
    })
  }
}
