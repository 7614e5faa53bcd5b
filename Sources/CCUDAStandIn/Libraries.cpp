// libnvrtc's and libcublas' functions.
#include "CCUDAStandIn.h"
#include "Memory.h"
#include "Stream.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

struct caffe_nvrtc_program_state {
  std::string log;
};

struct caffe_cublas_state {
  caffe_cu_stream stream = nullptr;
  // What products have room in; whoever sets none has it taken in each graph that a product is part of.
  caffe_cu_address room = 0;
};

namespace {

int version(int *major, int *minor) {
  *major = 13;
  *minor = 0;
  return 0;
}

int createProgram(
    caffe_nvrtc_program *program, const char *, const char *, int, const char *const *, const char *const *) {
  *program = new caffe_nvrtc_program_state();
  return 0;
}

int destroyProgram(caffe_nvrtc_program *program) {
  delete *program;
  return 0;
}

int compileProgram(caffe_nvrtc_program, int, const char *const *) { return 0; }

const char image[] = "stand-in";

int getCubinSize(caffe_nvrtc_program, size_t *bytes) {
  *bytes = sizeof image;
  return 0;
}

int getCubin(caffe_nvrtc_program, char *target) {
  memcpy(target, image, sizeof image);
  return 0;
}

int getLogSize(caffe_nvrtc_program program, size_t *bytes) {
  *bytes = program->log.size() + 1;
  return 0;
}

int getLog(caffe_nvrtc_program program, char *text) {
  memcpy(text, program->log.c_str(), program->log.size() + 1);
  return 0;
}

int create(caffe_cublas *handle) {
  *handle = new caffe_cublas_state();
  return 0;
}

int destroy(caffe_cublas handle) {
  delete handle;
  return 0;
}

int getVersion(caffe_cublas, int *version) {
  *version = 130100;
  return 0;
}

int setStream(caffe_cublas handle, caffe_cu_stream stream) {
  handle->stream = stream;
  handle->room = 0;
  return 0;
}

int setWorkspace(caffe_cublas handle, caffe_cu_address room, size_t bytes) {
  if (room % 256 || !stand_in::isTaken(room, bytes)) return 7;
  handle->room = room;
  return 0;
}

int setMathMode(caffe_cublas, int) { return 0; }

const char *errorText(int status) { return status == 7 ? "the stand-in refuses this product" : "the stand-in's error"; }

struct Product {
  bool transposesA, transposesB;
  int rows, columns, inner;
  float alpha, beta;
  int strideA, strideB, strideC;
};

// Column-major: c[row + column * strideC].
void multiply(const Product &p, const float *a, const float *b, float *c) {
  // One column of A at a time, so that the innermost loop goes over neighbours.
  std::vector<float> packed((size_t)p.rows * p.inner);
  for (int k = 0; k < p.inner; k++) {
    for (int row = 0; row < p.rows; row++) {
      packed[(size_t)k * p.rows + row] = p.transposesA ? a[k + (size_t)row * p.strideA] : a[row + (size_t)k * p.strideA];
    }
  }
  std::vector<float> sums(p.rows);
  for (int column = 0; column < p.columns; column++) {
    std::fill(sums.begin(), sums.end(), 0.0f);
    for (int k = 0; k < p.inner; k++) {
      float factor = p.transposesB ? b[column + (size_t)k * p.strideB] : b[k + (size_t)column * p.strideB];
      const float *from = &packed[(size_t)k * p.rows];
      for (int row = 0; row < p.rows; row++) sums[row] += factor * from[row];
    }
    float *to = c + (size_t)column * p.strideC;
    for (int row = 0; row < p.rows; row++) {
      to[row] = p.beta == 0 ? p.alpha * sums[row] : p.alpha * sums[row] + p.beta * to[row];
    }
  }
}

bool isValid(const Product &p) {
  return p.rows >= 0 && p.columns >= 0 && p.inner >= 0 && p.strideC >= std::max(1, p.rows) &&
         p.strideA >= std::max(1, p.transposesA ? p.inner : p.rows) &&
         p.strideB >= std::max(1, p.transposesB ? p.columns : p.inner);
}

int sgemmStrided(
    caffe_cublas handle, int transposeA, int transposeB, int rows, int columns, int inner, const float *alpha,
    caffe_cu_address a, int strideA, long long stepA, caffe_cu_address b, int strideB, long long stepB,
    const float *beta, caffe_cu_address c, int strideC, long long stepC, int count) {
  Product p{transposeA != 0, transposeB != 0, rows, columns, inner, *alpha, *beta, strideA, strideB, strideC};
  if (!isValid(p) || !handle->stream || !handle->stream->isCurrent() || (handle->stream->isCapturing && !handle->room)) return 7;
  handle->stream->add([=] {
    for (int i = 0; i < count; i++) {
      multiply(p, (const float *)a + i * stepA, (const float *)b + i * stepB, (float *)c + i * stepC);
    }
  });
  return 0;
}

int sgemm(
    caffe_cublas handle, int transposeA, int transposeB, int rows, int columns, int inner, const float *alpha,
    caffe_cu_address a, int strideA, caffe_cu_address b, int strideB, const float *beta, caffe_cu_address c,
    int strideC) {
  return sgemmStrided(
      handle, transposeA, transposeB, rows, columns, inner, alpha, a, strideA, 0, b, strideB, 0, beta, c, strideC, 0,
      1);
}

}  // namespace

#define ENTRY(field, symbol, parameters) field,
void caffe_stand_in_nvrtc(caffe_nvrtc_table *table) { *table = {CAFFE_NVRTC_FUNCTIONS(ENTRY)}; }
void caffe_stand_in_cublas(caffe_cublas_table *table) { *table = {CAFFE_CUBLAS_FUNCTIONS(ENTRY) errorText}; }
