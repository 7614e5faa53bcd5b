#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

// Text and colour profiles beside the picture may unpack to this many bytes.
enum { chunk_limit = 16 << 20 };

typedef struct {
  const uint8_t *bytes;
  size_t left;
  char *message;
} source_state;

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  source_state *source = png_get_io_ptr(png);
  if (count > source->left) png_error(png, "the file ends too early");
  memcpy(target, source->bytes, count);
  source->bytes += count;
  source->left -= count;
}

static void leave(png_structp png, png_const_charp text) {
  source_state *source = png_get_error_ptr(png);
  caffe_image_fail(source->message, text);
  png_longjmp(png, 1);
}

static void be_silent(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

// What `leave` jumps out of; `rows` lies here to be freed after the jump.
typedef struct {
  source_state source;
  png_structp png;
  png_infop details;
  png_bytep *rows;
} decoder;

static int start(decoder *state, const uint8_t *bytes, size_t count, char *message) {
  *state = (decoder){.source = {bytes, count, message}};
  state->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &state->source, leave, be_silent);
  if (state->png == NULL) return caffe_image_fail(message, "no decoder could be made");
  state->details = png_create_info_struct(state->png);
  if (state->details == NULL) return caffe_image_fail(message, "no decoder could be made");
  png_set_read_fn(state->png, &state->source, read_bytes);
  // The caller has its own limit on pixels.
  png_set_user_limits(state->png, 0x7fffffff, 0x7fffffff);
  png_set_chunk_malloc_max(state->png, chunk_limit);
  return 0;
}

static int finish(decoder *state, int status) {
  png_destroy_read_struct(&state->png, &state->details, NULL);
  free(state->rows);
  return status;
}

static void describe(decoder *state, caffe_image_info *info) {
  png_read_info(state->png, state->details);
  info->height = png_get_image_height(state->png, state->details);
  info->width = png_get_image_width(state->png, state->details);
  int color = png_get_color_type(state->png, state->details);
  info->channels = color == PNG_COLOR_TYPE_GRAY || color == PNG_COLOR_TYPE_GRAY_ALPHA ? 1 : 3;
}

int caffe_png_info(const uint8_t *bytes, size_t count, caffe_image_info *info, char *message) {
  decoder state;
  if (start(&state, bytes, count, message)) return finish(&state, 1);
  if (setjmp(png_jmpbuf(state.png))) return finish(&state, 1);
  describe(&state, info);
  return finish(&state, 0);
}

int caffe_png_decode(const uint8_t *bytes, size_t count, const caffe_image_info *info, uint8_t *pixels, char *message) {
  decoder state;
  if (start(&state, bytes, count, message)) return finish(&state, 1);
  if (setjmp(png_jmpbuf(state.png))) return finish(&state, 1);
  caffe_image_info found;
  describe(&state, &found);
  // No gamma: the numbers of the file are the pixels.
  png_set_expand(state.png);
  png_set_strip_16(state.png);
  png_set_strip_alpha(state.png);
  png_set_bgr(state.png);
  png_set_interlace_handling(state.png);
  png_read_update_info(state.png, state.details);
  size_t row_size = (size_t)info->width * (size_t)info->channels;
  if (found.height != info->height || png_get_rowbytes(state.png, state.details) != row_size)
    png_error(state.png, "its extents have changed");
  state.rows = malloc((size_t)info->height * sizeof *state.rows);
  if (state.rows == NULL) png_error(state.png, "out of memory");
  for (size_t row = 0; row < (size_t)info->height; row++) state.rows[row] = pixels + row * row_size;
  png_read_image(state.png, state.rows);
  png_read_end(state.png, NULL);
  return finish(&state, 0);
}

int caffe_png_encode(const uint8_t *pixels, const caffe_image_info *info, uint8_t **bytes, size_t *count, char *message) {
  png_image image = {0};
  image.version = PNG_IMAGE_VERSION;
  image.width = (png_uint_32)info->width;
  image.height = (png_uint_32)info->height;
  image.format = info->channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_BGR;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  uint8_t *memory = malloc(size);
  if (memory == NULL) return caffe_image_fail(message, "out of memory");
  if (!png_image_write_to_memory(&image, memory, &size, 0, pixels, 0, NULL)) {
    free(memory);
    return caffe_image_fail(message, image.message);
  }
  *bytes = memory;
  *count = size;
  return 0;
}

void caffe_image_free(uint8_t *bytes) { free(bytes); }
