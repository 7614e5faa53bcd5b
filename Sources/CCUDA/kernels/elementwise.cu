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

// The weighted sum, what is below 0 of it times `slope`.
KERNEL void weighted_sum(caffe_gpu_terms terms, float slope, float *output, Index count) {
  EACH(i, count) {
    float sum = 0;
    EACH_TERM(k, terms) sum += terms.factor[k] * TERM(terms, k)[i];
    output[i] = sum > 0 ? sum : sum * slope;
  }
}

// The gradients of the terms of a weighted sum that was rectified.
KERNEL void rectified_sum_backward(
    const float *output, const float *outputGradient, caffe_gpu_terms gradients, float slope, Index count) {
  EACH(i, count) {
    float dy = outputGradient[i];
    float bent = output[i] > 0 ? dy : slope == 0 ? 0 : dy * slope;
    EACH_TERM(k, gradients) ((float *)gradients.address[k])[i] = gradients.factor[k] * bent;
  }
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
