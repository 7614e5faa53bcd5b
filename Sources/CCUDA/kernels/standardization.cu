// Channels brought to mean 0 and variance 1, and what goes back through that.
//
// The values of a channel lie in planes, or, where `inner` is 1, a row of all channels apart. Either way a thread takes four values at
// a time, if these lie side by side, and several such groups before it needs the first.

// A count of values, their mean, and the sum of the squares of what they are off.
struct Moments {
  float count, mean, squares;

  // Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
  __device__ void join(const Moments &other) {
    if (other.count == 0) return;
    float total = count + other.count, share = other.count / total, difference = other.mean - mean;
    mean += difference * share;
    squares += other.squares + difference * difference * count * share;
    count = total;
  }

  __device__ void clear() { count = mean = squares = 0; }

  __device__ Moments of_block() const {
    Moments all;
    all.count = block_sum(count);
    all.mean = block_sum(count * mean) / fmaxf(all.count, 1);
    float difference = mean - all.mean;
    all.squares = block_sum(squares + count * difference * difference);
    return all;
  }
};

// The sums of what comes back, and of its products with the standardised values.
struct Sums {
  float plain, products;

  __device__ void join(const Sums &other) {
    plain += other.plain;
    products += other.products;
  }

  __device__ void clear() { plain = products = 0; }

  __device__ Sums of_block() const {
    Sums all = {block_sum(plain), 0};
    all.products = block_sum(products);
    return all;
  }
};

// The groups of a channel's planes that a block goes over: threads follow them by steps, without a division for each.
template <int width>
struct Walk {
  Index position, end;
  int inner, outer, place, outerStep, placeStep;
  Index channelStep;

  __device__ Walk(const caffe_gpu_channels &shape) {
    inner = shape.inner / width;
    int slices = gridDim.y, groups = shape.outer * inner, length = (groups + slices - 1) / slices;
    Index start = (Index)blockIdx.y * length;
    position = start + threadIdx.x;
    end = min(start + length, (Index)groups);
    outer = (int)(position / inner);
    place = (int)(position - (Index)outer * inner);
    outerStep = (int)blockDim.x / inner;
    placeStep = (int)blockDim.x - outerStep * inner;
    channelStep = (Index)shape.channels * shape.inner;
  }

  __device__ bool is_inside() const { return position < end; }

  // Where the group begins.
  __device__ Index here(const caffe_gpu_channels &shape) const {
    return outer * channelStep + (Index)blockIdx.x * shape.inner + place * width;
  }

  __device__ void step() {
    position += blockDim.x;
    outer += outerStep;
    place += placeStep;
    if (place < inner) return;
    place -= inner;
    outer++;
  }
};

template <int width>
__device__ inline Moments moments_of_planes(const float *input, const caffe_gpu_channels &shape) {
  constexpr int reach = 4;
  Moments all;
  all.clear();
  for (Walk<width> walk(shape); walk.is_inside();) {
    Group<width> groups[reach];
    int count = 0;
    for (int k = 0; k < reach; k++) {
      if (!walk.is_inside()) continue;
      groups[k] = load<width>(input, walk.here(shape));
      walk.step();
      count = k + 1;
    }
    Moments own = {(float)(count * width), 0, 0};
    for (int k = 0; k < reach; k++) {
      for (int j = 0; j < width; j++) own.mean += k < count ? groups[k].x[j] : 0;
    }
    own.mean /= own.count;
    for (int k = 0; k < reach; k++) {
      for (int j = 0; j < width; j++) {
        float difference = k < count ? groups[k].x[j] - own.mean : 0;
        own.squares += difference * difference;
      }
    }
    all.join(own);
  }
  return all;
}

// Mean and variance of each channel: blockIdx.x is the channel.
KERNEL void channel_statistics(
    const float *input, caffe_gpu_channels shape, float *means, float *variances, float *room, int *counters) {
  Moments own = shape.inner % 4 == 0 ? moments_of_planes<4>(input, shape) : moments_of_planes<1>(input, shape);
  Moments all;
  if (!joins_planes(own, room, counters, all) || threadIdx.x != 0) return;
  means[blockIdx.x] = all.mean;
  if (variances) variances[blockIdx.x] = all.squares / fmaxf(all.count, 1);
}

// The rows that a thread goes over, `count` of them at a time, `together` apart; from the last row on, which was written last and may
// still be in the device's cache. What comes next begins with the first, which was read last.
#define EACH_ROW_CHUNK(row, rows, lanes, count)                                                       \
  int together = (int)(gridDim.y * blockDim.x) / (lanes);                                             \
  for (Index row = (Index)blockIdx.y * (blockDim.x / (lanes)) + threadIdx.x / (lanes); row < (rows); \
       row += (Index)together * (count))
#define ROWS_AT_A_TIME 8

template <int width>
__device__ inline void moments_of_rows(
    const float *input, const caffe_gpu_channels &shape, int lanes, int channel, Moments *all) {
  for (int j = 0; j < width; j++) all[j].clear();
  if (channel >= shape.channels) return;
  EACH_ROW_CHUNK(first, shape.outer, lanes, ROWS_AT_A_TIME) {
    Group<width> groups[ROWS_AT_A_TIME];
    int count = 0;
    for (int k = 0; k < ROWS_AT_A_TIME; k++) {
      Index row = first + (Index)k * together;
      if (row >= shape.outer) continue;
      groups[k] = load<width>(input, (shape.outer - 1 - row) * shape.channels + channel);
      count = k + 1;
    }
    for (int j = 0; j < width; j++) {
      Moments own = {(float)count, 0, 0};
      for (int k = 0; k < ROWS_AT_A_TIME; k++) own.mean += k < count ? groups[k].x[j] : 0;
      own.mean /= own.count;
      for (int k = 0; k < ROWS_AT_A_TIME; k++) {
        float difference = k < count ? groups[k].x[j] - own.mean : 0;
        own.squares += difference * difference;
      }
      all[j].join(own);
    }
  }
}

template <int width>
__device__ inline void statistics_of_rows(
    const float *input, const caffe_gpu_channels &shape, int lanes, float *means, float *variances, float *room,
    int *counters) {
  Moments own[width], all;
  moments_of_rows<width>(input, shape, lanes, ((int)blockIdx.x * lanes + (int)threadIdx.x % lanes) * width, own);
  if (!joins_rows<Moments, width>(own, lanes, room, counters, all)) return;
  int channel = blockIdx.x * lanes * width + threadIdx.x;
  if ((int)threadIdx.x >= lanes * width || channel >= shape.channels) return;
  means[channel] = all.mean;
  if (variances) variances[channel] = all.squares / fmaxf(all.count, 1);
}

// The same for rows of channels: a block takes `lanes` groups of them.
KERNEL void row_statistics(
    const float *input, caffe_gpu_channels shape, int lanes, float *means, float *variances, float *room,
    int *counters) {
  if (shape.channels % 4 == 0) {
    statistics_of_rows<4>(input, shape, lanes, means, variances, room, counters);
  } else {
    statistics_of_rows<1>(input, shape, lanes, means, variances, room, counters);
  }
}

// What is given to be standardised, and what becomes of it.
struct Given {
  const float *input, *means, *variances, *scale, *shift, *output, *outputGradient;
};

// What is the same for all values of a channel.
struct Channel {
  float mean, inverse, scale, shift;

  __device__ Channel() {}

  __device__ Channel(const Given &given, int c, const caffe_gpu_standardization &form) {
    mean = given.means ? given.means[c] : 0;
    switch (form.deviation) {
      case CAFFE_EPSILON_INSIDE: inverse = 1 / sqrtf(given.variances[c] + form.epsilon); break;
      case CAFFE_EPSILON_OUTSIDE: inverse = 1 / (sqrtf(given.variances[c]) + form.epsilon); break;
      default: inverse = 1;
    }
    scale = given.scale ? given.scale[c] : 1;
    shift = given.shift ? given.shift[c] : 0;
  }

  __device__ float standardized(float x) const { return (x - mean) * inverse; }

  // Both ways the same to the bit, so that what was cut off stays so.
  __device__ float before_rectifier(float x) const { return fmaf(standardized(x), scale, shift); }
};

// What comes back to some values, and their standardised values: from what they were made of where there is that, otherwise they were
// kept.
template <int width>
struct Returned {
  Group<width> gradient, value;

  __device__ void load_from(const Given &given, Index i) {
    gradient = load<width>(given.outputGradient, i);
    value = load<width>(given.input ? given.input : given.output, i);
  }

  __device__ void finish(const Given &given, const Channel *channels, float slope) {
    if (!given.input) return;
    for (int j = 0; j < width; j++) {
      float x = value.x[j], dy = gradient.x[j];
      if (slope != 1) gradient.x[j] = channels[j].before_rectifier(x) > 0 ? dy : slope == 0 ? 0 : dy * slope;
      value.x[j] = channels[j].standardized(x);
    }
  }
};

#define GROUPS_AT_A_TIME 4

template <int width>
__device__ inline Sums sums_of_planes(
    const Given &given, const caffe_gpu_channels &shape, const caffe_gpu_standardization &form) {
  Channel channels[width];
  channels[0] = Channel(given, blockIdx.x, form);
  for (int j = 1; j < width; j++) channels[j] = channels[0];
  Sums all;
  all.clear();
  for (Walk<width> walk(shape); walk.is_inside();) {
    Returned<width> got[GROUPS_AT_A_TIME];
    int count = 0;
    for (int k = 0; k < GROUPS_AT_A_TIME; k++) {
      if (!walk.is_inside()) continue;
      got[k].load_from(given, walk.here(shape));
      walk.step();
      count = k + 1;
    }
    for (int k = 0; k < GROUPS_AT_A_TIME; k++) {
      if (k >= count) continue;
      got[k].finish(given, channels, form.slope);
      for (int j = 0; j < width; j++) {
        all.plain += got[k].gradient.x[j];
        all.products += got[k].gradient.x[j] * got[k].value.x[j];
      }
    }
  }
  return all;
}

// Where sums go: sums[c] and sums[channels + c], added to the gradients of shift and scale where these are wanted.
struct SumTargets {
  float *sums, *scaleGradient, *shiftGradient;
  float scaleBeta, shiftBeta;

  __device__ void set(const Sums &all, int channel, int channels) const {
    sums[channel] = all.plain;
    sums[channels + channel] = all.products;
    if (scaleGradient) scaleGradient[channel] = all.products + (scaleBeta == 0 ? 0 : scaleGradient[channel]);
    if (shiftGradient) shiftGradient[channel] = all.plain + (shiftBeta == 0 ? 0 : shiftGradient[channel]);
  }
};

// The sums over each channel of what comes back, and of its products with the values: blockIdx.x is the channel.
KERNEL void channel_sums(
    const float *input, const float *means, const float *variances, const float *scale, const float *shift,
    const float *output, const float *outputGradient, caffe_gpu_channels shape, caffe_gpu_standardization form,
    float *sums, float *scaleGradient, float scaleBeta, float *shiftGradient, float shiftBeta, float *room,
    int *counters) {
  Given given = {input, means, variances, scale, shift, output, outputGradient};
  SumTargets to = {sums, scaleGradient, shiftGradient, scaleBeta, shiftBeta};
  Sums own = shape.inner % 4 == 0 ? sums_of_planes<4>(given, shape, form) : sums_of_planes<1>(given, shape, form);
  Sums all;
  if (joins_planes(own, room, counters, all) && threadIdx.x == 0) to.set(all, blockIdx.x, shape.channels);
}

template <int width>
__device__ inline void sums_of_rows(
    const Given &given, const caffe_gpu_channels &shape, int lanes, const caffe_gpu_standardization &form,
    const SumTargets &to, float *room, int *counters) {
  Sums own[width], all;
  for (int j = 0; j < width; j++) own[j].clear();
  int first = ((int)blockIdx.x * lanes + (int)threadIdx.x % lanes) * width;
  if (first < shape.channels) {
    Channel channels[width];
    for (int j = 0; j < width; j++) channels[j] = Channel(given, first + j, form);
    EACH_ROW_CHUNK(start, shape.outer, lanes, GROUPS_AT_A_TIME) {
      Returned<width> got[GROUPS_AT_A_TIME];
      int count = 0;
      for (int k = 0; k < GROUPS_AT_A_TIME; k++) {
        Index row = start + (Index)k * together;
        if (row >= shape.outer) continue;
        got[k].load_from(given, (shape.outer - 1 - row) * shape.channels + first);
        count = k + 1;
      }
      for (int k = 0; k < GROUPS_AT_A_TIME; k++) {
        if (k >= count) continue;
        got[k].finish(given, channels, form.slope);
        for (int j = 0; j < width; j++) {
          own[j].plain += got[k].gradient.x[j];
          own[j].products += got[k].gradient.x[j] * got[k].value.x[j];
        }
      }
    }
  }
  if (!joins_rows<Sums, width>(own, lanes, room, counters, all)) return;
  int channel = blockIdx.x * lanes * width + threadIdx.x;
  if ((int)threadIdx.x < lanes * width && channel < shape.channels) to.set(all, channel, shape.channels);
}

// The same for rows of channels: a block takes `lanes` groups of them.
KERNEL void row_sums(
    const float *input, const float *means, const float *variances, const float *scale, const float *shift,
    const float *output, const float *outputGradient, caffe_gpu_channels shape, int lanes,
    caffe_gpu_standardization form, float *sums, float *scaleGradient, float scaleBeta, float *shiftGradient,
    float shiftBeta, float *room, int *counters) {
  Given given = {input, means, variances, scale, shift, output, outputGradient};
  SumTargets to = {sums, scaleGradient, shiftGradient, scaleBeta, shiftBeta};
  if (shape.channels % 4 == 0) {
    sums_of_rows<4>(given, shape, lanes, form, to, room, counters);
  } else {
    sums_of_rows<1>(given, shape, lanes, form, to, room, counters);
  }
}

// Calls `body` for each group of values, with the channels of its values. Where these lie in rows, a thread keeps to the same channels;
// there must be a thread for each group of a row.
template <int width, bool isOfRows, typename Body>
__device__ inline void each_group(
    const Given &given, Index count, const caffe_gpu_standardization &form, const Body &body) {
  Index groups = count / width, step = (Index)gridDim.x * blockDim.x;
  Index start = (Index)blockIdx.x * blockDim.x + threadIdx.x;
  Channel channels[width];
  int first = 0;
  if (isOfRows) {
    int ofRow = (int)form.channels.divisor / width;
    step -= step % ofRow;
    if (start >= step) return;
    first = (int)(start % ofRow) * width;
    for (int j = 0; j < width; j++) channels[j] = Channel(given, first + j, form);
  }
  for (Index group = start; group < groups; group += step) {
    if (!isOfRows) {
      first = modulus(quotient((int)(group * width), form.inner), form.channels);
      channels[0] = Channel(given, first, form);
      for (int j = 1; j < width; j++) channels[j] = channels[0];
    }
    body.template at<width, isOfRows>(group * width, channels, first);
  }
}

template <typename Body>
__device__ inline void each_group(const Given &given, Index count, const caffe_gpu_standardization &form, const Body &body) {
  int inner = (int)form.inner.divisor;
  if (inner > 1) {
    if (inner % 4 == 0) each_group<4, false>(given, count, form, body);
    else each_group<1, false>(given, count, form, body);
  } else {
    if (form.channels.divisor % 4 == 0) each_group<4, true>(given, count, form, body);
    else each_group<1, true>(given, count, form, body);
  }
}

struct Standardizing {
  const float *input;
  float *output, *copy;
  bool isScaled;
  float slope;

  template <int width, bool isOfRows>
  __device__ void at(Index i, const Channel *channels, int) const {
    Group<width> group = load<width>(input, i);
    for (int j = 0; j < width; j++) {
      float x = group.x[j];
      if (isScaled) {
        x = channels[j].before_rectifier(x);
        group.x[j] = x < 0 && slope != 1 ? (slope == 0 ? 0 : x * slope) : x;
      } else {
        group.x[j] = channels[j].standardized(x);
      }
    }
    store(group, output, i);
    if (copy) store(group, copy, i);
  }
};

KERNEL void standardize(
    const float *input, const float *means, const float *variances, const float *scale, const float *shift,
    float *output, float *copy, Index count, caffe_gpu_standardization form) {
  Given given = {input, means, variances, scale, shift, nullptr, nullptr};
  Standardizing body = {input, output, copy, scale != nullptr, form.slope};
  each_group(given, count, form, body);
}

struct Returning {
  Given given;
  const float *sums;
  float *inputGradient;
  float share, slope;
  bool hasDeviation;
  int channelCount;

  template <int width, bool isOfRows>
  __device__ void at(Index i, const Channel *channels, int first) const {
    Returned<width> got;
    got.load_from(given, i);
    got.finish(given, channels, slope);
    for (int j = 0; j < width; j++) {
      int c = isOfRows ? first + j : first;
      float own = hasDeviation ? got.value.x[j] * (sums[channelCount + c] * share) : 0;
      float gradient = got.gradient.x[j] - sums[c] * share - own;
      got.gradient.x[j] = channels[j].scale * channels[j].inverse * gradient;
    }
    store(got.gradient, inputGradient, i);
  }
};

// `share` is what each value has in the sums: one by the values of a channel.
KERNEL void standardize_backward(
    const float *input, const float *means, const float *variances, const float *scale, const float *shift,
    const float *output, const float *outputGradient, const float *sums, float *inputGradient, Index count, float share,
    caffe_gpu_standardization form) {
  Given given = {input, means, variances, scale, shift, output, outputGradient};
  Returning body = {
      given, sums, inputGradient, share, form.slope, form.deviation != CAFFE_NO_DEVIATION, (int)form.channels.divisor};
  each_group(given, count, form, body);
}

struct Dividing {
  const float *input;
  float *output;

  template <int width, bool isOfRows>
  __device__ void at(Index i, const Channel *channels, int) const {
    Group<width> group = load<width>(input, i);
    for (int j = 0; j < width; j++) group.x[j] *= channels[j].inverse;
    store(group, output, i);
  }
};

KERNEL void standardize_backward_given(
    const float *variances, const float *outputGradient, float *inputGradient, Index count,
    caffe_gpu_standardization form) {
  Given given = {nullptr, nullptr, variances, nullptr, nullptr, nullptr, outputGradient};
  Dividing body = {outputGradient, inputGradient};
  each_group(given, count, form, body);
}

EXPORT_BLOCK(channel_statistics)
EXPORT_BLOCK(row_statistics)
EXPORT(standardize)
EXPORT_BLOCK(channel_sums)
EXPORT_BLOCK(row_sums)
EXPORT(standardize_backward)
EXPORT(standardize_backward_given)
