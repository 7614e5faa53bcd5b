// All kernels, compiled for the CPU.
#include "Kernels.h"

#include "Language.h"
#include "geometry.h"

#include <vector>

namespace stand_in {
namespace {
std::vector<Kernel> &all() {
  static std::vector<Kernel> kernels;
  return kernels;
}
}  // namespace

Registration::Registration(const Kernel &kernel) { all().push_back(kernel); }

const std::vector<Kernel> &kernels() { return all(); }
}  // namespace stand_in

namespace {
#include "../CCUDA/kernels/prelude.cuh"

#include "../CCUDA/kernels/elementwise.cu"
#include "../CCUDA/kernels/memory.cu"
#include "../CCUDA/kernels/channels.cu"
#include "../CCUDA/kernels/indexing.cu"
#include "../CCUDA/kernels/map.cu"
#include "../CCUDA/kernels/random.cu"
#include "../CCUDA/kernels/recurrent.cu"
#include "../CCUDA/kernels/reduction.cu"
#include "../CCUDA/kernels/region.cu"
#include "../CCUDA/kernels/update.cu"
#include "../CCUDA/kernels/accuracy.cu"
#include "../CCUDA/kernels/loss.cu"
#include "../CCUDA/kernels/normalization.cu"
#include "../CCUDA/kernels/patches.cu"
#include "../CCUDA/kernels/pictures.cu"
#include "../CCUDA/kernels/pooling.cu"
#include "../CCUDA/kernels/softmax.cu"
#include "../CCUDA/kernels/standardization.cu"
}  // namespace
