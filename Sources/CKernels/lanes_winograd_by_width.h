// Compiled once for vectors of sixteen floats and once for those of eight, which are then half of the lanes.
#include "winograd_axis_by_width.h"

#undef COLUMNS
#undef COLUMNS_OF_SUMS
#undef SUMS
// Vectors in a block of products, and input channels in one of sums.
#if WIDTH == 16
#define COLUMNS 4
#define COLUMNS_OF_SUMS 4
#define SUMS sums_of_lanes
#else
#define COLUMNS 2
#define COLUMNS_OF_SUMS 2
#define SUMS sums_of_lanes_8
#endif

// G w Gᵀ, rows of output channels for each input channel, or the other way round where turned, for rows first..<last.
FOR_WIDTH static void NAME(weights)(
    const caffe_winograd *g, const float *w, float *u, bool turned, int first, int last) {
  const int size = KERNEL * KERNEL, channels = turned ? g->in_channels : g->out_channels;
  const long across = turned ? size : (long)g->in_channels * size, down = turned ? (long)g->in_channels * size : size;
  const long row = weight_row(channels), step = weight_step(turned ? g->out_channels : g->in_channels, channels);
  const float *scales = scales_of(6);
  float k[KERNEL * KERNEL * WIDTH], half[6 * KERNEL * WIDTH], whole[PLACES * WIDTH];
  for (int r = first; r < last; r++) {
    for (int c = 0; c < channels; c += WIDTH) {
      memset(k, 0, sizeof k);
      for (int lane = 0; lane < WIDTH && c + lane < channels; lane++) {
        const float *from = w + r * down + (c + lane) * across;
        for (int i = 0; i < size; i++) k[i * WIDTH + lane] = from[i];
      }
      for (int j = 0; j < KERNEL; j++) {
        NAME(evaluate)(6, KERNEL, k + j * WIDTH, KERNEL * WIDTH, half + j * WIDTH, KERNEL * WIDTH);
      }
      for (int i = 0; i < 6; i++) NAME(evaluate)(6, KERNEL, half + i * KERNEL * WIDTH, WIDTH, whole + i * 6 * WIDTH, WIDTH);
      for (int i = 0; i < PLACES; i++) {
        VSTORE(u + i * step + r * row + c, VLOAD(whole + i * WIDTH) * (scales[i / 6] * scales[i % 6]));
      }
    }
  }
}

// What some tiles of the input become, [place][channel][tile][lane]; tiles beyond the last are zero.
INLINE void NAME(transform)(const caffe_winograd *g, const float *x, float *v, long first, int together) {
  const tiling t = tiling_of(g);
  const long count = (long)t.down * t.along;
  const long plane = (long)g->height * g->width * LANES, row = (long)together * LANES;
  const long step = value_step(g->in_channels, together);
  float border[PLACES * LANES], half[PLACES * LANES];
  for (int c = 0; c < g->in_channels; c++, x += plane) {
    for (int i = 0; i < together; i++) {
      float *to = v + c * row + i * LANES;
      const int top = (int)((first + i) / t.along) * OUTPUTS - g->padding_h;
      const int left = (int)((first + i) % t.along) * OUTPUTS - g->padding_w;
      const float *from = x + ((long)top * g->width + left) * LANES;
      long pitch = (long)g->width * LANES;
      if (first + i >= count) {
        for (int k = 0; k < PLACES; k++) memset(to + k * step, 0, LANES * sizeof(float));
        continue;
      }
      if (top < 0 || left < 0 || top + 6 > g->height || left + 6 > g->width) {
        cut_out(x, g->height, g->width, top, left, 6, LANES, border);
        from = border;
        pitch = 6 * LANES;
      }
      for (int j = 0; j < 6 * LANES; j += WIDTH) NAME(spread_inputs)(6, from + j, pitch, half + j, 6 * LANES);
      for (int k = 0; k < 6; k++) {
        for (int lane = 0; lane < LANES; lane += WIDTH) {
          NAME(spread_inputs)(6, half + k * 6 * LANES + lane, LANES, to + k * 6 * step + lane, step);
        }
      }
    }
  }
}

// What some tiles of the outputs' gradient become, laid out like that.
INLINE void NAME(spread)(const caffe_winograd *g, const float *dy, float *d, long first, int together) {
  const tiling t = tiling_of(g);
  const long count = (long)t.down * t.along;
  const long plane = (long)g->out_height * g->out_width * LANES, row = (long)together * LANES;
  const long step = value_step(g->out_channels, together);
  float border[OUTPUTS * OUTPUTS * LANES], half[6 * OUTPUTS * LANES];
  for (int o = 0; o < g->out_channels; o++, dy += plane) {
    for (int i = 0; i < together; i++) {
      float *to = d + o * row + i * LANES;
      const int top = (int)((first + i) / t.along) * OUTPUTS, left = (int)((first + i) % t.along) * OUTPUTS;
      const float *from = dy + ((long)top * g->out_width + left) * LANES;
      long pitch = (long)g->out_width * LANES;
      if (first + i >= count) {
        for (int k = 0; k < PLACES; k++) memset(to + k * step, 0, LANES * sizeof(float));
        continue;
      }
      if (top + OUTPUTS > g->out_height || left + OUTPUTS > g->out_width) {
        cut_out(dy, g->out_height, g->out_width, top, left, OUTPUTS, LANES, border);
        from = border;
        pitch = OUTPUTS * LANES;
      }
      for (int j = 0; j < OUTPUTS * LANES; j += WIDTH) {
        NAME(evaluate)(6, OUTPUTS, from + j, pitch, half + j, OUTPUTS * LANES);
      }
      for (int k = 0; k < 6; k++) {
        for (int lane = 0; lane < LANES; lane += WIDTH) {
          NAME(evaluate)(6, OUTPUTS, half + k * OUTPUTS * LANES + lane, LANES, to + k * 6 * step + lane, step);
        }
      }
    }
  }
}

// m = uᵀ v at each place: m has `rows` rows, of the tiles' values, v `depth`; u has `depth` rows of `rows` weights.
INLINE void NAME(multiply)(const float *u, const float *v, float *m, int rows, int depth, int together) {
  const long wide = (long)together * LANES, step = weight_step(depth, rows), width = weight_row(rows);
  const long from = value_step(depth, together), to = value_step(rows, together);
  for (int k = 0; k < PLACES; k++, u += step, v += from, m += to) {
    for (int next = 0; next < rows; next += OUTS) {
      const int r = next + OUTS <= rows ? next : rows - OUTS;
      for (long x = 0; x < wide; x += COLUMNS * WIDTH) {
        V a[OUTS][COLUMNS];
        UNROLL for (int i = 0; i < OUTS; i++) { UNROLL for (int j = 0; j < COLUMNS; j++) a[i][j] = VALL(0); }
        const float *f = u + r, *s = v + x;
        for (int c = 0; c < depth; c++, f += width, s += wide) {
          V value[COLUMNS];
          UNROLL for (int j = 0; j < COLUMNS; j++) value[j] = VLOAD(s + j * WIDTH);
          UNROLL for (int i = 0; i < OUTS; i++) {
            const float factor = f[i];
            UNROLL for (int j = 0; j < COLUMNS; j++) a[i][j] += factor * value[j];
          }
        }
        UNROLL for (int i = 0; i < OUTS; i++) {
          UNROLL for (int j = 0; j < COLUMNS; j++) VSTORE(m + (r + i) * wide + x + j * WIDTH, a[i][j]);
        }
      }
    }
  }
}

FOR_WIDTH static void NAME(convolve)(
    const caffe_winograd *g, const float *x, const float *u, const float *bias, float *y, float *scratch, int part,
    int parts) {
  const tiling t = tiling_of(g);
  const long count = (long)t.down * t.along, groups = (count + TOGETHER - 1) / TOGETHER;
  const long begin = groups * part / parts * TOGETHER, end = groups * (part + 1) / parts * TOGETHER;
  const long out_plane = (long)g->out_height * g->out_width * LANES, step = value_step(g->out_channels, TOGETHER);
  float *v = scratch, *m = scratch + PLACES * value_step(g->in_channels, TOGETHER);
  float half[6 * OUTPUTS * LANES], whole[OUTPUTS * WIDTH];
  for (long first = begin; first < end; first += TOGETHER) {
    NAME(transform)(g, x, v, first, TOGETHER);
    NAME(multiply)(u, v, m, g->out_channels, g->in_channels, TOGETHER);
    for (int o = 0; o < g->out_channels; o++) {
      for (int i = 0; i < TOGETHER && first + i < count; i++) {
        const int top = (int)((first + i) / t.along) * OUTPUTS, left = (int)((first + i) % t.along) * OUTPUTS;
        const int rows = top + OUTPUTS > g->out_height ? g->out_height - top : OUTPUTS;
        const int columns = left + OUTPUTS > g->out_width ? g->out_width - left : OUTPUTS;
        float *to = y + o * out_plane + ((long)top * g->out_width + left) * LANES;
        const float *from = m + ((long)o * TOGETHER + i) * LANES;
        const V b = VALL(bias ? bias[o] : 0);
        for (int j = 0; j < 6; j++) {
          for (int lane = 0; lane < LANES; lane += WIDTH) {
            NAME(collect)(6, OUTPUTS, from + j * step + lane, 6 * step, half + j * LANES + lane, 6 * LANES);
          }
        }
        for (int r = 0; r < rows; r++) {
          for (int lane = 0; lane < LANES; lane += WIDTH) {
            NAME(collect)(6, OUTPUTS, half + r * 6 * LANES + lane, LANES, whole, WIDTH);
            for (int j = 0; j < columns; j++) {
              VSTORE(to + ((long)r * g->out_width + j) * LANES + lane, VLOAD(whole + j * WIDTH) + b);
            }
          }
        }
      }
    }
  }
}

FOR_WIDTH static void NAME(data_gradient)(
    const caffe_winograd *g, const float *dy, const float *u, float *dx, float *scratch) {
  const tiling t = tiling_of(g);
  const long count = (long)t.down * t.along;
  const long plane = (long)g->height * g->width * LANES, step = value_step(g->in_channels, TOGETHER);
  float *m = scratch, *d = scratch + PLACES * step;
  float half[PLACES * LANES], whole[6 * WIDTH];
  memset(dx, 0, (size_t)(g->in_channels * plane) * sizeof(float));
  for (long first = 0; first < count; first += TOGETHER) {
    NAME(spread)(g, dy, d, first, TOGETHER);
    NAME(multiply)(u, d, m, g->in_channels, g->out_channels, TOGETHER);
    for (int c = 0; c < g->in_channels; c++) {
      for (int i = 0; i < TOGETHER && first + i < count; i++) {
        const int top = (int)((first + i) / t.along) * OUTPUTS - g->padding_h;
        const int left = (int)((first + i) % t.along) * OUTPUTS - g->padding_w;
        const int r0 = top < 0 ? -top : 0, r1 = top + 6 > g->height ? g->height - top : 6;
        const int c0 = left < 0 ? -left : 0, c1 = left + 6 > g->width ? g->width - left : 6;
        float *to = dx + c * plane + ((long)top * g->width + left) * LANES;
        const float *from = m + ((long)c * TOGETHER + i) * LANES;
        for (int j = 0; j < 6; j++) {
          for (int lane = 0; lane < LANES; lane += WIDTH) {
            NAME(gather_six)(from + j * step + lane, 6 * step, half + j * LANES + lane, 6 * LANES);
          }
        }
        for (int r = r0; r < r1; r++) {
          for (int lane = 0; lane < LANES; lane += WIDTH) {
            NAME(gather_six)(half + r * 6 * LANES + lane, LANES, whole, WIDTH);
            for (int j = c0; j < c1; j++) {
              float *target = to + ((long)r * g->width + j) * LANES + lane;
              VSTORE(target, VLOAD(target) + VLOAD(whole + j * WIDTH));
            }
          }
        }
      }
    }
  }
}

FOR_WIDTH static void NAME(weight_gradient)(
    const caffe_winograd *g, const float *x, const float *dy, float *sums, float *scratch) {
  enum { TILES = TOGETHER_FOR_WEIGHTS, ROWS = ROWS_OF_SUMS };
  const tiling t = tiling_of(g);
  const long count = (long)t.down * t.along;
  const long wide = TILES * LANES, from = value_step(g->in_channels, TILES), to = value_step(g->out_channels, TILES);
  const long step = apart(sum_groups(g, WIDTH) * WIDTH);
  float *v = scratch, *d = scratch + PLACES * from;
  for (long first = 0; first < count; first += TILES) {
    NAME(transform)(g, x, v, first, TILES);
    NAME(spread)(g, dy, d, first, TILES);
    for (int k = 0; k < PLACES; k++) {
      float *target = sums + k * step;
      for (int next = 0; next < g->out_channels; next += ROWS) {
        const int o = next + ROWS <= g->out_channels ? next : g->out_channels - ROWS;
        for (int other = 0; other < g->in_channels; other += COLUMNS_OF_SUMS, target += WIDTH) {
          const int c = other + COLUMNS_OF_SUMS <= g->in_channels ? other : g->in_channels - COLUMNS_OF_SUMS;
          const float *p = d + k * to + o * wide, *q = v + k * from + c * wide;
          V a[ROWS * COLUMNS_OF_SUMS];
          UNROLL for (int i = 0; i < ROWS * COLUMNS_OF_SUMS; i++) a[i] = VALL(0);
          for (long n = 0; n < wide; n += WIDTH) {
            V value[COLUMNS_OF_SUMS];
            UNROLL for (int j = 0; j < COLUMNS_OF_SUMS; j++) value[j] = VLOAD(q + j * wide + n);
            UNROLL for (int i = 0; i < ROWS; i++) {
              const V gradient = VLOAD(p + i * wide + n);
              UNROLL for (int j = 0; j < COLUMNS_OF_SUMS; j++) a[i * COLUMNS_OF_SUMS + j] += gradient * value[j];
            }
          }
          SUMS(a);
          VSTORE(target, VLOAD(target) + a[0]);
        }
      }
    }
  }
}

FOR_WIDTH static void NAME(add_gradient)(const caffe_winograd *g, const float *sums, float *dw, int first, int last) {
  const int size = KERNEL * KERNEL;
  const long step = apart(sum_groups(g, WIDTH) * WIDTH);
  const float *scales = scales_of(6);
  float scaled[PLACES * WIDTH], half[6 * KERNEL * WIDTH], whole[KERNEL * KERNEL * WIDTH];
  sums += sum_groups(g, WIDTH) / outputs_of_sums(g) * first * WIDTH;
  for (int group = first; group < last; group++) {
    const int next = group * ROWS_OF_SUMS;
    const int o = next + ROWS_OF_SUMS <= g->out_channels ? next : g->out_channels - ROWS_OF_SUMS;
    for (int other = 0; other < g->in_channels; other += COLUMNS_OF_SUMS, sums += WIDTH) {
      const int c = other + COLUMNS_OF_SUMS <= g->in_channels ? other : g->in_channels - COLUMNS_OF_SUMS;
      for (int i = 0; i < PLACES; i++) {
        VSTORE(scaled + i * WIDTH, VLOAD(sums + i * step) * (scales[i / 6] * scales[i % 6]));
      }
      for (int j = 0; j < 6; j++) NAME(collect)(6, KERNEL, scaled + j * WIDTH, 6 * WIDTH, half + j * WIDTH, 6 * WIDTH);
      for (int i = 0; i < KERNEL; i++) {
        NAME(collect)(6, KERNEL, half + i * 6 * WIDTH, WIDTH, whole + i * KERNEL * WIDTH, WIDTH);
      }
      for (int lane = 0; lane < WIDTH; lane++) {
        const int out = o + lane / COLUMNS_OF_SUMS, in = c + lane % COLUMNS_OF_SUMS;
        // What the block before has given already.
        if (out < next || in < other) continue;
        float *to = dw + ((long)out * g->in_channels + in) * size;
        for (int i = 0; i < size; i++) to[i] += whole[i * WIDTH + lane];
      }
    }
  }
}
