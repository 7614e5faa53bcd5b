#pragma once
// The few operations on HDF5 files that we need, over libhdf5, whose own header hides types behind macros that Swift
// cannot see. Every function returns a negative number on failure; caffe_h5_error then says why. The library
// isn't thread-safe: one call at a time.
#include <stddef.h>
#include <stdint.h>

typedef int64_t caffe_h5_handle;

enum { CAFFE_H5_MAXIMUM_RANK = 32 };

typedef enum {
  CAFFE_H5_KIND_FLOAT = 0,
  CAFFE_H5_KIND_INTEGER = 1,
  CAFFE_H5_KIND_STRING = 2,
  CAFFE_H5_KIND_OTHER = 3
} caffe_h5_kind;

typedef struct {
  caffe_h5_kind kind;
  int32_t rank;
  uint64_t extents[CAFFE_H5_MAXIMUM_RANK];
  uint64_t element_size;
} caffe_h5_description;

// Opens a file for reading.
caffe_h5_handle caffe_h5_open(const char *path);
// Makes a file in memory.
caffe_h5_handle caffe_h5_create(void);
// Copies the bytes of a file in memory to `buffer`; returns their number. With NULL it only returns the number.
int64_t caffe_h5_image(caffe_h5_handle file, void *buffer, size_t size);
// Closes anything.
int64_t caffe_h5_close(caffe_h5_handle handle);

// 1 if `name` is there, 0 if not.
int64_t caffe_h5_exists(caffe_h5_handle parent, const char *name);
caffe_h5_handle caffe_h5_open_group(caffe_h5_handle parent, const char *name);
caffe_h5_handle caffe_h5_create_group(caffe_h5_handle parent, const char *name);
// Makes `name` another name of what `target`, a path from the root, names.
int64_t caffe_h5_link(caffe_h5_handle parent, const char *target, const char *name);
// The number of names in a group.
int64_t caffe_h5_count(caffe_h5_handle group);
// Copies the name at `index`, in order of the names, to `buffer`; returns its length, which may be over `size`.
int64_t caffe_h5_name(caffe_h5_handle group, uint64_t index, char *buffer, size_t size);

caffe_h5_handle caffe_h5_open_dataset(caffe_h5_handle parent, const char *name);
int64_t caffe_h5_describe(caffe_h5_handle dataset, caffe_h5_description *description);
// These convert from what the file has.
int64_t caffe_h5_read_floats(caffe_h5_handle dataset, float *values);
// The `rows` rows from `start` on alone.
int64_t caffe_h5_read_rows(caffe_h5_handle dataset, uint64_t start, uint64_t rows, float *values);
int64_t caffe_h5_read_integers(caffe_h5_handle dataset, int64_t *values);
// Copies a single string to `buffer`; returns its length, which may be over `size`.
int64_t caffe_h5_read_string(caffe_h5_handle dataset, char *buffer, size_t size);

int64_t caffe_h5_write_floats(
    caffe_h5_handle parent, const char *name, int32_t rank, const uint64_t *extents, const float *values);
int64_t caffe_h5_write_doubles(
    caffe_h5_handle parent, const char *name, int32_t rank, const uint64_t *extents, const double *values);
int64_t caffe_h5_write_integers(
    caffe_h5_handle parent, const char *name, int32_t rank, const uint64_t *extents, const int32_t *values);
int64_t caffe_h5_write_string(caffe_h5_handle parent, const char *name, const char *text);

// Copies the reason of the last failure to `buffer`.
void caffe_h5_error(char *buffer, size_t size);

// Makes a file on the disk, which must not be there.
caffe_h5_handle caffe_h5_create_file(const char *path);
// Makes a dataset of float32 without rows, to be added one after the other; a row has the extents `row`.
caffe_h5_handle caffe_h5_create_growing(caffe_h5_handle parent, const char *name, int32_t row_rank, const uint64_t *row);
// Adds rows behind the `count` that are there.
int64_t caffe_h5_append(caffe_h5_handle dataset, uint64_t count, uint64_t rows, const float *values);
