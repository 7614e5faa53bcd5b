// Filling, and functions of several arrays, value by value. What is written may be one of those that are read.

KERNEL void fill(float *target, Index count, float value) {
  EACH(i, count) target[i] = value;
}

KERNEL void axpby(float alpha, const float *x, float beta, float *y, Index count) {
  if (beta == 0) {
    EACH(i, count) y[i] = alpha * x[i];
  } else {
    EACH(i, count) y[i] = alpha * x[i] + beta * y[i];
  }
}

KERNEL void multiply(const float *a, const float *b, float *output, Index count) {
  EACH(i, count) output[i] = a[i] * b[i];
}

KERNEL void divide_by(const float *input, const float *divisor, float *output, Index count) {
  float by = divisor[0];
  EACH(i, count) output[i] = by == 0 ? 0 : input[i] / by;
}

// Goes over the terms; the bound is a constant, so that none of them is looked up by a number.
#define EACH_TERM(k, terms)                   \
  _Pragma("unroll") for (int k = 0; k < CAFFE_TERMS; k++) if (k < (terms).count)

#define TERM(terms, k) ((const float *)(terms).address[k])

struct WeightedSum {
  const caffe_gpu_terms &terms;
  float slope;
  float *output;

  template <int width>
  __device__ void at(Index i) const {
    Group<width> sum = {};
    EACH_TERM(k, terms) {
      Group<width> term = load<width>(TERM(terms, k), i);
      for (int j = 0; j < width; j++) sum.x[j] += terms.factor[k] * term.x[j];
    }
    for (int j = 0; j < width; j++) sum.x[j] = sum.x[j] > 0 ? sum.x[j] : sum.x[j] * slope;
    store(sum, output, i);
  }
};

// The weighted sum, what is below 0 of it times `slope`.
KERNEL void weighted_sum(caffe_gpu_terms terms, float slope, float *output, Index count) {
  WeightedSum body = {terms, slope, output};
  each_four(count, body);
}

struct RectifiedSumBackward {
  // What comes back: `outputGradient`, which is the sum of the terms where there are any, and is set.
  const caffe_gpu_terms &terms;
  const float *output;
  float *outputGradient;
  const caffe_gpu_terms &gradients;
  float slope;

  template <int width>
  __device__ void at(Index i) const {
    Group<width> y = load<width>(output, i), bent = {};
    if (terms.count > 0) {
      EACH_TERM(k, terms) {
        Group<width> term = load<width>(TERM(terms, k), i);
        for (int j = 0; j < width; j++) bent.x[j] += terms.factor[k] * term.x[j];
      }
      store(bent, outputGradient, i);
    } else {
      bent = load<width>(outputGradient, i);
    }
    for (int j = 0; j < width; j++) bent.x[j] = y.x[j] > 0 ? bent.x[j] : slope == 0 ? 0 : bent.x[j] * slope;
    EACH_TERM(k, gradients) {
      Group<width> gradient;
      for (int j = 0; j < width; j++) gradient.x[j] = gradients.factor[k] * bent.x[j];
      store(gradient, (float *)gradients.address[k], i);
    }
  }
};

// The gradients of the terms of a weighted sum that was rectified.
KERNEL void rectified_sum_backward(
    caffe_gpu_terms terms, const float *output, float *outputGradient, caffe_gpu_terms gradients, float slope,
    Index count) {
  RectifiedSumBackward body = {terms, output, outputGradient, gradients, slope};
  each_four(count, body);
}

KERNEL void product(caffe_gpu_terms terms, float *output, Index count) {
  EACH(i, count) {
    float all = 1;
    EACH_TERM(k, terms) all *= TERM(terms, k)[i];
    output[i] = all;
  }
}

// The gradient of a product's factor `input`, from the product.
KERNEL void product_backward(
    const float *input, const float *output, const float *outputGradient, float *inputGradient, Index count) {
  EACH(i, count) inputGradient[i] = outputGradient[i] * (output[i] / input[i]);
}

// The largest of the terms, which are numbered from `first`, and its number. From the second call on the largest of those before is
// in `output`. Of the first two that are equal the second wins, of others the earlier.
KERNEL void maximum(caffe_gpu_terms terms, int first, float *output, float *winners, Index count) {
  EACH(i, count) {
    float largest = first == 0 ? TERM(terms, 0)[i] : output[i];
    float winner = first == 0 ? 0 : winners[i];
    EACH_TERM(k, terms) {
      if (first + k == 0) continue;
      float x = TERM(terms, k)[i];
      bool wins = first + k == 1 ? !(largest > x) : x > largest;
      if (wins) {
        largest = x;
        winner = (float)(first + k);
      }
    }
    output[i] = largest;
    winners[i] = winner;
  }
}

KERNEL void maximum_backward(
    const float *winners, float index, const float *outputGradient, float *inputGradient, Index count) {
  EACH(i, count) inputGradient[i] = winners[i] == index ? outputGradient[i] : 0;
}

EXPORT(fill)
EXPORT(axpby)
EXPORT(multiply)
EXPORT(divide_by)
EXPORT(weighted_sum)
EXPORT(rectified_sum_backward)
EXPORT(product)
EXPORT(product_backward)
EXPORT(maximum)
EXPORT(maximum_backward)
