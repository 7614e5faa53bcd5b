#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
// jpeglib.h wants the two above first.
#include <jpeglib.h>
#include <jerror.h>

// A progressive picture of more scans than this is meant to keep a reader busy.
enum { scan_limit = 200 };

typedef struct {
  struct jpeg_error_mgr manager;
  jmp_buf escape;
  char *message;
} error_state;

static void leave(j_common_ptr codec) {
  error_state *state = (error_state *)codec->err;
  char text[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, text);
  caffe_image_fail(state->message, text);
  longjmp(state->escape, 1);
}

// Warnings about what surrounds the picture change no pixel. All others mean that some of it is missing or made up.
static int is_harmless(int code) {
  return code == JWRN_EXTRANEOUS_DATA || code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR || code == JWRN_NOT_SEQUENTIAL;
}

static void warn(j_common_ptr codec, int level) {
  if (level < 0 && !is_harmless(codec->err->msg_code)) leave(codec);
}

static void be_silent(j_common_ptr codec) { (void)codec; }

static struct jpeg_error_mgr *prepared(error_state *state, char *message) {
  jpeg_std_error(&state->manager);
  state->manager.error_exit = leave;
  state->manager.emit_message = warn;
  state->manager.output_message = be_silent;
  state->message = message;
  return &state->manager;
}

static void count_scans(j_common_ptr codec) {
  j_decompress_ptr decoder = (j_decompress_ptr)codec;
  if (codec->is_decompressor && decoder->input_scan_number > scan_limit) {
    error_state *state = (error_state *)codec->err;
    caffe_image_fail(state->message, "it has more than 200 scans");
    longjmp(state->escape, 1);
  }
}

static void read_header(struct jpeg_decompress_struct *decoder, const uint8_t *bytes, size_t count) {
  jpeg_create_decompress(decoder);
  jpeg_mem_src(decoder, bytes, count);
  jpeg_read_header(decoder, TRUE);
}

int caffe_jpeg_info(const uint8_t *bytes, size_t count, caffe_image_info *info, char *message) {
  struct jpeg_decompress_struct decoder = {0};
  error_state state;
  decoder.err = prepared(&state, message);
  if (setjmp(state.escape)) {
    jpeg_destroy_decompress(&decoder);
    return 1;
  }
  read_header(&decoder, bytes, count);
  info->height = decoder.image_height;
  info->width = decoder.image_width;
  info->channels = decoder.jpeg_color_space == JCS_GRAYSCALE ? 1 : 3;
  jpeg_destroy_decompress(&decoder);
  return 0;
}

// Ink to light. Adobe's programs, which nearly all such files come from, store it inverted.
static void convert_ink(const uint8_t *ink, uint8_t *bgr, size_t count, int is_inverted) {
  unsigned flip = is_inverted ? 0 : 255;
  for (size_t i = 0; i < count; i++, ink += 4, bgr += 3) {
    unsigned black = ink[3] ^ flip;
    for (int channel = 0; channel < 3; channel++) bgr[channel] = (uint8_t)(((ink[2 - channel] ^ flip) * black + 127) / 255);
  }
}

static void read_ink(struct jpeg_decompress_struct *decoder, const caffe_image_info *info, uint8_t *pixels) {
  size_t width = (size_t)info->width;
  j_common_ptr common = (j_common_ptr)decoder;
  // From the decoder's own pool, so that it goes with the decoder.
  uint8_t *ink = decoder->mem->alloc_large(common, JPOOL_IMAGE, width * 4);
  uint8_t *bgr = decoder->mem->alloc_large(common, JPOOL_IMAGE, width * 3);
  while (decoder->output_scanline < decoder->output_height) {
    uint8_t *row = pixels + (size_t)decoder->output_scanline * width * (size_t)info->channels;
    jpeg_read_scanlines(decoder, &ink, 1);
    convert_ink(ink, info->channels == 3 ? row : bgr, width, decoder->saw_Adobe_marker);
    if (info->channels == 1) caffe_image_gray(bgr, row, width);
  }
}

int caffe_jpeg_decode(const uint8_t *bytes, size_t count, const caffe_image_info *info, uint8_t *pixels, char *message) {
  struct jpeg_decompress_struct decoder = {0};
  struct jpeg_progress_mgr progress = {.progress_monitor = count_scans};
  error_state state;
  decoder.err = prepared(&state, message);
  if (setjmp(state.escape)) {
    jpeg_destroy_decompress(&decoder);
    return 1;
  }
  read_header(&decoder, bytes, count);
  decoder.progress = &progress;
  int is_ink = decoder.jpeg_color_space == JCS_CMYK || decoder.jpeg_color_space == JCS_YCCK;
  decoder.out_color_space = is_ink ? JCS_CMYK : info->channels == 1 ? JCS_GRAYSCALE : JCS_EXT_BGR;
  jpeg_start_decompress(&decoder);
  if (decoder.output_height != info->height || decoder.output_width != info->width) {
    jpeg_destroy_decompress(&decoder);
    return caffe_image_fail(message, "its extents have changed");
  }
  if (is_ink) read_ink(&decoder, info, pixels);
  while (decoder.output_scanline < decoder.output_height) {
    uint8_t *row = pixels + (size_t)decoder.output_scanline * (size_t)info->width * (size_t)info->channels;
    jpeg_read_scanlines(&decoder, &row, 1);
  }
  jpeg_destroy_decompress(&decoder);
  return 0;
}

int caffe_jpeg_encode(
    const uint8_t *pixels, const caffe_image_info *info, int quality, uint8_t **bytes, size_t *count, char *message) {
  struct jpeg_compress_struct encoder = {0};
  error_state state;
  // The library changes these two while it can still fail.
  unsigned char *volatile memory = NULL;
  unsigned long size = 0;
  encoder.err = prepared(&state, message);
  if (setjmp(state.escape)) {
    jpeg_destroy_compress(&encoder);
    free(memory);
    return 1;
  }
  jpeg_create_compress(&encoder);
  jpeg_mem_dest(&encoder, (unsigned char **)&memory, &size);
  encoder.image_width = (JDIMENSION)info->width;
  encoder.image_height = (JDIMENSION)info->height;
  encoder.input_components = info->channels;
  encoder.in_color_space = info->channels == 1 ? JCS_GRAYSCALE : JCS_EXT_BGR;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, quality, TRUE);
  jpeg_start_compress(&encoder, TRUE);
  while (encoder.next_scanline < encoder.image_height) {
    uint8_t *row = (uint8_t *)pixels + (size_t)encoder.next_scanline * (size_t)info->width * (size_t)info->channels;
    jpeg_write_scanlines(&encoder, &row, 1);
  }
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  *bytes = memory;
  *count = size;
  return 0;
}
