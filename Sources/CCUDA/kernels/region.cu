// Boxes copied, and blocks repeated.

KERNEL void copy_region(const float *source, float *target, Index count, caffe_gpu_region region) {
  EACH(i, count) {
    int rest = (int)i;
    Index from = 0, to = 0;
#pragma unroll
    for (int axis = 0; axis < CAFFE_REGION_AXES; axis++) {
      if (axis >= region.axes) break;
      int next = quotient(rest, region.extent[axis]);
      int place = rest - next * (int)region.extent[axis].divisor;
      from += (Index)place * region.sourceStride[axis];
      to += (Index)place * region.targetStride[axis];
      rest = next;
    }
    target[to] = source[from];
  }
}

KERNEL void tile(const float *input, float *output, Index count, caffe_gpu_divisor inner, caffe_gpu_divisor tiles) {
  EACH(i, count) {
    int block = quotient((int)i, inner);
    output[i] = input[(Index)quotient(block, tiles) * inner.divisor + modulus((int)i, inner)];
  }
}

KERNEL void tile_backward(
    const float *outputGradient, float *inputGradient, Index count, caffe_gpu_divisor inner, int tiles) {
  EACH(i, count) {
    int block = quotient((int)i, inner), place = modulus((int)i, inner);
    float sum = 0;
    for (int tile = 0; tile < tiles; tile++) {
      sum += outputGradient[((Index)block * tiles + tile) * inner.divisor + place];
    }
    inputGradient[i] = sum;
  }
}

EXPORT(copy_region)
EXPORT(tile)
EXPORT(tile_backward)
