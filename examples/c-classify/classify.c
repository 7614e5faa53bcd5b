/*
 * Says what is in a picture: the C interface of Caffe from beginning to end.
 *
 *   classify net.prototxt weights.caffemodel picture.ppm [labels.txt] [blue,green,red]
 *
 * The picture is a binary PPM (P6) or PGM (P5), as `convert picture.jpg picture.ppm` makes them. It is brought to the size of the net's
 * input, made BGR for a net of three channels, and the mean of each channel, if given, is subtracted.
 */
#include <caffe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  int64_t width, height, channels;
  unsigned char *pixels; /* row by row, a pixel's channels side by side */
} picture;

static int complain(const char *what) {
  fprintf(stderr, "classify: %s\n", what);
  return 1;
}

/* Says what the library has to say of its last failure. */
static int report(void) {
  caffe_error error;
  caffe_last_error(&error);
  fprintf(stderr, "classify: ");
  if (error.file) fprintf(stderr, "%s: ", error.file);
  if (error.line) fprintf(stderr, "line %lld: ", (long long)error.line);
  if (error.layer) fprintf(stderr, "layer \"%s\": ", error.layer);
  fprintf(stderr, "%s (%s)\n", error.message, caffe_status_name(error.code));
  return 1;
}

/* The next number of a PPM's head; comments begin with #. */
static long number(FILE *file) {
  int c = fgetc(file);
  while (c == '#' || c == ' ' || c == '\n' || c == '\r' || c == '\t') {
    if (c == '#') {
      while (c != '\n' && c != EOF) c = fgetc(file);
    } else {
      c = fgetc(file);
    }
  }
  long value = -1;
  for (; c >= '0' && c <= '9' && value < 1000000; c = fgetc(file)) value = (value < 0 ? 0 : value) * 10 + (c - '0');
  return value;
}

static int read_picture(const char *name, picture *image) {
  FILE *file = fopen(name, "rb");
  if (!file) return complain("the picture can't be opened");
  char kind[2] = {0, 0};
  int failed = fread(kind, 1, 2, file) != 2 || kind[0] != 'P' || (kind[1] != '5' && kind[1] != '6');
  image->channels = kind[1] == '6' ? 3 : 1;
  image->width = failed ? -1 : number(file);
  image->height = failed ? -1 : number(file);
  failed = failed || number(file) != 255 || image->width < 1 || image->height < 1;
  size_t size = failed ? 0 : (size_t)(image->width * image->height * image->channels);
  image->pixels = failed ? NULL : malloc(size);
  failed = failed || !image->pixels || fread(image->pixels, 1, size, file) != size;
  fclose(file);
  if (failed) {
    free(image->pixels);
    return complain("the picture is no whole binary PPM or PGM of 8 bits; make one by: convert picture.jpg picture.ppm");
  }
  return 0;
}

/* Fills one input of the net, channels × height × width, from the picture. */
static void fill(float *input, int64_t channels, int64_t height, int64_t width, const picture *image, const float *mean) {
  for (int64_t c = 0; c < channels; c++) {
    int64_t source = image->channels == 1 ? 0 : channels == 3 ? 2 - c : c % 3;
    for (int64_t y = 0; y < height; y++) {
      for (int64_t x = 0; x < width; x++) {
        int64_t row = y * image->height / height, column = x * image->width / width;
        unsigned char value = image->pixels[(row * image->width + column) * image->channels + source];
        input[(c * height + y) * width + x] = (float)value - mean[c < 3 ? c : 2];
      }
    }
  }
}

static void print_best(const float *scores, int64_t count, const char *labels) {
  char *is_printed = calloc((size_t)count, 1);
  for (int rank = 0; is_printed && rank < 5 && rank < count; rank++) {
    int64_t best = -1;
    for (int64_t i = 0; i < count; i++) {
      if (!is_printed[i] && (best < 0 || scores[i] > scores[best])) best = i;
    }
    is_printed[best] = 1;
    char line[256] = "";
    FILE *file = labels ? fopen(labels, "r") : NULL;
    for (int64_t i = 0; file && i <= best && fgets(line, sizeof line, file); i++) {}
    if (file) fclose(file);
    line[strcspn(line, "\r\n")] = 0;
    printf("%.4f  %lld  %s\n", scores[best], (long long)best, line);
  }
  free(is_printed);
}

static int classify(caffe_net_t net, const picture *image, const char *labels, const float *mean) {
  int64_t input, output, inputs, outputs, shape[4], axes;
  if (caffe_net_indices(net, CAFFE_INPUTS, 0, &input, 1, &inputs)) return report();
  if (caffe_net_indices(net, CAFFE_OUTPUTS, 0, &output, 1, &outputs)) return report();
  if (inputs != 1 || outputs != 1) return complain("the net needs one input and one output; give a deploy.prototxt");

  caffe_blob_t data = NULL, scores = NULL;
  caffe_view_t view = NULL;
  float *values;
  int64_t count;
  int status = 0;
  if (caffe_net_blob(net, input, &data) || caffe_blob_shape(data, shape, 4, &axes)) {
    status = report();
  } else if (axes != 4) {
    status = complain("the net's input needs four axes: batch, channels, height, width");
  } else {
    /* One picture is enough. */
    shape[0] = 1;
    if (caffe_blob_reshape(data, shape, 4) || caffe_blob_view(data, CAFFE_DATA, &view, &values, &count)) {
      status = report();
    } else {
      fill(values, shape[1], shape[2], shape[3], image, mean);
      caffe_view_free(view);
      if (caffe_net_forward(net, 0, -1, NULL) || caffe_net_blob(net, output, &scores)
          || caffe_blob_view(scores, CAFFE_DATA, &view, &values, &count)) {
        status = report();
      } else {
        print_best(values, count, labels);
        caffe_view_free(view);
      }
    }
  }
  caffe_blob_free(scores);
  caffe_blob_free(data);
  return status;
}

int main(int count, char **words) {
  if (count < 4 || count > 6) {
    return complain("usage: classify net.prototxt weights.caffemodel picture.ppm [labels.txt] [blue,green,red]");
  }
  float mean[3] = {0, 0, 0};
  if (count > 5 && sscanf(words[5], "%f,%f,%f", &mean[0], &mean[1], &mean[2]) != 3) {
    return complain("the mean is three numbers with commas between: 104,117,123");
  }
  picture image;
  if (read_picture(words[3], &image)) return 1;
  caffe_net_t net = NULL;
  int status = 1;
  if (caffe_net_open(words[1], CAFFE_TEST, 0, NULL, 0, &net) || caffe_net_load(net, words[2])) {
    report();
  } else {
    status = classify(net, &image, count > 4 && words[4][0] ? words[4] : NULL, mean);
  }
  caffe_net_free(net);
  free(image.pixels);
  return status;
}
