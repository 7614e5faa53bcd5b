// The functions of NVIDIA's run-time compiler, libnvrtc, that we call.
//
// Our own declarations; facts from the NVRTC documentation, version 13.
#ifndef CAFFE_CCUDA_NVRTC_H
#define CAFFE_CCUDA_NVRTC_H

#include "tables.h"

typedef struct caffe_nvrtc_program_state *caffe_nvrtc_program;

#define CAFFE_NVRTC_FUNCTIONS(FUNCTION) \
  FUNCTION(version, "nvrtcVersion", (int *major, int *minor)) \
  FUNCTION(createProgram, "nvrtcCreateProgram", \
           (caffe_nvrtc_program *program, const char *source, const char *name, int headerCount, \
            const char *const *headers, const char *const *headerNames)) \
  FUNCTION(destroyProgram, "nvrtcDestroyProgram", (caffe_nvrtc_program *program)) \
  FUNCTION(compileProgram, "nvrtcCompileProgram", \
           (caffe_nvrtc_program program, int optionCount, const char *const *options)) \
  FUNCTION(getCubinSize, "nvrtcGetCUBINSize", (caffe_nvrtc_program program, size_t *bytes)) \
  FUNCTION(getCubin, "nvrtcGetCUBIN", (caffe_nvrtc_program program, char *image)) \
  FUNCTION(getLogSize, "nvrtcGetProgramLogSize", (caffe_nvrtc_program program, size_t *bytes)) \
  FUNCTION(getLog, "nvrtcGetProgramLog", (caffe_nvrtc_program program, char *text))

typedef struct {
  CAFFE_NVRTC_FUNCTIONS(CAFFE_FIELD)
} caffe_nvrtc_table;

// Fills `table` from an open libnvrtc; gives the name of the first function that isn't there.
const char *caffe_nvrtc_load(void *library, caffe_nvrtc_table *table);

#endif
