#ifndef CAFFE_CCUDA_H
#define CAFFE_CCUDA_H

#include "cublas.h"
#include "cuda.h"
#include "cudnn.h"
#include "geometry.h"
#include "kernels.h"
#include "nccl.h"
#include "nvrtc.h"
#include "tables.h"

#endif
