#ifndef CAFFE_STAND_IN_KERNELS_H
#define CAFFE_STAND_IN_KERNELS_H

#include "Block.h"

#include <vector>

namespace stand_in {
// All kernels there are.
const std::vector<Kernel> &kernels();
}  // namespace stand_in

#endif
