// Compiled once for each width of lanes; see by_width.h.
#include "by_width.h"

#undef TILE_GROUP
#if WIDTH == 16
#define TILE_GROUP 12
#else
#define TILE_GROUP 6
#endif

// Bᵀ d B of one tile and one block of channels; what lies outside the plane is zero.
INLINE void NAME(transform_tile)(
    const caffe_winograd *g, const float *plane, int y, int x, float *v, long slab) {
  V d[4][4], t[4][4];
  const bool inside = y >= 0 && x >= 0 && y + 4 <= g->height && x + 4 <= g->width;
  UNROLL for (int i = 0; i < 4; i++) {
    UNROLL for (int j = 0; j < 4; j++) {
      const bool present = inside || (y + i >= 0 && y + i < g->height && x + j >= 0 && x + j < g->width);
      d[i][j] = present ? VLOAD(plane + ((long)(y + i) * g->width + x + j) * WIDTH) : VALL(0);
    }
  }
  UNROLL for (int j = 0; j < 4; j++) {
    t[0][j] = d[0][j] - d[2][j];
    t[1][j] = d[1][j] + d[2][j];
    t[2][j] = d[2][j] - d[1][j];
    t[3][j] = d[1][j] - d[3][j];
  }
  UNROLL for (int i = 0; i < 4; i++) {
    VSTORE(v + (4 * i) * slab, t[i][0] - t[i][2]);
    VSTORE(v + (4 * i + 1) * slab, t[i][1] + t[i][2]);
    VSTORE(v + (4 * i + 2) * slab, t[i][2] - t[i][1]);
    VSTORE(v + (4 * i + 3) * slab, t[i][1] - t[i][3]);
  }
}

// The products of a group of tiles with a panel, which is two blocks of output channels.
INLINE void NAME(multiply_tiles)(
    const float *v, long row, const float *u, run_of_channels run, float *m) {
  V a[TILE_GROUP][2];
  UNROLL for (int i = 0; i < TILE_GROUP; i++) a[i][0] = a[i][1] = VALL(0);
  for (int part = 0; part < run.parts; part++, v += run.step, u += run.step * 2 * WIDTH) {
    const float *w = u;
    for (int c = 0; c < run.length; c++, w += 2 * WIDTH) {
      const V u0 = VLOAD(w), u1 = VLOAD(w + WIDTH);
      UNROLL for (int i = 0; i < TILE_GROUP; i++) {
        const float f = v[i * row + c];
        a[i][0] += f * u0;
        a[i][1] += f * u1;
      }
    }
  }
  UNROLL for (int i = 0; i < TILE_GROUP; i++) {
    VSTORE(m + i * 2 * WIDTH, a[i][0]);
    VSTORE(m + i * 2 * WIDTH + WIDTH, a[i][1]);
  }
}

// Aᵀ m A of one tile and one block of output channels, finished and written as far as it lies in the plane.
INLINE void NAME(finish_tile)(
    const caffe_winograd *g, const float *m, long slab, const float *bias, const float *addend, float *plane, int y,
    int x) {
  V s[2][4];
  UNROLL for (int j = 0; j < 4; j++) {
    const V m0 = VLOAD(m + j * slab), m1 = VLOAD(m + (4 + j) * slab), m2 = VLOAD(m + (8 + j) * slab),
            m3 = VLOAD(m + (12 + j) * slab);
    s[0][j] = m0 + m1 + m2;
    s[1][j] = m1 - m2 - m3;
  }
  const V b = bias ? VLOAD(bias) : VALL(0);
  UNROLL for (int i = 0; i < 2; i++) {
    if (y + i >= g->out_height) break;
    const V r[2] = {s[i][0] + s[i][1] + s[i][2] + b, s[i][1] - s[i][2] - s[i][3] + b};
    UNROLL for (int j = 0; j < 2; j++) {
      if (x + j >= g->out_width) break;
      const long at = ((long)(y + i) * g->out_width + x + j) * WIDTH;
      V z = addend ? r[j] + VLOAD(addend + at) : r[j];
      if (g->slope != 1) z = VSELECT(z < 0, g->slope == 0 ? VALL(0) : z * g->slope, z);
      VSTORE(plane + at, z);
    }
  }
}

// What tiles first..<last become, [16][tiles][row], `slab` from one of the sixteen to the next.
INLINE void NAME(transform_tiles)(
    const caffe_winograd *g, const float *x, float *v, long row, long slab, long first, long last) {
  const int down = (g->out_height + 1) / 2, along = (g->out_width + 1) / 2;
  const long plane = (long)g->height * g->width * WIDTH;
  for (long t = first; t < last; t++) {
    const long image = t / (down * along), place = t % (down * along);
    const int top = (int)(place / along) * 2 - g->padding_h, left = (int)(place % along) * 2 - g->padding_w;
    float *to = v + (t - first) * row;
    for (int a = 0; a < parts_of(g->kernel_h); a++) {
      for (int b = 0; b < parts_of(g->kernel_w); b++) {
        const float *source = x + image * g->image_stride;
        for (int c = 0; c < g->in_channels; c += WIDTH, source += plane, to += WIDTH) {
          NAME(transform_tile)(g, source, top + 3 * a, left + 3 * b, to, slab);
        }
      }
    }
  }
}

MULTIVERSION void NAME(caffe_winograd_convolve)(
    const caffe_winograd *g, const float *x, const float *u, const float *bias, const float *addend, float *y,
    float *scratch, long first, long last) {
  const int down = (g->out_height + 1) / 2, along = (g->out_width + 1) / 2, channels = rows_of(g);
  const long tiles = last - first, padded = (tiles + TILE_GROUP - 1) / TILE_GROUP * TILE_GROUP;
  // A little more than the channels, so that rows don't all fall on the same places of the cache.
  const long row = channels + 16, slab = padded * row, out_slab = padded * 2 * WIDTH;
  const long out_plane = (long)g->out_height * g->out_width * WIDTH;
  float *v = scratch, *m = scratch + 16 * slab;
  NAME(transform_tiles)(g, x, v, row, slab, first, last);
  for (int o = 0; o < g->out_channels; o += 2 * WIDTH) {
    const float *panel = u + (long)o * channels * 16;
    for (int k = 0; k < 16; k++) {
      const run_of_channels run = run_at(g, k);
      for (long t = 0; t < padded; t += TILE_GROUP) {
        NAME(multiply_tiles)(
            v + k * slab + t * row, row, panel + (long)k * channels * 2 * WIDTH, run,
            m + k * out_slab + t * 2 * WIDTH);
      }
    }
    for (long t = first; t < last; t++) {
      const long image = t / (down * along), place = t % (down * along);
      const int top = (int)(place / along) * 2, left = (int)(place % along) * 2;
      for (int half = 0; half < 2; half++) {
        const int channel = o + half * WIDTH;
        const long at = image * g->out_image_stride + channel / WIDTH * out_plane;
        NAME(finish_tile)(
            g, m + (t - first) * 2 * WIDTH + half * WIDTH, out_slab, bias ? bias + channel : NULL,
            addend ? addend + at : NULL, y + at, top, left);
      }
    }
  }
}

// A dy Aᵀ of one tile and one block of output channels.
INLINE void NAME(spread_tile)(const caffe_winograd *g, const float *plane, int y, int x, float *d, long slab) {
  V e[2][2], t[4][2];
  UNROLL for (int i = 0; i < 2; i++) {
    UNROLL for (int j = 0; j < 2; j++) {
      const bool present = y + i < g->out_height && x + j < g->out_width;
      e[i][j] = present ? VLOAD(plane + ((long)(y + i) * g->out_width + x + j) * WIDTH) : VALL(0);
    }
  }
  UNROLL for (int j = 0; j < 2; j++) {
    t[0][j] = e[0][j];
    t[1][j] = e[0][j] + e[1][j];
    t[2][j] = e[0][j] - e[1][j];
    t[3][j] = -e[1][j];
  }
  UNROLL for (int i = 0; i < 4; i++) {
    VSTORE(d + (4 * i) * slab, t[i][0]);
    VSTORE(d + (4 * i + 1) * slab, t[i][0] + t[i][1]);
    VSTORE(d + (4 * i + 2) * slab, t[i][0] - t[i][1]);
    VSTORE(d + (4 * i + 3) * slab, -t[i][1]);
  }
}

// Adds the products of some input channels with a panel, over all tiles.
#define JOIN_TILES(NAME_, COUNT) \
  INLINE void NAME_(const float *v, long row, const float *d, long out_row, long tiles, float *m) { \
    V a[COUNT][2]; \
    UNROLL for (int i = 0; i < COUNT; i++) { \
      a[i][0] = VLOAD(m + i * 2 * WIDTH); \
      a[i][1] = VLOAD(m + i * 2 * WIDTH + WIDTH); \
    } \
    for (long t = 0; t < tiles; t++, v += row, d += out_row) { \
      const V d0 = VLOAD(d), d1 = VLOAD(d + WIDTH); \
      UNROLL for (int i = 0; i < COUNT; i++) { \
        const float f = v[i]; \
        a[i][0] += f * d0; \
        a[i][1] += f * d1; \
      } \
    } \
    UNROLL for (int i = 0; i < COUNT; i++) { \
      VSTORE(m + i * 2 * WIDTH, a[i][0]); \
      VSTORE(m + i * 2 * WIDTH + WIDTH, a[i][1]); \
    } \
  }
JOIN_TILES(NAME(join_tiles), TILE_GROUP)
JOIN_TILES(NAME(join_two_tiles), 2)
#undef JOIN_TILES

MULTIVERSION void NAME(caffe_winograd_gradient)(
    const caffe_winograd *g, const float *x, const float *dy, float *sums, float *scratch, long first, long last) {
  const int down = (g->out_height + 1) / 2, along = (g->out_width + 1) / 2;
  const int channels = rows_of(g), outputs = g->out_channels;
  const long tiles = last - first, row = channels + 16, slab = tiles * row;
  const long out_row = outputs + 16, out_slab = tiles * out_row;
  const long out_plane = (long)g->out_height * g->out_width * WIDTH;
  float *v = scratch, *d = scratch + 16 * slab;
  NAME(transform_tiles)(g, x, v, row, slab, first, last);
  for (long t = first; t < last; t++) {
    const long image = t / (down * along), place = t % (down * along);
    const int top = (int)(place / along) * 2, left = (int)(place % along) * 2;
    const float *source = dy + image * g->out_image_stride;
    for (int o = 0; o < outputs; o += WIDTH, source += out_plane) {
      NAME(spread_tile)(g, source, top, left, d + (t - first) * out_row + o, out_slab);
    }
  }
  for (int k = 0; k < 16; k++) {
    for (int o = 0; o < outputs; o += 2 * WIDTH) {
      float *m = sums + ((long)k * outputs + o) * channels;
      const float *from = v + k * slab, *panel = d + k * out_slab + o;
      const run_of_channels run = run_at(g, k);
      for (int part = 0; part < run.parts; part++, from += run.step, m += run.step * 2 * WIDTH) {
        int c = 0;
        for (; c + TILE_GROUP <= run.length; c += TILE_GROUP) {
          NAME(join_tiles)(from + c, row, panel, out_row, tiles, m + (long)c * 2 * WIDTH);
        }
        for (; c < run.length; c += 2) {
          NAME(join_two_tiles)(from + c, row, panel, out_row, tiles, m + (long)c * 2 * WIDTH);
        }
      }
    }
  }
}
