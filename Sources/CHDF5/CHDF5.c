#include "CHDF5.h"

#include <stdio.h>
#include <string.h>

// Debian keeps the serial build's header in a folder of its own.
#if __has_include(<hdf5/serial/hdf5.h>)
#include <hdf5/serial/hdf5.h>
#else
#include <hdf5.h>
#endif

// Every call of the library forgets the last error, so it is kept at once.
static char last_error[512];

static int64_t copy_text(const char *text, size_t length, char *buffer, size_t size) {
  if (size > 0) {
    size_t copied = length < size ? length : size - 1;
    memcpy(buffer, text, copied);
    buffer[copied] = 0;
  }
  return (int64_t)length;
}

// The first entry from below is the cause; the ones above it only say who called.
static herr_t keep_first(unsigned index, const H5E_error2_t *error, void *unused) {
  (void)unused;
  if (index == 0 && error->desc != NULL) copy_text(error->desc, strlen(error->desc), last_error, sizeof last_error);
  return 0;
}

// Passes a result on, keeping the reason if it is a failure.
static int64_t checked(int64_t result) {
  if (result < 0) {
    last_error[0] = 0;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, NULL);
  }
  return result;
}

void caffe_h5_error(char *buffer, size_t size) { copy_text(last_error, strlen(last_error), buffer, size); }

// Called before anything else of the library. It prints every error unless told not to; and at the program's end it writes again
// what couldn't be written before, and crashes over it, unless told not to: what is open is closed by its owners.
static void be_quiet(void) {
  static int is_told;
  if (!is_told) H5dont_atexit();
  is_told = 1;
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

caffe_h5_handle caffe_h5_open(const char *path) {
  be_quiet();
  hid_t access = checked(H5Pcreate(H5P_FILE_ACCESS));
  if (access < 0) return -1;
#if H5_VERSION_GE(1, 10, 7)
  // Reading needs no lock, and some network file systems have none.
  H5Pset_file_locking(access, 0, 1);
#endif
  hid_t file = checked(H5Fopen(path, H5F_ACC_RDONLY, access));
  H5Pclose(access);
  return file;
}

caffe_h5_handle caffe_h5_create(void) {
  be_quiet();
  hid_t access = checked(H5Pcreate(H5P_FILE_ACCESS));
  if (access < 0) return -1;
  hid_t file = -1;
  if (checked(H5Pset_fapl_core(access, 1 << 22, 0)) >= 0) {
    // Files in memory are told apart by their names.
    static unsigned long long count;
    char name[40];
    snprintf(name, sizeof name, "memory %llu", ++count);
    file = checked(H5Fcreate(name, H5F_ACC_TRUNC, H5P_DEFAULT, access));
  }
  H5Pclose(access);
  return file;
}

int64_t caffe_h5_image(caffe_h5_handle file, void *buffer, size_t size) {
  if (checked(H5Fflush(file, H5F_SCOPE_GLOBAL)) < 0) return -1;
  return checked(H5Fget_file_image(file, buffer, size));
}

int64_t caffe_h5_close(caffe_h5_handle handle) { return checked(H5Idec_ref(handle)); }

int64_t caffe_h5_exists(caffe_h5_handle parent, const char *name) {
  int64_t link = checked(H5Lexists(parent, name, H5P_DEFAULT));
  return link > 0 ? checked(H5Oexists_by_name(parent, name, H5P_DEFAULT)) : link;
}

caffe_h5_handle caffe_h5_open_group(caffe_h5_handle parent, const char *name) {
  return checked(H5Gopen2(parent, name, H5P_DEFAULT));
}

caffe_h5_handle caffe_h5_create_group(caffe_h5_handle parent, const char *name) {
  return checked(H5Gcreate2(parent, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
}

int64_t caffe_h5_link(caffe_h5_handle parent, const char *target, const char *name) {
  return checked(H5Lcreate_hard(parent, target, parent, name, H5P_DEFAULT, H5P_DEFAULT));
}

int64_t caffe_h5_count(caffe_h5_handle group) {
  H5G_info_t info;
  return checked(H5Gget_info(group, &info)) < 0 ? -1 : (int64_t)info.nlinks;
}

int64_t caffe_h5_name(caffe_h5_handle group, uint64_t index, char *buffer, size_t size) {
  return checked(H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, index, buffer, size, H5P_DEFAULT));
}

caffe_h5_handle caffe_h5_open_dataset(caffe_h5_handle parent, const char *name) {
  return checked(H5Dopen2(parent, name, H5P_DEFAULT));
}

static caffe_h5_kind kind_of(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_FLOAT: return CAFFE_H5_KIND_FLOAT;
    case H5T_INTEGER: return CAFFE_H5_KIND_INTEGER;
    case H5T_STRING: return CAFFE_H5_KIND_STRING;
    default: return CAFFE_H5_KIND_OTHER;
  }
}

int64_t caffe_h5_describe(caffe_h5_handle dataset, caffe_h5_description *description) {
  int64_t status = -1;
  hid_t type = checked(H5Dget_type(dataset));
  hid_t space = checked(H5Dget_space(dataset));
  hsize_t extents[H5S_MAX_RANK];
  if (type >= 0 && space >= 0) {
    int64_t rank = checked(H5Sget_simple_extent_ndims(space));
    if (rank >= 0 && rank <= CAFFE_H5_MAXIMUM_RANK && checked(H5Sget_simple_extent_dims(space, extents, NULL)) >= 0) {
      description->kind = kind_of(type);
      description->rank = (int32_t)rank;
      description->element_size = H5Tget_size(type);
      for (int64_t axis = 0; axis < rank; ++axis) description->extents[axis] = extents[axis];
      status = 0;
    }
  }
  if (space >= 0) H5Sclose(space);
  if (type >= 0) H5Tclose(type);
  return status;
}

int64_t caffe_h5_read_floats(caffe_h5_handle dataset, float *values) {
  return checked(H5Dread(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
}

static int64_t read_block(hid_t dataset, hid_t space, int rank, const hsize_t *start, const hsize_t *block, float *values) {
  if (checked(H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, block, NULL)) < 0) return -1;
  hid_t wanted = checked(H5Screate_simple(rank, block, NULL));
  if (wanted < 0) return -1;
  int64_t status = checked(H5Dread(dataset, H5T_NATIVE_FLOAT, wanted, space, H5P_DEFAULT, values));
  H5Sclose(wanted);
  return status;
}

int64_t caffe_h5_read_rows(caffe_h5_handle dataset, uint64_t start, uint64_t rows, float *values) {
  caffe_h5_description description;
  if (caffe_h5_describe(dataset, &description) < 0 || description.rank < 1) return -1;
  hsize_t first[H5S_MAX_RANK] = {start}, block[H5S_MAX_RANK] = {rows};
  for (int axis = 1; axis < description.rank; ++axis) block[axis] = description.extents[axis];
  hid_t space = checked(H5Dget_space(dataset));
  if (space < 0) return -1;
  int64_t status = read_block(dataset, space, description.rank, first, block, values);
  H5Sclose(space);
  return status;
}

int64_t caffe_h5_read_integers(caffe_h5_handle dataset, int64_t *values) {
  return checked(H5Dread(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
}

static int64_t read_variable(caffe_h5_handle dataset, hid_t type, char *buffer, size_t size) {
  char *text = NULL;
  if (checked(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, &text)) < 0) return -1;
  int64_t length = text == NULL ? copy_text("", 0, buffer, size) : copy_text(text, strlen(text), buffer, size);
  H5free_memory(text);
  return length;
}

static int64_t read_fixed(caffe_h5_handle dataset, hid_t type, char *buffer, size_t size) {
  size_t length = H5Tget_size(type);
  char *text = length == 0 || length > (1u << 20) ? NULL : H5allocate_memory(length, 1);
  if (text == NULL) return -1;
  int64_t result = -1;
  if (checked(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text)) >= 0) {
    const char *end = memchr(text, 0, length);
    result = copy_text(text, end == NULL ? length : (size_t)(end - text), buffer, size);
  }
  H5free_memory(text);
  return result;
}

int64_t caffe_h5_read_string(caffe_h5_handle dataset, char *buffer, size_t size) {
  hid_t type = checked(H5Dget_type(dataset));
  if (type < 0) return -1;
  int64_t result = H5Tis_variable_str(type) > 0 ? read_variable(dataset, type, buffer, size)
                                                : read_fixed(dataset, type, buffer, size);
  H5Tclose(type);
  return result;
}

// How datasets are made: without the time of their making, so that the same values make the same file, bit for bit.
static hid_t plan_of_dataset(void) {
  hid_t plan = checked(H5Pcreate(H5P_DATASET_CREATE));
  if (plan >= 0 && checked(H5Pset_obj_track_times(plan, 0)) < 0) {
    H5Pclose(plan);
    return -1;
  }
  return plan;
}

static int64_t write_values(
    hid_t parent, const char *name, int32_t rank, const uint64_t *extents, hid_t stored, hid_t given,
    const void *values) {
  hsize_t sizes[H5S_MAX_RANK];
  if (rank < 0 || rank > H5S_MAX_RANK) return -1;
  for (int axis = 0; axis < rank; ++axis) sizes[axis] = extents[axis];
  hid_t space = checked(rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(rank, sizes, NULL));
  if (space < 0) return -1;
  hid_t plan = plan_of_dataset();
  hid_t dataset = plan < 0 ? plan : checked(H5Dcreate2(parent, name, stored, space, H5P_DEFAULT, plan, H5P_DEFAULT));
  if (plan >= 0) H5Pclose(plan);
  int64_t status = -1;
  if (dataset >= 0) {
    status = checked(H5Dwrite(dataset, given, H5S_ALL, H5S_ALL, H5P_DEFAULT, values));
    H5Dclose(dataset);
  }
  H5Sclose(space);
  return status;
}

int64_t caffe_h5_write_floats(
    caffe_h5_handle parent, const char *name, int32_t rank, const uint64_t *extents, const float *values) {
  return write_values(parent, name, rank, extents, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, values);
}

int64_t caffe_h5_write_doubles(
    caffe_h5_handle parent, const char *name, int32_t rank, const uint64_t *extents, const double *values) {
  return write_values(parent, name, rank, extents, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values);
}

int64_t caffe_h5_write_integers(
    caffe_h5_handle parent, const char *name, int32_t rank, const uint64_t *extents, const int32_t *values) {
  return write_values(parent, name, rank, extents, H5T_STD_I32LE, H5T_NATIVE_INT32, values);
}

int64_t caffe_h5_write_string(caffe_h5_handle parent, const char *name, const char *text) {
  hid_t type = checked(H5Tcopy(H5T_C_S1));
  if (type < 0) return -1;
  int64_t status = -1;
  if (checked(H5Tset_size(type, strlen(text) + 1)) >= 0) {
    status = write_values(parent, name, 0, NULL, type, type, text);
  }
  H5Tclose(type);
  return status;
}

caffe_h5_handle caffe_h5_create_file(const char *path) {
  be_quiet();
  return checked(H5Fcreate(path, H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT));
}

// Rows of a piece of about 64 kB, by which such a dataset is stored.
static hsize_t rows_in_piece(int32_t row_rank, const uint64_t *row) {
  double size = sizeof(float);
  for (int axis = 0; axis < row_rank; ++axis) size *= (double)row[axis];
  double rows = (1 << 16) / size;
  return rows < 1 ? 1 : rows > 1024 ? 1024 : (hsize_t)rows;
}

caffe_h5_handle caffe_h5_create_growing(caffe_h5_handle parent, const char *name, int32_t row_rank, const uint64_t *row) {
  if (row_rank < 0 || row_rank >= H5S_MAX_RANK) return -1;
  hsize_t now[H5S_MAX_RANK] = {0}, later[H5S_MAX_RANK] = {H5S_UNLIMITED}, piece[H5S_MAX_RANK] = {rows_in_piece(row_rank, row)};
  for (int axis = 0; axis < row_rank; ++axis) now[axis + 1] = later[axis + 1] = piece[axis + 1] = row[axis];
  hid_t space = checked(H5Screate_simple(row_rank + 1, now, later));
  hid_t plan = plan_of_dataset();
  // A name with slashes makes the groups on its way.
  hid_t links = checked(H5Pcreate(H5P_LINK_CREATE));
  hid_t dataset = -1;
  if (links >= 0 && checked(H5Pset_create_intermediate_group(links, 1)) >= 0 && space >= 0 && plan >= 0 && checked(H5Pset_chunk(plan, row_rank + 1, piece)) >= 0)
    dataset = checked(H5Dcreate2(parent, name, H5T_IEEE_F32LE, space, links, plan, H5P_DEFAULT));
  if (links >= 0) H5Pclose(links);
  if (plan >= 0) H5Pclose(plan);
  if (space >= 0) H5Sclose(space);
  return dataset;
}

static int64_t write_rows(hid_t dataset, hid_t space, int rank, const hsize_t *start, const hsize_t *block, const float *values) {
  if (checked(H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, block, NULL)) < 0) return -1;
  hid_t given = checked(H5Screate_simple(rank, block, NULL));
  if (given < 0) return -1;
  int64_t status = checked(H5Dwrite(dataset, H5T_NATIVE_FLOAT, given, space, H5P_DEFAULT, values));
  H5Sclose(given);
  return status;
}

int64_t caffe_h5_append(caffe_h5_handle dataset, uint64_t count, uint64_t rows, const float *values) {
  caffe_h5_description description;
  if (caffe_h5_describe(dataset, &description) < 0) return -1;
  hsize_t all[H5S_MAX_RANK], start[H5S_MAX_RANK] = {count}, block[H5S_MAX_RANK];
  for (int axis = 0; axis < description.rank; ++axis) all[axis] = block[axis] = description.extents[axis];
  all[0] = count + rows;
  block[0] = rows;
  if (checked(H5Dset_extent(dataset, all)) < 0) return -1;
  hid_t space = checked(H5Dget_space(dataset));
  if (space < 0) return -1;
  int64_t status = write_rows(dataset, space, description.rank, start, block, values);
  H5Sclose(space);
  return status;
}
