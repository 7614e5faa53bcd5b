// The share of labels that are among the highest scores.

// What is known of a place: its label where that was found, the label and CAFFE_MISSED where it wasn't, -1 where it doesn't count.
// `lanes` threads for each place, 1 or a whole warp.
KERNEL void find_labels(
    const float *scores, const float *labels, int *found, Index places, int lanes, int topK, caffe_gpu_labels form) {
  Index stride = (Index)gridDim.x * blockDim.x / lanes;
  int lane = lanes == 1 ? 0 : threadIdx.x % 32;
  for (Index place = ((Index)blockIdx.x * blockDim.x + threadIdx.x) / lanes; place < places; place += stride) {
    float value = labels[place];
    int label = -1;
    if (!(form.hasIgnored && value == form.ignored)) {
      label = whole_number(value, form.channels, FAULT_LABEL, place, (int *)form.faults, form.place);
    }
    int outer = quotient((int)place, form.inner), inner = modulus((int)place, form.inner);
    const float *x = scores + (Index)outer * form.channels * form.inner.divisor + inner;
    float own = label < 0 ? 0 : x[(Index)label * form.inner.divisor];
    int rivals = 0;
    for (int c = lane; c < form.channels; c += lanes) rivals += c != label && x[(Index)c * form.inner.divisor] >= own;
    if (lanes > 1) {
      for (int distance = 16; distance > 0; distance /= 2) rivals += __shfl_xor_sync(WHOLE_WARP, rivals, distance);
    }
    if (lane == 0) found[place] = label < 0 ? -1 : rivals < topK ? label : label + CAFFE_MISSED;
  }
}

// The share of those found: of all labels by block 0, then of each class by a block.
KERNEL void found_share(const int *found, Index places, float *result, float *perClass) {
  int wanted = (int)blockIdx.x - 1;
  float hits = 0, seen = 0;
  EACH_OF_BLOCK(i, places) {
    int known = found[i];
    if (known < 0) continue;
    bool isMissed = known >= CAFFE_MISSED;
    if (wanted >= 0 && (isMissed ? known - CAFFE_MISSED : known) != wanted) continue;
    seen += 1;
    if (!isMissed) hits += 1;
  }
  hits = block_sum(hits);
  seen = block_sum(seen);
  if (threadIdx.x != 0) return;
  float *target = wanted < 0 ? result : perClass + wanted;
  *target = seen == 0 ? 0 : hits / seen;
}

EXPORT_BLOCK(find_labels)
EXPORT_BLOCK(found_share)
