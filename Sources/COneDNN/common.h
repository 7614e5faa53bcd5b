#pragma once
#include <oneapi/dnnl/dnnl.h>

// Makes oneDNN use at most that many threads when called from this thread.
void caffe_dnnl_use_threads(int threads);
