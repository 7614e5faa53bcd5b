#include "caffe_store.h"
#include <stdlib.h>
#include <string.h>

// One for each thread; the texts are in `storage`, which is only ever replaced as a whole.
static _Thread_local caffe_error last = {CAFFE_OK, "", NULL, NULL, 0, 0};
static _Thread_local char *storage = NULL;

static size_t size_of(const char *text) { return text ? strlen(text) + 1 : 0; }

static char *append(char **place, const char *text) {
  if (!text) return NULL;
  char *start = *place;
  memcpy(start, text, size_of(text));
  *place += size_of(text);
  return start;
}

void caffe_store_error(
    caffe_status code, const char *message, const char *layer, const char *file, int64_t line, int64_t column) {
  if (!message) message = "";
  char *fresh = malloc(size_of(message) + size_of(layer) + size_of(file));
  caffe_error error = {code, "no memory is left to say what happened", NULL, NULL, line, column};
  if (fresh) {
    char *place = fresh;
    error.message = append(&place, message);
    error.layer = append(&place, layer);
    error.file = append(&place, file);
  }
  // The old texts may be what the new ones were copied from.
  free(storage);
  storage = fresh;
  last = error;
}

void caffe_last_error(caffe_error *error) {
  if (error) *error = last;
}

void caffe_set_error(caffe_status code, const char *message) { caffe_store_error(code, message, NULL, NULL, 0, 0); }

void caffe_string_free(char *text) { free(text); }

const char *caffe_status_name(caffe_status status) {
  static const char *const names[] = {
      "ok",          "syntax",    "field", "graph",  "shape",    "value",    "file", "corrupt",
      "unsupported", "nonFinite", "flag",  "handle", "argument", "callback", "other"};
  return status >= 0 && status < (caffe_status)(sizeof names / sizeof *names) ? names[status] : "unknown";
}
