// Points and scales of convolution in tiles; see winograd.c.
#pragma once
#include "CKernels.h"
#include "vectors.h"

enum { MOST_INPUTS = 7 };

// Besides 0 and infinity there are one or two pairs of points, ±NEAR and ±FAR, and of an odd number of inputs a LONE one. How many inputs
// there are is known where these are compiled.
#define NEAR(inputs) ((inputs) == 4 ? 1 : (inputs) == 6 ? 0.75f : 0.875f)
#define FAR(inputs) ((inputs) == 6 ? 1.5f : 1.75f)
#define LONE 0.375f

// What the values of a kernel are multiplied with at the points: one over the product of the distances to all others.
#define ZERO_SCALE(inputs) (NEAR(inputs) * NEAR(inputs) * FAR(inputs) * FAR(inputs))
#define NEAR_SCALE(inputs) (2 * NEAR(inputs) * NEAR(inputs) * (NEAR(inputs) * NEAR(inputs) - FAR(inputs) * FAR(inputs)))
#define FAR_SCALE(inputs) (2 * FAR(inputs) * FAR(inputs) * (FAR(inputs) * FAR(inputs) - NEAR(inputs) * NEAR(inputs)))
static const float scales_of_four[4] = {-1, 0.5f, 0.5f, 1};
static const float scales_of_six[6] = {
    1 / ZERO_SCALE(6), 1 / NEAR_SCALE(6), 1 / NEAR_SCALE(6), 1 / FAR_SCALE(6), 1 / FAR_SCALE(6), 1};
static const float scales_of_seven[7] = {
    1 / (ZERO_SCALE(7) * -LONE),
    1 / (NEAR_SCALE(7) * (NEAR(7) - LONE)),
    1 / (NEAR_SCALE(7) * (-NEAR(7) - LONE)),
    1 / (FAR_SCALE(7) * (FAR(7) - LONE)),
    1 / (FAR_SCALE(7) * (-FAR(7) - LONE)),
    1 / (LONE * (LONE * LONE - NEAR(7) * NEAR(7)) * (LONE * LONE - FAR(7) * FAR(7))),
    1};

static inline const float *scales_of(int inputs) {
  return inputs == 4 ? scales_of_four : inputs == 6 ? scales_of_six : scales_of_seven;
}

// An odd number of lines of the cache: what lies so far apart falls on places of their own.
static inline long apart(long floats) { return ((floats + 15) / 16 | 1) * 16; }

// How the outputs of a sheet are cut into tiles. A sheet is joined * joined images side by side, a row and a column of which begin every
// `pitch_h` and `pitch_w` places: between them lies the padding, which two neighbours share, and where there are no outputs. So tiles that
// reach over the border of an image go on in the next.
typedef struct { int outputs_h, outputs_w, down, along, pitch_h, pitch_w; } tiling;

static inline tiling tiling_of(const caffe_winograd *g) {
  const int outputs_h = g->tile_h - g->kernel + 1, outputs_w = g->tile_w - g->kernel + 1;
  const int pitch_h = g->height + g->padding_h, pitch_w = g->width + g->padding_w;
  const int height = (g->joined - 1) * pitch_h + g->out_height, width = (g->joined - 1) * pitch_w + g->out_width;
  return (tiling){
      outputs_h, outputs_w, (height + outputs_h - 1) / outputs_h, (width + outputs_w - 1) / outputs_w, pitch_h, pitch_w};
}

// Where the outputs of a tile begin: at (y, x) of the image at (row, column) of a sheet.
typedef struct { long sheet; int row, column, y, x; } position;

static inline position position_of(const tiling *t, long tile) {
  const long place = tile % ((long)t->down * t->along);
  const int y = (int)(place / t->along) * t->outputs_h, x = (int)(place % t->along) * t->outputs_w;
  return (position){tile / ((long)t->down * t->along), y / t->pitch_h, x / t->pitch_w, y % t->pitch_h, x % t->pitch_w};
}

// The image so many rows and columns further in the sheet; -1 where there is none.
static inline long image_at(const caffe_winograd *g, const position *p, int down, int right) {
  if (p->row + down >= g->joined || p->column + right >= g->joined) return -1;
  const long image = (p->sheet * g->joined + p->row + down) * g->joined + p->column + right;
  return image < g->images ? image : -1;
}

// Copies what a rectangle from (y, x) on has in common with a plane, whose places are `lanes` floats.
INLINE void copy_common(
    const float *plane, int height, int width, int y, int x, int rows, int columns, int lanes, float *to) {
  const int top = y < 0 ? -y : 0, bottom = y + rows > height ? height - y : rows;
  const int left = x < 0 ? -x : 0, right = x + columns > width ? width - x : columns;
  for (int i = top; i < bottom; i++) {
    for (int j = left; j < right; j++) {
      const float *from = plane + ((long)(y + i) * width + x + j) * lanes;
      memcpy(to + (i * columns + j) * lanes, from, (size_t)lanes * sizeof(float));
    }
  }
}

// A square, with zeros where there is no plane.
INLINE void cut_out(const float *plane, int height, int width, int y, int x, int side, int lanes, float *to) {
  memset(to, 0, (size_t)(side * side * lanes) * sizeof(float));
  copy_common(plane, height, width, y, x, side, side, lanes, to);
}

// Images of one kind, a plane of them at a time.
typedef struct { int height, width; long stride; } picture;

// A rectangle of a sheet that begins at (y, x) of the image of position p: where it lies, or a copy where it lies in no one image.
INLINE const float *patch(
    const caffe_winograd *g, const tiling *t, const position *p, const picture *images, const float *planes, int y, int x,
    int rows, int columns, int lanes, float *copy, long *pitch) {
  const long first = image_at(g, p, 0, 0);
  if (first >= 0 && y >= 0 && x >= 0 && y + rows <= images->height && x + columns <= images->width) {
    *pitch = (long)images->width * lanes;
    return planes + first * images->stride + (y * (long)images->width + x) * lanes;
  }
  memset(copy, 0, (size_t)(rows * columns * lanes) * sizeof(float));
  for (int down = 0; down * t->pitch_h < y + rows; down++) {
    for (int right = 0; right * t->pitch_w < x + columns; right++) {
      const long image = image_at(g, p, down, right);
      if (image < 0) continue;
      copy_common(
          planes + image * images->stride, images->height, images->width, y - down * t->pitch_h, x - right * t->pitch_w,
          rows, columns, lanes, copy);
    }
  }
  *pitch = columns * lanes;
  return copy;
}

// Where the outputs of a tile lie, from the first image's plane on; -1 between images and beyond them.
INLINE void places_of(const caffe_winograd *g, const tiling *t, int lanes, long tile, long *places) {
  const position p = position_of(t, tile);
  for (int i = 0; i < t->outputs_h; i++) {
    const int down = (p.y + i) / t->pitch_h, y = (p.y + i) % t->pitch_h;
    for (int j = 0; j < t->outputs_w; j++, places++) {
      const int right = (p.x + j) / t->pitch_w, x = (p.x + j) % t->pitch_w;
      const long image = image_at(g, &p, down, right);
      const bool lies = image >= 0 && y < g->out_height && x < g->out_width;
      *places = lies ? image * g->out_image_stride + ((long)y * g->out_width + x) * lanes : -1;
    }
  }
}
