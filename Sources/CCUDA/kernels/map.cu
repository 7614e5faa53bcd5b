// Functions of one value, and their derivatives.

#define MAP(name, expression)                                                                              \
  KERNEL void map_##name(const float *input, float *output, Index count, float a, float b, float c) {      \
    (void)a, (void)b, (void)c;                                                                             \
    EACH(i, count) {                                                                                       \
      float x = input[i];                                                                                  \
      output[i] = expression;                                                                              \
    }                                                                                                      \
  }                                                                                                        \
  EXPORT(map_##name)

// The gradient of x, from the gradient `dy` of y = f(x). The one of x and y that isn't used isn't read.
#define SLOPE(name, expression)                                                                            \
  KERNEL void slope_##name(                                                                                \
      const float *input, const float *output, const float *outputGradient, float *inputGradient,          \
      Index count, float a, float b, float c) {                                                            \
    (void)a, (void)b, (void)c;                                                                             \
    EACH(i, count) {                                                                                       \
      [[maybe_unused]] float x = input[i], y = output[i];                                                  \
      float dy = outputGradient[i];                                                                        \
      inputGradient[i] = expression;                                                                       \
    }                                                                                                      \
  }                                                                                                        \
  EXPORT(slope_##name)

__device__ inline float logistic(float x) { return 1 / (1 + expf(-x)); }

__device__ inline float swish_slope(float x, float beta) {
  float gate = logistic(beta * x);
  return gate + beta * x * gate * (1 - gate);
}

MAP(relu, x > 0 ? x : x * a)
MAP(sigmoid, logistic(x))
MAP(tanh, tanhf(x))
MAP(absolute, fabsf(x))
MAP(linear, b + a * x)
MAP(square, (b + a * x) * (b + a * x))
MAP(power, powf(b + a * x, c))
MAP(exponential, b * expf(a * x))
MAP(logarithm, c * logf(a * x + b))
MAP(elu, x > 0 ? x : a * expm1f(x))
MAP(bnll, x > 0 ? x + log1pf(expf(-x)) : log1pf(expf(x)))
MAP(clip, x < a ? a : x > b ? b : x)
MAP(swish, x * logistic(a * x))
MAP(threshold, x > a ? 1.0f : 0.0f)

SLOPE(relu, x > 0 ? dy : dy * a)
SLOPE(sigmoid, dy * (y * (1 - y)))
SLOPE(tanh, dy * (1 - y * y))
SLOPE(absolute, dy * (x > 0 ? 1.0f : x < 0 ? -1.0f : 0.0f))
SLOPE(constant, dy * a)
SLOPE(square, dy * (2 * a * (b + a * x)))
SLOPE(power, dy * (a * c * powf(b + a * x, c - 1)))
SLOPE(exponential, dy * (a * y))
SLOPE(logarithm, dy * (a * c / (a * x + b)))
SLOPE(elu, x > 0 ? dy : dy * (y + a))
SLOPE(bnll, dy * logistic(x))
SLOPE(clip, dy * (x >= a && x <= b ? 1.0f : 0.0f))
SLOPE(swish, dy * swish_slope(x, a))
