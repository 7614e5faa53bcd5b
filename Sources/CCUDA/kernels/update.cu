// Steps of solvers, over several parameters at a time: small ones aren't worth a launch each.
//
// `g` is the gradient of weight `w`, `h` and `k` what is remembered of it; statements set `fall`, by what the weight is lowered.

__device__ inline float mix(float share, float old, float value) { return share * old + (1 - share) * value; }

#define UPDATE(name, statements)                                                                                 \
  KERNEL void update_##name(caffe_gpu_updates updates, caffe_gpu_update_numbers n) {                                     \
    int part = 0;                                                                                                \
    while (part + 1 < updates.count && (int)blockIdx.x >= updates.parts[part + 1].firstBlock) part++;            \
    float *weights = (float *)updates.parts[part].weights, *gradient = (float *)updates.parts[part].gradient;    \
    float *first = (float *)updates.parts[part].history[0];                                                      \
    [[maybe_unused]] float *second = (float *)updates.parts[part].history[1];                                    \
    float rate = updates.parts[part].rate, decay = updates.parts[part].decay;                                    \
    Index start = (Index)((int)blockIdx.x - updates.parts[part].firstBlock) * CAFFE_UPDATE_BLOCK;                \
    Index end = min(start + CAFFE_UPDATE_BLOCK, (Index)updates.parts[part].count);                               \
    for (Index i = start + threadIdx.x; i < end; i += blockDim.x) {                                              \
      float w = weights[i], h = first[i], fall;                                                                  \
      float pull = decay * (n.isL1 ? (w > 0 ? 1.0f : w < 0 ? -1.0f : 0.0f) : w);                                 \
      float g = n.gradientScale * gradient[i] + (n.isDecoupled ? 0 : pull);                                      \
      statements                                                                                                 \
      if (n.isDecoupled) fall += rate * pull;                                                                    \
      first[i] = h;                                                                                              \
      gradient[i] = fall;                                                                                        \
      weights[i] = w - fall;                                                                                     \
    }                                                                                                            \
  }                                                                                                              \
  EXPORT(update_##name)

UPDATE(sgd, {
  h = n.momentum * h + rate * g;
  fall = h;
})

UPDATE(nesterov, {
  float old = h;
  h = n.momentum * old + rate * g;
  fall = (1 + n.momentum) * h - n.momentum * old;
})

UPDATE(ada_grad, {
  h += g * g;
  fall = rate * g / (sqrtf(h) + n.delta);
})

UPDATE(rms_prop, {
  h = mix(n.momentum, h, g * g);
  fall = rate * g / (sqrtf(h) + n.delta);
})

UPDATE(ada_delta, {
  float k = second[i];
  h = mix(n.momentum, h, g * g);
  float change = g * sqrtf((k + n.delta) / (h + n.delta));
  second[i] = mix(n.momentum, k, change * change);
  fall = rate * change;
})

UPDATE(adam, {
  h = mix(n.momentum, h, g);
  float k = mix(n.momentum2, second[i], g * g);
  second[i] = k;
  fall = rate * n.correction * h / (sqrtf(k) + n.delta);
})
