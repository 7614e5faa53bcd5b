#include "kernels.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char geometry[] = {
#embed "include/geometry.h" suffix(, 0)
};

#define SOURCE(name) static const char name[]
SOURCE(prelude) = {
#embed "kernels/prelude.cuh" suffix(, 0)
};
SOURCE(memory) = {
#embed "kernels/memory.cu" suffix(, 0)
};
SOURCE(elementwise) = {
#embed "kernels/elementwise.cu" suffix(, 0)
};
SOURCE(channels) = {
#embed "kernels/channels.cu" suffix(, 0)
};
SOURCE(indexing) = {
#embed "kernels/indexing.cu" suffix(, 0)
};
SOURCE(map) = {
#embed "kernels/map.cu" suffix(, 0)
};
SOURCE(random) = {
#embed "kernels/random.cu" suffix(, 0)
};
SOURCE(recurrent) = {
#embed "kernels/recurrent.cu" suffix(, 0)
};
SOURCE(reduction) = {
#embed "kernels/reduction.cu" suffix(, 0)
};
SOURCE(region) = {
#embed "kernels/region.cu" suffix(, 0)
};
SOURCE(update) = {
#embed "kernels/update.cu" suffix(, 0)
};
SOURCE(accuracy) = {
#embed "kernels/accuracy.cu" suffix(, 0)
};
SOURCE(loss) = {
#embed "kernels/loss.cu" suffix(, 0)
};
SOURCE(normalization) = {
#embed "kernels/normalization.cu" suffix(, 0)
};
SOURCE(patches) = {
#embed "kernels/patches.cu" suffix(, 0)
};
SOURCE(pictures) = {
#embed "kernels/pictures.cu" suffix(, 0)
};
SOURCE(pooling) = {
#embed "kernels/pooling.cu" suffix(, 0)
};
SOURCE(softmax) = {
#embed "kernels/softmax.cu" suffix(, 0)
};
SOURCE(standardization) = {
#embed "kernels/standardization.cu" suffix(, 0)
};

#define ENTRY(name) {#name, name}

caffe_kernel_source caffe_kernel_source_at(size_t index) {
  static const caffe_kernel_source sources[] = {
      ENTRY(geometry), ENTRY(prelude), ENTRY(elementwise), ENTRY(memory),
      ENTRY(channels), ENTRY(indexing), ENTRY(map), ENTRY(random),
      ENTRY(recurrent), ENTRY(reduction), ENTRY(region), ENTRY(update),
      ENTRY(accuracy), ENTRY(loss), ENTRY(normalization),
      ENTRY(patches), ENTRY(pictures), ENTRY(pooling), ENTRY(softmax), ENTRY(standardization),
  };
  if (index < sizeof sources / sizeof *sources) return sources[index];
  return (caffe_kernel_source){NULL, NULL};
}
