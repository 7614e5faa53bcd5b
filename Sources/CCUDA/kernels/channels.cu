// Values for each channel, spread over a tensor.

// The channel of value i of a tensor outer x channels x inner.
__device__ inline int channel(Index i, caffe_gpu_divisor inner, caffe_gpu_divisor channels) {
  return modulus(quotient((int)i, inner), channels);
}

KERNEL void scale_channels(
    const float *input, const float *scale, const float *shift, float *output, Index count, caffe_gpu_divisor inner,
    caffe_gpu_divisor channels) {
  EACH(i, count) {
    int c = channel(i, inner, channels);
    output[i] = (scale ? scale[c] : 1) * input[i] + (shift ? shift[c] : 0);
  }
}

KERNEL void prelu(
    const float *input, const float *slopes, float *output, Index count, caffe_gpu_divisor inner,
    caffe_gpu_divisor channels) {
  EACH(i, count) {
    float x = input[i];
    output[i] = x > 0 ? x : slopes[channel(i, inner, channels)] * x;
  }
}

KERNEL void prelu_backward(
    const float *input, const float *slopes, const float *outputGradient, float *inputGradient, Index count,
    caffe_gpu_divisor inner, caffe_gpu_divisor channels) {
  EACH(i, count) {
    float dy = outputGradient[i];
    inputGradient[i] = input[i] > 0 ? dy : slopes[channel(i, inner, channels)] * dy;
  }
}

EXPORT(scale_channels)
EXPORT(prelu)
EXPORT(prelu_backward)
