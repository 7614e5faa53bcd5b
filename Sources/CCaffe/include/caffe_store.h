// What libcaffe's own code needs beside caffe.h; no part of the interface.
#ifndef CAFFE_STORE_H
#define CAFFE_STORE_H

#include "caffe.h"

// Keeps what caffe_last_error gives in this thread, copied; `layer` and `file` may be NULL.
void caffe_store_error(
    caffe_status code, const char *message, const char *layer, const char *file, int64_t line, int64_t column);

// The name and the address of each function of caffe.h; NULL and 0 after the last.
const char *caffe_function_name(int64_t index);
uintptr_t caffe_function_address(int64_t index);

#endif
