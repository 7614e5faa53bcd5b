// Compiled once for each width of lanes; see by_width.h.
#include "winograd_axis_by_width.h"

// As many sums of two vectors as stay in registers.
#define TILE_GROUP (3 * WIDTH / 4)

// --- One tile and one block of channels.

INLINE void NAME(transform_tile)(int rows, int columns, const float *from, long pitch, float *v, long slab) {
  float half[MOST_INPUTS * MOST_INPUTS * WIDTH];
  for (int j = 0; j < columns; j++) {
    NAME(spread_inputs)(rows, from + j * WIDTH, pitch, half + j * WIDTH, columns * WIDTH);
  }
  for (int i = 0; i < rows; i++) {
    NAME(spread_inputs)(columns, half + i * columns * WIDTH, WIDTH, v + i * columns * slab, slab);
  }
}

// The outputs of a tile from the sums of products, finished and written to the places where there are any.
INLINE void NAME(finish_tile)(
    const caffe_winograd *g, int rows, int columns, int kernel, const float *m, long slab, const float *bias,
    const float *addend, float *y, const long *places) {
  const int down = rows - kernel + 1, along = columns - kernel + 1;
  float half[MOST_INPUTS * MOST_INPUTS * WIDTH], whole[MOST_INPUTS * WIDTH];
  for (int j = 0; j < columns; j++) {
    NAME(collect)(rows, down, m + j * slab, columns * slab, half + j * WIDTH, columns * WIDTH);
  }
  const V b = bias ? VLOAD(bias) : VALL(0);
  const float slope = g->slope;
  for (int i = 0; i < down; i++, places += along) {
    V z[MOST_INPUTS];
    NAME(collect)(columns, along, half + i * columns * WIDTH, WIDTH, whole, WIDTH);
    UNROLL for (int j = 0; j < along; j++) z[j] = VLOAD(whole + j * WIDTH) + b;
    if (addend) {
      UNROLL for (int j = 0; j < along; j++) {
        if (places[j] >= 0) z[j] += VLOAD(addend + places[j]);
      }
    }
    if (slope == 0) {
      UNROLL for (int j = 0; j < along; j++) z[j] = VSELECT(z[j] < 0, VALL(0), z[j]);
    } else if (slope != 1) {
      UNROLL for (int j = 0; j < along; j++) z[j] = VSELECT(z[j] < 0, z[j] * slope, z[j]);
    }
    UNROLL for (int j = 0; j < along; j++) {
      if (places[j] >= 0) VSTORE(y + places[j], z[j]);
    }
  }
}

// What the outputs' gradients become in the gradient of the weights.
INLINE void NAME(spread_tile)(int rows, int columns, int kernel, const float *from, long pitch, float *d, long slab) {
  const int down = rows - kernel + 1, along = columns - kernel + 1;
  float half[MOST_INPUTS * MOST_INPUTS * WIDTH];
  for (int j = 0; j < along; j++) {
    NAME(evaluate)(rows, down, from + j * WIDTH, pitch, half + j * WIDTH, along * WIDTH);
  }
  for (int i = 0; i < rows; i++) {
    NAME(evaluate)(columns, along, half + i * along * WIDTH, WIDTH, d + i * columns * slab, slab);
  }
}

// --- Weights

INLINE void NAME(weights)(
    const caffe_winograd *g, int rows, int columns, int kernel, const float *w, float *u, bool turned, int first, int last) {
  enum { SIDE = 2 * WIDTH };
  const int size = kernel * kernel, channels = g->in_channels;
  const long step = weight_step(g, WIDTH);
  const float *down = scales_of(rows), *along = scales_of(columns);
  float k[25 * SIDE], half[MOST_INPUTS * 5 * SIDE], whole[MOST_INPUTS * MOST_INPUTS * SIDE];
  for (int panel = first; panel < last; panel++) {
    float *target = u + panel * rows * columns * step;
    for (int c = 0; c < channels; c++) {
      for (int o = 0; o < SIDE; o++) {
        const long out = (long)panel * SIDE + o;
        const float *from = w + (turned ? (long)c * g->out_channels + out : out * channels + c) * size;
        for (int i = 0; i < size; i++) k[i * SIDE + o] = from[turned ? size - 1 - i : i];
      }
      for (int o = 0; o < SIDE; o += WIDTH) {
        for (int j = 0; j < kernel; j++) {
          NAME(evaluate)(rows, kernel, k + j * SIDE + o, kernel * SIDE, half + j * SIDE + o, kernel * SIDE);
        }
        for (int i = 0; i < rows; i++) {
          NAME(evaluate)(columns, kernel, half + i * kernel * SIDE + o, SIDE, whole + i * columns * SIDE + o, SIDE);
        }
        for (int i = 0; i < rows * columns; i++) {
          const V scaled = VLOAD(whole + i * SIDE + o) * (down[i / columns] * along[i % columns]);
          VSTORE(target + i * step + c * SIDE + o, scaled);
        }
      }
    }
  }
}

INLINE void NAME(add_gradient)(
    const caffe_winograd *g, int rows, int columns, int kernel, const float *sums, float *dw, int first, int last) {
  enum { SIDE = 2 * WIDTH };
  const int size = kernel * kernel, channels = g->in_channels;
  const long step = sum_step(g);
  const float *down = scales_of(rows), *along = scales_of(columns);
  float scaled[MOST_INPUTS * MOST_INPUTS * WIDTH], half[MOST_INPUTS * 5 * WIDTH], whole[25 * WIDTH];
  for (int panel = first; panel < last; panel++) {
    for (int c = 0; c < channels; c++) {
      for (int o = 0; o < SIDE; o += WIDTH) {
        const float *from = sums + ((long)panel * channels + c) * SIDE + o;
        for (int i = 0; i < rows * columns; i++) {
          VSTORE(scaled + i * WIDTH, VLOAD(from + i * step) * (down[i / columns] * along[i % columns]));
        }
        for (int j = 0; j < columns; j++) {
          NAME(collect)(rows, kernel, scaled + j * WIDTH, columns * WIDTH, half + j * WIDTH, columns * WIDTH);
        }
        for (int i = 0; i < kernel; i++) {
          NAME(collect)(columns, kernel, half + i * columns * WIDTH, WIDTH, whole + i * kernel * WIDTH, WIDTH);
        }
        for (int lane = 0; lane < WIDTH; lane++) {
          float *to = dw + (((long)panel * SIDE + o + lane) * channels + c) * size;
          for (int i = 0; i < size; i++) to[i] += whole[i * WIDTH + lane];
        }
      }
    }
  }
}

// --- Products

// The products of a group of tiles with a panel, which is two blocks of output channels. Sums of few channels at a time keep the error small.
INLINE void NAME(multiply_tiles)(const float *v, long row, const float *u, int channels, float *m) {
  // Up to half as many again are one sum, where these are all.
  const int few = 2 * channels <= 3 * FEW_CHANNELS ? channels : FEW_CHANNELS;
  for (int next = 0; next < channels; next += few) {
    const int end = next + few < channels ? next + few : channels;
    V a[TILE_GROUP][2];
    UNROLL for (int i = 0; i < TILE_GROUP; i++) a[i][0] = a[i][1] = VALL(0);
    for (int c = next; c < end; c++, u += 2 * WIDTH) {
      const V u0 = VLOAD(u), u1 = VLOAD(u + WIDTH);
      UNROLL for (int i = 0; i < TILE_GROUP; i++) {
        const float f = v[i * row + c];
        a[i][0] += f * u0;
        a[i][1] += f * u1;
      }
    }
    UNROLL for (int i = 0; i < TILE_GROUP; i++) {
      float *to = m + i * 2 * WIDTH;
      VSTORE(to, next == 0 ? a[i][0] : VLOAD(to) + a[i][0]);
      VSTORE(to + WIDTH, next == 0 ? a[i][1] : VLOAD(to + WIDTH) + a[i][1]);
    }
  }
}

// Adds the products of COUNT input channels from lane `first` of a block on with a panel, over all tiles. Both lie in blocks of channels,
// [block][tiles][WIDTH]. Sums of few tiles at a time keep the error as small as that of a plain sum: one long sum would have twice as much.
#define JOIN_TILES(NAME_, COUNT) \
  INLINE void NAME_(int first, const float *v, const float *d, long block, long tiles, float *m) { \
    m += first * 2 * WIDTH; \
    for (long next = 0; next < tiles; next += FEW_TILES) { \
      const long end = next + FEW_TILES < tiles ? next + FEW_TILES : tiles; \
      V a[COUNT][2]; \
      UNROLL for (int i = 0; i < COUNT; i++) a[i][0] = a[i][1] = VALL(0); \
      for (long t = next; t < end; t++, v += WIDTH, d += WIDTH) { \
        const V d0 = VLOAD(d), d1 = VLOAD(d + block); \
        UNROLL for (int i = 0; i < COUNT; i++) { \
          const float f = v[(first + i) / WIDTH * block + (first + i) % WIDTH]; \
          a[i][0] += f * d0; \
          a[i][1] += f * d1; \
        } \
      } \
      UNROLL for (int i = 0; i < COUNT; i++) { \
        VSTORE(m + i * 2 * WIDTH, VLOAD(m + i * 2 * WIDTH) + a[i][0]); \
        VSTORE(m + i * 2 * WIDTH + WIDTH, VLOAD(m + i * 2 * WIDTH + WIDTH) + a[i][1]); \
      } \
    } \
  }
JOIN_TILES(NAME(join_group), TILE_GROUP)
JOIN_TILES(NAME(join_half), WIDTH / 2)
#undef JOIN_TILES

// The same for all input channels.
INLINE void NAME(join_tiles)(const float *v, const float *d, long block, int channels, long tiles, float *m) {
  int left = channels;
  for (; left >= 3 * WIDTH; left -= 3 * WIDTH, v += 3 * block, m += 3 * WIDTH * 2 * WIDTH) {
    NAME(join_group)(0, v, d, block, tiles, m);
    NAME(join_group)(TILE_GROUP, v, d, block, tiles, m);
    NAME(join_group)(2 * TILE_GROUP, v, d, block, tiles, m);
    NAME(join_group)(3 * TILE_GROUP, v, d, block, tiles, m);
  }
  if (left == WIDTH) {
    NAME(join_half)(0, v, d, block, tiles, m);
    NAME(join_half)(WIDTH / 2, v, d, block, tiles, m);
  } else if (left == 2 * WIDTH) {
    NAME(join_group)(0, v, d, block, tiles, m);
    NAME(join_group)(TILE_GROUP, v, d, block, tiles, m);
    NAME(join_half)(2 * TILE_GROUP, v, d, block, tiles, m);
  }
}

// --- Convolution and its gradient

// What tiles first..<last become, for each of a tile's inputs, `slab` from one to the next: the tiles, `tile` from one to the next, in
// blocks of channels, `block` from one to the next.
INLINE void NAME(transform_tiles)(
    const caffe_winograd *g, int rows, int columns, const float *x, float *v, long tile, long block, long slab, long first,
    long last) {
  const tiling tiles = tiling_of(g);
  const picture images = {g->height, g->width, g->image_stride};
  const long plane = (long)g->height * g->width * WIDTH;
  float copy[MOST_INPUTS * MOST_INPUTS * WIDTH];
  for (long t = first; t < last; t++) {
    const position p = position_of(&tiles, t);
    for (int c = 0; c < g->in_channels; c += WIDTH) {
      long pitch;
      const float *from = patch(
          g, &tiles, &p, &images, x + c / WIDTH * plane, p.y - g->padding_h, p.x - g->padding_w, rows, columns,
          WIDTH, copy, &pitch);
      NAME(transform_tile)(rows, columns, from, pitch, v + (t - first) * tile + c / WIDTH * block, slab);
    }
  }
}

// The same for what the gradients of outputs become.
INLINE void NAME(spread_tiles)(
    const caffe_winograd *g, int rows, int columns, int kernel, const float *dy, float *d, long tile, long block, long slab,
    long first, long last) {
  const tiling tiles = tiling_of(g);
  const picture images = {g->out_height, g->out_width, g->out_image_stride};
  const long plane = (long)g->out_height * g->out_width * WIDTH;
  float copy[MOST_INPUTS * MOST_INPUTS * WIDTH];
  for (long t = first; t < last; t++) {
    const position p = position_of(&tiles, t);
    for (int o = 0; o < g->out_channels; o += WIDTH) {
      long pitch;
      const float *from = patch(
          g, &tiles, &p, &images, dy + o / WIDTH * plane, p.y, p.x, rows - kernel + 1, columns - kernel + 1, WIDTH,
          copy, &pitch);
      NAME(spread_tile)(rows, columns, kernel, from, pitch, d + (t - first) * tile + o / WIDTH * block, slab);
    }
  }
}

INLINE void NAME(convolve)(
    const caffe_winograd *g, int rows, int columns, int kernel, const float *x, const float *u, const float *bias,
    const float *addend, float *y, float *scratch, long first, long last) {
  const tiling all = tiling_of(g);
  const int channels = g->in_channels, inputs = rows * columns;
  const long tiles = last - first, padded = (tiles + TILE_GROUP - 1) / TILE_GROUP * TILE_GROUP;
  // A little more than the channels, so that rows don't all fall on the same places of the cache.
  const long row = channels + 16, slab = apart(padded * row), out_slab = apart(padded * 2 * WIDTH);
  const long step = weight_step(g, WIDTH);
  const long out_plane = (long)g->out_height * g->out_width * WIDTH;
  float *v = scratch, *m = scratch + inputs * slab;
  NAME(transform_tiles)(g, rows, columns, x, v, row, WIDTH, slab, first, last);
  for (int o = 0; o < g->out_channels; o += 2 * WIDTH) {
    const float *panel = u + o / (2 * WIDTH) * inputs * step;
    for (int k = 0; k < inputs; k++) {
      for (long t = 0; t < padded; t += TILE_GROUP) {
        NAME(multiply_tiles)(
            v + k * slab + t * row, row, panel + k * step, channels, m + k * out_slab + t * 2 * WIDTH);
      }
    }
    for (long t = first; t < last; t++) {
      long places[MOST_INPUTS * MOST_INPUTS];
      places_of(g, &all, WIDTH, t, places);
      for (int channel = o; channel < o + 2 * WIDTH; channel += WIDTH) {
        const long at = channel / WIDTH * out_plane;
        NAME(finish_tile)(
            g, rows, columns, kernel, m + (t - first) * 2 * WIDTH + channel - o, out_slab, bias ? bias + channel : NULL,
            addend ? addend + at : NULL, y + at, places);
      }
    }
  }
}

INLINE void NAME(gradient)(
    const caffe_winograd *g, int rows, int columns, int kernel, const float *x, const float *dy, float *sums, float *scratch,
    long first, long last) {
  const int channels = g->in_channels, out_channels = g->out_channels, inputs = rows * columns;
  const long tiles = last - first, block = tiles * WIDTH, step = sum_step(g);
  const long slab = apart(tiles * channels), out_slab = apart(tiles * out_channels);
  float *v = scratch, *d = scratch + inputs * slab;
  NAME(transform_tiles)(g, rows, columns, x, v, WIDTH, block, slab, first, last);
  NAME(spread_tiles)(g, rows, columns, kernel, dy, d, WIDTH, block, out_slab, first, last);
  for (int k = 0; k < inputs; k++) {
    for (int o = 0; o < out_channels; o += 2 * WIDTH) {
      NAME(join_tiles)(
          v + k * slab, d + k * out_slab + o * tiles, block, channels, tiles, sums + k * step + (long)o * channels);
    }
  }
}

// --- What is called from outside, with tiles and kernels of each size compiled by themselves.

#define BY_TILE(call, ...) \
  if (g->tile_h == 4) { \
    call(g, 4, 4, 3, __VA_ARGS__); \
  } else if (g->kernel == 3) { \
    call(g, 6, 6, 3, __VA_ARGS__); \
  } else if (g->tile_w == 6) { \
    call(g, 6, 6, 5, __VA_ARGS__); \
  } else { \
    call(g, 6, 7, 5, __VA_ARGS__); \
  }

MULTIVERSION void NAME(caffe_winograd_weights)(
    const caffe_winograd *g, const float *w, float *u, bool turned, int first, int last) {
  BY_TILE(NAME(weights), w, u, turned, first, last)
}

MULTIVERSION void NAME(caffe_winograd_convolve)(
    const caffe_winograd *g, const float *x, const float *u, const float *bias, const float *addend, float *y,
    float *scratch, long first, long last) {
  BY_TILE(NAME(convolve), x, u, bias, addend, y, scratch, first, last)
}

MULTIVERSION void NAME(caffe_winograd_gradient)(
    const caffe_winograd *g, const float *x, const float *dy, float *sums, float *scratch, long first, long last) {
  BY_TILE(NAME(gradient), x, dy, sums, scratch, first, last)
}

MULTIVERSION void NAME(caffe_winograd_add_gradient)(
    const caffe_winograd *g, const float *sums, float *dw, int first, int last) {
  BY_TILE(NAME(add_gradient), sums, dw, first, last)
}
#undef BY_TILE
