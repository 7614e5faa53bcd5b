// Time steps of recurrent nets.

__device__ inline float gate(float x) { return 1 / (1 + expf(-x)); }

// Long short-term memory; gates are rows x 4 x length: input, forget, output, candidate.
KERNEL void lstm_unit(
    const float *previousCell, const float *gates, const float *continuation, float *cell, float *hidden, Index count,
    caffe_gpu_divisor length) {
  EACH(i, count) {
    int row = quotient((int)i, length), n = (int)length.divisor;
    const float *x = gates + (Index)row * 4 * n + ((int)i - row * n);
    float goesOn = continuation[row];
    float kept = goesOn == 0 ? 0 : goesOn * gate(x[n]) * previousCell[i];
    float value = kept + gate(x[0]) * tanhf(x[3 * (Index)n]);
    float output = gate(x[2 * (Index)n]);
    cell[i] = value;
    hidden[i] = output * tanhf(value);
  }
}

KERNEL void lstm_unit_backward(
    const float *previousCell, const float *gates, const float *continuation, const float *cell,
    const float *cellGradient, const float *hiddenGradient, float *previousCellGradient, float *gateGradient,
    Index count, caffe_gpu_divisor length) {
  EACH(i, count) {
    int row = quotient((int)i, length), n = (int)length.divisor;
    Index first = (Index)row * 4 * n + ((int)i - row * n);
    float in = gate(gates[first]), forget = gate(gates[first + n]);
    float out = gate(gates[first + 2 * (Index)n]), candidate = tanhf(gates[first + 3 * (Index)n]);
    float bent = tanhf(cell[i]), goesOn = continuation[row], dh = hiddenGradient[i];
    float gradient = cellGradient[i] + dh * out * (1 - bent * bent);
    float before = goesOn == 0 ? 0 : previousCell[i];
    if (previousCellGradient) previousCellGradient[i] = gradient * goesOn * forget;
    if (!gateGradient) continue;
    gateGradient[first] = gradient * candidate * in * (1 - in);
    gateGradient[first + n] = gradient * goesOn * before * forget * (1 - forget);
    gateGradient[first + 2 * (Index)n] = dh * bent * out * (1 - out);
    gateGradient[first + 3 * (Index)n] = gradient * in * (1 - candidate * candidate);
  }
}

KERNEL void scale_rows(
    const float *input, const float *factors, float beta, float *output, Index count, caffe_gpu_divisor length) {
  EACH(i, count) {
    float factor = factors[quotient((int)i, length)];
    float scaled = factor == 0 ? 0 : factor * input[i];
    output[i] = beta == 0 ? scaled : scaled + beta * output[i];
  }
}

EXPORT(lstm_unit)
EXPORT(lstm_unit_backward)
EXPORT(scale_rows)
