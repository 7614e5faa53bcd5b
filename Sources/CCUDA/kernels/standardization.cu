// Channels brought to mean 0 and variance 1, and what goes back through that.

// The part of a channel's values that a block goes over: threads follow it by steps, without a division for each value.
struct Walk {
  Index position, end;
  int outer, inner, outerStep, innerStep;
};

__device__ inline Walk walk(const caffe_gpu_channels &shape) {
  int slices = gridDim.y, values = shape.outer * shape.inner, length = (values + slices - 1) / slices;
  Index start = (Index)blockIdx.y * length;
  Walk walk;
  walk.position = start + threadIdx.x;
  walk.end = min(start + length, (Index)values);
  walk.outer = (int)(walk.position / shape.inner);
  walk.inner = (int)(walk.position - (Index)walk.outer * shape.inner);
  walk.outerStep = (int)blockDim.x / shape.inner;
  walk.innerStep = (int)blockDim.x - walk.outerStep * shape.inner;
  return walk;
}

__device__ inline void step(Walk &walk, const caffe_gpu_channels &shape) {
  walk.position += blockDim.x;
  walk.outer += walk.outerStep;
  walk.inner += walk.innerStep;
  if (walk.inner < shape.inner) return;
  walk.inner -= shape.inner;
  walk.outer++;
}

#define EACH_OF_CHANNEL(i, shape)                                                                            \
  Walk w = walk(shape);                                                                                      \
  for (Index i = ((Index)w.outer * shape.channels + blockIdx.x) * shape.inner + w.inner; w.position < w.end; \
       step(w, shape), i = ((Index)w.outer * shape.channels + blockIdx.x) * shape.inner + w.inner)

// Mean and variance of each channel: of each part first, whose values stay near meanwhile, then of all.
KERNEL void channel_statistics(
    const float *input, caffe_gpu_channels shape, float *means, float *variances, float *partials, int *counters) {
  int slices = gridDim.y, channel = blockIdx.x, values = shape.outer * shape.inner;
  int length = (values + slices - 1) / slices;
  int own = max(0, min(values - (int)blockIdx.y * length, length));
  float sum = 0;
  {
    EACH_OF_CHANNEL(i, shape) sum += input[i];
  }
  float mean = block_sum(sum) / (float)max(own, 1), squares = 0;
  {
    EACH_OF_CHANNEL(i, shape) squares += (input[i] - mean) * (input[i] - mean);
  }
  squares = block_sum(squares);
  if (slices > 1) {
    float *part = partials + (channel * slices + blockIdx.y) * 2;
    if (threadIdx.x == 0) {
      part[0] = mean;
      part[1] = squares;
    }
    if (!comes_last(&counters[channel], slices)) return;
    // Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
    volatile float *parts = partials + channel * slices * 2;
    float weighed = 0;
    EACH_OF_BLOCK(s, slices) weighed += parts[2 * s] * (float)max(0, min(values - (int)s * length, length));
    mean = block_sum(weighed) / (float)max(values, 1);
    squares = 0;
    EACH_OF_BLOCK(s, slices) {
      float difference = parts[2 * s] - mean;
      squares += parts[2 * s + 1] + difference * difference * (float)max(0, min(values - (int)s * length, length));
    }
    squares = block_sum(squares);
  }
  if (threadIdx.x == 0) {
    means[channel] = mean;
    if (variances) variances[channel] = squares / (float)max(values, 1);
  }
}

__device__ inline float deviation(const float *variances, int channel, const caffe_gpu_standardization &form) {
  switch (form.deviation) {
    case CAFFE_EPSILON_INSIDE: return sqrtf(variances[channel] + form.epsilon);
    case CAFFE_EPSILON_OUTSIDE: return sqrtf(variances[channel]) + form.epsilon;
    default: return 1;
  }
}

__device__ inline int channel_at(Index i, const caffe_gpu_standardization &form) {
  return modulus(quotient((int)i, form.inner), form.channels);
}

KERNEL void standardize(
    const float *input, const float *means, const float *variances, const float *scale, const float *shift,
    float *output, float *copy, Index count, caffe_gpu_standardization form) {
  EACH(i, count) {
    int c = channel_at(i, form);
    float value = (input[i] - means[c]) / deviation(variances, c, form);
    if (scale) {
      value = value * scale[c] + (shift ? shift[c] : 0);
      if (value < 0) value = form.slope == 0 ? 0 : value * form.slope;
    }
    output[i] = value;
    if (copy) copy[i] = value;
  }
}

// What comes back to the standardised value i, and that value: with a scale from what it was made of, otherwise it was kept.
struct Returned {
  float gradient, value;
};

__device__ inline Returned returned(
    Index i, const float *input, const float *output, const float *outputGradient, float mean, float deviation,
    float slope) {
  float dy = outputGradient[i], y = output[i];
  Returned result = {dy, y};
  if (!input) return result;
  result.gradient = y > 0 ? dy : slope == 0 ? 0 : dy * slope;
  result.value = (input[i] - mean) / deviation;
  return result;
}

// The sums over each channel of what comes back, and of its products with the values: sums[c] and sums[channels + c], added to the
// gradients of shift and scale where these are wanted.
KERNEL void standardize_sums(
    const float *input, const float *means, const float *variances, const float *output, const float *outputGradient,
    caffe_gpu_channels shape, caffe_gpu_standardization form, float *sums, float *scaleGradient, float scaleBeta,
    float *shiftGradient, float shiftBeta, float *partials, int *counters) {
  int slices = gridDim.y, channel = blockIdx.x;
  float mean = input ? means[channel] : 0, divisor = input ? deviation(variances, channel, form) : 1;
  float plain = 0, products = 0;
  EACH_OF_CHANNEL(i, shape) {
    Returned r = returned(i, input, output, outputGradient, mean, divisor, form.slope);
    plain += r.gradient;
    products += r.gradient * r.value;
  }
  plain = block_sum(plain);
  products = block_sum(products);
  if (slices > 1) {
    float *part = partials + (channel * slices + blockIdx.y) * 2;
    if (threadIdx.x == 0) {
      part[0] = plain;
      part[1] = products;
    }
    if (!comes_last(&counters[channel], slices)) return;
    volatile float *parts = partials + channel * slices * 2;
    plain = 0;
    products = 0;
    EACH_OF_BLOCK(s, slices) {
      plain += parts[2 * s];
      products += parts[2 * s + 1];
    }
    plain = block_sum(plain);
    products = block_sum(products);
  }
  if (threadIdx.x != 0) return;
  sums[channel] = plain;
  sums[shape.channels + channel] = products;
  if (scaleGradient) scaleGradient[channel] = products + (scaleBeta == 0 ? 0 : scaleGradient[channel]);
  if (shiftGradient) shiftGradient[channel] = plain + (shiftBeta == 0 ? 0 : shiftGradient[channel]);
}

KERNEL void standardize_backward(
    const float *input, const float *means, const float *variances, const float *scale, const float *output,
    const float *outputGradient, const float *sums, float *inputGradient, Index count, float valueCount,
    caffe_gpu_standardization form) {
  EACH(i, count) {
    int c = channel_at(i, form), channels = (int)form.channels.divisor;
    float divisor = deviation(variances, c, form);
    Returned r = returned(i, input, output, outputGradient, input ? means[c] : 0, divisor, form.slope);
    float own = form.deviation == CAFFE_NO_DEVIATION ? 0 : r.value * (sums[channels + c] / valueCount);
    inputGradient[i] = (scale ? scale[c] : 1) * (r.gradient - sums[c] / valueCount - own) / divisor;
  }
}

KERNEL void standardize_backward_given(
    const float *variances, const float *outputGradient, float *inputGradient, Index count,
    caffe_gpu_standardization form) {
  EACH(i, count) inputGradient[i] = outputGradient[i] / deviation(variances, channel_at(i, form), form);
}

EXPORT_BLOCK(channel_statistics)
EXPORT(standardize)
EXPORT_BLOCK(standardize_sums)
EXPORT(standardize_backward)
EXPORT(standardize_backward_given)
