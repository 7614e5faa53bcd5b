// Losses by labels. A loss and what it is divided by stay on the device: the last block to come puts the sums together.

// What isn't a number stays so, unlike with fmaxf.
__device__ inline float at_least(float value, float least) { return value < least ? least : value; }

// The sum over a block in double precision, in every thread.
__device__ inline double block_total(double value) {
  __shared__ double warps[32];
  for (int distance = 16; distance > 0; distance /= 2) value += __shfl_xor_sync(WHOLE_WARP, value, distance);
  __syncthreads();
  if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = value;
  __syncthreads();
  double sum = 0;
  for (int warp = 0; warp < (int)blockDim.x / 32; warp++) sum += warps[warp];
  return sum;
}

// Sets the loss and its normalizer from what the threads of all blocks found. All must call it.
__device__ inline void finish_loss(double sum, double weight, const caffe_gpu_loss &to) {
  double *partials = (double *)to.partials;
  sum = block_total(sum);
  weight = block_total(weight);
  if (gridDim.x > 1) {
    if (threadIdx.x == 0) {
      partials[2 * blockIdx.x] = sum;
      partials[2 * blockIdx.x + 1] = weight;
    }
    if (!comes_last((int *)to.counter, gridDim.x)) return;
    sum = 0;
    weight = 0;
    EACH_OF_BLOCK(i, gridDim.x) {
      sum += ((volatile double *)partials)[2 * i];
      weight += ((volatile double *)partials)[2 * i + 1];
    }
    sum = block_total(sum);
    weight = block_total(weight);
  }
  if (threadIdx.x != 0) return;
  double divisor = to.divisor;
  if (to.divides == CAFFE_DIVIDES_BY_VALID) divisor = weight < 1 ? 1 : weight;
  if (to.divides == CAFFE_DIVIDES_BY_WEIGHT) divisor = weight > 0 ? weight : 1;
  *(float *)to.loss = (float)(sum / divisor);
  if (to.normalizer) *(float *)to.normalizer = (float)divisor;
}

// A place's label; -1 for one that is ignored, or that is reported.
__device__ inline int label_at(const float *labels, Index place, const caffe_gpu_labels &form) {
  float value = labels[place];
  if (form.hasIgnored && value == form.ignored) return -1;
  return whole_number(value, form.channels, FAULT_LABEL, place, (int *)form.faults, form.place);
}

// The same, unless it was reported already.
__device__ inline int known_label(const float *labels, int place, const caffe_gpu_labels &form) {
  float value = labels[place];
  if (form.hasIgnored && value == form.ignored) return -1;
  return value >= 0 && value < (float)form.channels && (float)(int)value == value ? (int)value : -1;
}

// A value's place among the labels, and its channel.
struct Spot {
  int place, channel;
};

__device__ inline Spot spot_of(Index i, const caffe_gpu_labels &form) {
  int rest = quotient((int)i, form.inner), outer = quotient(rest, form.channelCount);
  Spot spot = {outer * (int)form.inner.divisor + modulus((int)i, form.inner), modulus(rest, form.channelCount)};
  return spot;
}

// The index of a channel's value at a place.
__device__ inline Index value_at(Index place, int channel, const caffe_gpu_labels &form) {
  int outer = quotient((int)place, form.inner);
  return ((Index)outer * form.channels + channel) * form.inner.divisor + modulus((int)place, form.inner);
}

KERNEL void softmax_loss(
    const float *probabilities, const float *labels, const float *weights, Index places, Index count, float smoothing,
    caffe_gpu_labels form, caffe_gpu_loss to) {
  double sum = 0, weight = 0;
  EACH(place, places) {
    int label = label_at(labels, place, form);
    if (label < 0) continue;
    float own = weights ? weights[label] : 1;
    sum -= (1 - smoothing) * own * logf(at_least(probabilities[value_at(place, label, form)], SMALLEST_NORMAL));
    weight += to.divides == CAFFE_DIVIDES_BY_WEIGHT ? own : 1;
  }
  if (smoothing > 0) {
    EACH(i, count) {
      Spot spot = spot_of(i, form);
      if (known_label(labels, spot.place, form) < 0) continue;
      float own = weights ? weights[spot.channel] : 1;
      sum -= smoothing / (float)form.channels * own * logf(at_least(probabilities[i], SMALLEST_NORMAL));
    }
  }
  finish_loss(sum, weight, to);
}

KERNEL void softmax_loss_backward(
    const float *probabilities, const float *labels, const float *weights, const float *weightSum,
    const float *lossGradient, const float *normalizer, float *inputGradient, Index count, float smoothing,
    caffe_gpu_labels form) {
  float factor = *lossGradient / *normalizer;
  EACH(i, count) {
    Spot spot = spot_of(i, form);
    float wanted = labels[spot.place];
    int label = known_label(labels, spot.place, form);
    float weight = label < 0 ? 0 : weights ? weights[label] : 1;
    float p = probabilities[i];
    float gradient = (1 - smoothing) * weight * (p - (spot.channel == label ? 1 : 0));
    if (smoothing > 0) {
      float all = weights ? *weightSum : (float)form.channels;
      gradient += smoothing * (all * p - (weights ? weights[spot.channel] : 1)) / (float)form.channels;
    }
    inputGradient[i] = form.hasIgnored && wanted == form.ignored ? 0 : gradient * factor;
  }
}

// NaN for a score that is none.
__device__ inline float hinge_margin(float score, bool isOwn) {
  float margin = 1 + (isOwn ? -score : score);
  return margin < 0 ? 0 : margin;
}

KERNEL void hinge_loss(
    const float *scores, const float *labels, Index count, int squares, caffe_gpu_labels form, caffe_gpu_loss to) {
  double sum = 0;
  EACH(i, count) {
    Spot spot = spot_of(i, form);
    int label = label_at(labels, spot.place, form);
    if (label < 0) continue;
    float margin = hinge_margin(scores[i], spot.channel == label);
    sum += squares ? margin * margin : margin;
  }
  finish_loss(sum, 0, to);
}

KERNEL void hinge_loss_backward(
    const float *scores, const float *labels, const float *lossGradient, float *inputGradient, Index count,
    int squares, float divisor, caffe_gpu_labels form) {
  float factor = *lossGradient / divisor;
  EACH(i, count) {
    Spot spot = spot_of(i, form);
    bool isOwn = (float)spot.channel == labels[spot.place];
    float margin = hinge_margin(scores[i], isOwn);
    float slope = squares ? 2 * margin : margin > 0 ? 1 : 0;
    inputGradient[i] = (isOwn ? -slope : slope) * factor;
  }
}

KERNEL void multinomial_loss(
    const float *probabilities, const float *labels, Index places, float least, caffe_gpu_labels form, caffe_gpu_loss to) {
  double sum = 0;
  EACH(place, places) {
    int label = label_at(labels, place, form);
    if (label >= 0) sum -= logf(at_least(probabilities[value_at(place, label, form)], least));
  }
  finish_loss(sum, 0, to);
}

KERNEL void multinomial_loss_backward(
    const float *probabilities, const float *labels, const float *lossGradient, float *inputGradient, Index count,
    float least, float divisor, caffe_gpu_labels form) {
  float factor = *lossGradient / divisor;
  EACH(i, count) {
    Spot spot = spot_of(i, form);
    bool isOwn = (float)spot.channel == labels[spot.place];
    inputGradient[i] = isOwn ? -factor / at_least(probabilities[i], least) : 0;
  }
}

KERNEL void infogain_loss(
    const float *probabilities, const float *labels, const float *matrix, Index count, float least, caffe_gpu_labels form,
    caffe_gpu_loss to) {
  double sum = 0, valid = 0;
  EACH(i, count) {
    Spot spot = spot_of(i, form);
    int label = label_at(labels, spot.place, form);
    if (label < 0) continue;
    sum -= matrix[(Index)label * form.channels + spot.channel] * logf(at_least(probabilities[i], least));
    if (spot.channel == 0) valid += 1;
  }
  finish_loss(sum, valid, to);
}

KERNEL void infogain_loss_backward(
    const float *probabilities, const float *labels, const float *matrix, const float *rowSums,
    const float *lossGradient, const float *normalizer, float *inputGradient, Index count, caffe_gpu_labels form) {
  float factor = *lossGradient / *normalizer;
  EACH(i, count) {
    Spot spot = spot_of(i, form);
    int label = known_label(labels, spot.place, form);
    float gradient = 0;
    if (label >= 0) {
      gradient = (probabilities[i] * rowSums[label] - matrix[(Index)label * form.channels + spot.channel]) * factor;
    }
    inputGradient[i] = gradient;
  }
}

__device__ inline bool is_ignored_target(float target, const caffe_gpu_labels &form) {
  return form.hasIgnored && truncf(target) == form.ignored;
}

KERNEL void sigmoid_cross_entropy(
    const float *scores, const float *targets, Index count, caffe_gpu_labels form, caffe_gpu_loss to) {
  double sum = 0, valid = 0;
  EACH(i, count) {
    float x = scores[i], t = targets[i];
    if (is_ignored_target(t, form)) continue;
    sum += (x < 0 ? 0 : x) - x * t + log1pf(expf(-fabsf(x)));
    valid += 1;
  }
  finish_loss(sum, valid, to);
}

KERNEL void sigmoid_cross_entropy_backward(
    const float *scores, const float *targets, const float *lossGradient, const float *normalizer,
    float *inputGradient, Index count, caffe_gpu_labels form) {
  float factor = *lossGradient / *normalizer;
  EACH(i, count) {
    float t = targets[i], difference = 1 / (1 + expf(-scores[i])) - t;
    inputGradient[i] = is_ignored_target(t, form) ? 0 : difference * factor;
  }
}

// The squared distance of two rows, in every lane of a warp.
__device__ inline float squared_distance(const float *a, const float *b, int length) {
  float sum = 0;
  for (int i = threadIdx.x % 32; i < length; i += 32) sum += (a[i] - b[i]) * (a[i] - b[i]);
  for (int lanes = 16; lanes > 0; lanes /= 2) sum += __shfl_xor_sync(WHOLE_WARP, sum, lanes);
  return sum;
}

#define EACH_PAIR(pair, pairs)                                                                  \
  for (int pair = (int)((blockIdx.x * blockDim.x + threadIdx.x) / 32); pair < (pairs);          \
       pair += (int)(gridDim.x * blockDim.x / 32))

// A warp for each pair.
KERNEL void contrastive_loss(
    const float *a, const float *b, const float *similar, int pairs, int length, float margin, int isLegacy,
    caffe_gpu_loss to) {
  double sum = 0;
  EACH_PAIR(pair, pairs) {
    float square = squared_distance(a + (Index)pair * length, b + (Index)pair * length, length);
    if (threadIdx.x % 32 != 0) continue;
    float gap = at_least(margin - (isLegacy ? square : sqrtf(square)), 0);
    sum += fabsf(similar[pair]) >= 1 ? square : isLegacy ? gap : gap * gap;
  }
  finish_loss(sum, 0, to);
}

KERNEL void contrastive_loss_backward(
    const float *a, const float *b, const float *similar, const float *lossGradient, float *aGradient,
    float *bGradient, int pairs, int length, float margin, int isLegacy) {
  float factor = *lossGradient / (float)max(pairs, 1);
  EACH_PAIR(pair, pairs) {
    Index start = (Index)pair * length;
    float square = squared_distance(a + start, b + start, length), distance = sqrtf(square);
    float slope = 1;
    if (!(fabsf(similar[pair]) >= 1)) {
      float gap = margin - (isLegacy ? square : distance);
      slope = gap > 0 ? (isLegacy ? -1 : -gap / (distance + 1e-4f)) : 0;
    }
    for (int i = threadIdx.x % 32; i < length; i += 32) {
      float gradient = factor * slope * (a[start + i] - b[start + i]);
      if (aGradient) aGradient[start + i] = gradient;
      if (bGradient) bGradient[start + i] = -gradient;
    }
  }
}

EXPORT_BLOCK(softmax_loss)
EXPORT(softmax_loss_backward)
EXPORT_BLOCK(hinge_loss)
EXPORT(hinge_loss_backward)
EXPORT_BLOCK(multinomial_loss)
EXPORT(multinomial_loss_backward)
EXPORT_BLOCK(infogain_loss)
EXPORT(infogain_loss_backward)
EXPORT_BLOCK(sigmoid_cross_entropy)
EXPORT(sigmoid_cross_entropy_backward)
EXPORT_BLOCK(contrastive_loss)
EXPORT_BLOCK(contrastive_loss_backward)
