// libcudnn's functions: convolutions by plain loops.
#include "CCUDAStandIn.h"
#include "Memory.h"
#include "Stream.h"

#include <algorithm>
#include <cmath>
#include <vector>

struct caffe_cudnn_state {
  caffe_cu_stream stream = nullptr;
};

struct caffe_cudnn_tensor_state {
  std::vector<int> extents, strides;
};

struct caffe_cudnn_filter_state {
  std::vector<int> extents;
  bool hasChannelsLast = false;
};

struct caffe_cudnn_convolution_state {
  std::vector<int> padding, stride, dilation;
  int groups = 1, math = 0;
};

namespace {

constexpr int badParameter = 2000, notSupported = 3000;

using Tensor = caffe_cudnn_tensor_state;
using Filter = caffe_cudnn_filter_state;
using Convolution = caffe_cudnn_convolution_state;

int create(caffe_cudnn *handle) {
  *handle = new caffe_cudnn_state();
  return 0;
}

int destroy(caffe_cudnn handle) {
  delete handle;
  return 0;
}

int getProperty(int property, int *value) {
  *value = property == CAFFE_CUDNN_MAJOR ? 9 : 0;
  return 0;
}

int setStream(caffe_cudnn handle, caffe_cu_stream stream) {
  handle->stream = stream;
  return 0;
}

int createTensor(caffe_cudnn_tensor *tensor) {
  *tensor = new Tensor();
  return 0;
}

int destroyTensor(caffe_cudnn_tensor tensor) {
  delete tensor;
  return 0;
}

int setTensor(caffe_cudnn_tensor tensor, int type, int axes, const int *extents, const int *strides) {
  if (type != CAFFE_CUDNN_FLOAT || axes < 4 || axes > 5) return badParameter;
  tensor->extents.assign(extents, extents + axes);
  tensor->strides.assign(strides, strides + axes);
  return std::all_of(extents, extents + axes, [](int extent) { return extent > 0; }) ? 0 : badParameter;
}

int createFilter(caffe_cudnn_filter *filter) {
  *filter = new Filter();
  return 0;
}

int destroyFilter(caffe_cudnn_filter filter) {
  delete filter;
  return 0;
}

int setFilter(caffe_cudnn_filter filter, int type, int format, int axes, const int *extents) {
  bool isKnown = format == CAFFE_CUDNN_ROW_MAJOR || format == CAFFE_CUDNN_CHANNELS_LAST;
  if (type != CAFFE_CUDNN_FLOAT || !isKnown || axes < 4 || axes > 5) return badParameter;
  filter->extents.assign(extents, extents + axes);
  filter->hasChannelsLast = format == CAFFE_CUDNN_CHANNELS_LAST;
  return 0;
}

int createConvolution(caffe_cudnn_convolution *convolution) {
  *convolution = new Convolution();
  return 0;
}

int destroyConvolution(caffe_cudnn_convolution convolution) {
  delete convolution;
  return 0;
}

int setConvolution(
    caffe_cudnn_convolution convolution, int axes, const int *padding, const int *stride, const int *dilation,
    int mode, int type) {
  if (axes < 2 || axes > 3 || mode != CAFFE_CUDNN_CROSS_CORRELATION || type != CAFFE_CUDNN_FLOAT) return badParameter;
  convolution->padding.assign(padding, padding + axes);
  convolution->stride.assign(stride, stride + axes);
  convolution->dilation.assign(dilation, dilation + axes);
  return 0;
}

int setGroups(caffe_cudnn_convolution convolution, int groups) {
  convolution->groups = groups;
  return groups > 0 ? 0 : badParameter;
}

int setMath(caffe_cudnn_convolution convolution, int math) {
  convolution->math = math;
  return 0;
}

size_t product(const std::vector<int> &extents, size_t first) {
  size_t count = 1;
  for (size_t i = first; i < extents.size(); i++) count *= extents[i];
  return count;
}

bool fits(const Tensor &x, const Filter &w, const Convolution &c, const Tensor &y) {
  size_t axes = c.stride.size() + 2;
  if (x.extents.size() != axes || w.extents.size() != axes || y.extents.size() != axes) return false;
  if (x.extents[0] != y.extents[0] || w.extents[0] != y.extents[1]) return false;
  if (w.extents[1] * c.groups != x.extents[1] || y.extents[1] % c.groups != 0) return false;
  // All have their channels in the same place, if there are several.
  if (w.extents[1] > 1 && (x.strides[1] == 1) != w.hasChannelsLast && product(x.extents, 2) > 1) return false;
  for (size_t i = 2; i < axes; i++) {
    int reach = c.dilation[i - 2] * (w.extents[i] - 1) + 1;
    if (y.extents[i] != (x.extents[i] + 2 * c.padding[i - 2] - reach) / c.stride[i - 2] + 1) return false;
  }
  return true;
}

// Number 0 is said to be the fastest, 1 to give the same each time, 2 to need more memory than there is, and 3 not to work.
int tell(bool fits, int wanted, int *found, caffe_cudnn_performance *algorithms) {
  if (!fits) return badParameter;
  const caffe_cudnn_performance all[] = {
      {3, notSupported, 0.1f, 0, 1, 3, {}},
      {2, 0, 0.2f, (size_t)1 << 40, 1, 3, {}},
      {0, 0, 0.3f, 64, 0, 3, {}},
      {1, 0, 0.4f, 1024, 1, 3, {}}};
  *found = std::min(wanted, 4);
  std::copy(all, all + *found, algorithms);
  return 0;
}

size_t workspaceOf(int algorithm) { return algorithm == 0 ? 64 : 1024; }

int forwardAlgorithms(
    caffe_cudnn, caffe_cudnn_tensor x, caffe_cudnn_filter w, caffe_cudnn_convolution c, caffe_cudnn_tensor y,
    int wanted, int *found, caffe_cudnn_performance *algorithms) {
  return tell(fits(*x, *w, *c, *y), wanted, found, algorithms);
}

int dataAlgorithms(
    caffe_cudnn, caffe_cudnn_filter w, caffe_cudnn_tensor dy, caffe_cudnn_convolution c, caffe_cudnn_tensor dx,
    int wanted, int *found, caffe_cudnn_performance *algorithms) {
  return tell(fits(*dx, *w, *c, *dy), wanted, found, algorithms);
}

int filterAlgorithms(
    caffe_cudnn, caffe_cudnn_tensor x, caffe_cudnn_tensor dy, caffe_cudnn_convolution c, caffe_cudnn_filter dw,
    int wanted, int *found, caffe_cudnn_performance *algorithms) {
  return tell(fits(*x, *dw, *c, *dy), wanted, found, algorithms);
}

int forwardWorkspace(
    caffe_cudnn, caffe_cudnn_tensor, caffe_cudnn_filter, caffe_cudnn_convolution, caffe_cudnn_tensor, int algorithm,
    size_t *bytes) {
  *bytes = workspaceOf(algorithm);
  return 0;
}

int dataWorkspace(
    caffe_cudnn, caffe_cudnn_filter, caffe_cudnn_tensor, caffe_cudnn_convolution, caffe_cudnn_tensor, int algorithm,
    size_t *bytes) {
  *bytes = workspaceOf(algorithm);
  return 0;
}

int filterWorkspace(
    caffe_cudnn, caffe_cudnn_tensor, caffe_cudnn_tensor, caffe_cudnn_convolution, caffe_cudnn_filter, int algorithm,
    size_t *bytes) {
  *bytes = workspaceOf(algorithm);
  return 0;
}

// A convolution's loops: what meets what.
class Loops {
 public:
  Loops(const Tensor &x, const Filter &w, const Convolution &c, const Tensor &y) : x(x), w(w), c(c), y(y) {}

  // Calls `body` with the indices of an input, a weight and an output for each product.
  template <typename Body>
  void forEach(Body body) const {
    int outputs = y.extents[1], outputsOfGroup = outputs / c.groups, inputsOfGroup = w.extents[1];
    size_t places = product(y.extents, 2), taps = product(w.extents, 2);
    for (int image = 0; image < y.extents[0]; image++)
      for (int o = 0; o < outputs; o++)
        for (size_t place = 0; place < places; place++)
          for (int i = 0; i < inputsOfGroup; i++)
            for (size_t tap = 0; tap < taps; tap++) {
              size_t index = met(place, tap);
              if (index == outside) continue;
              int channel = o / outputsOfGroup * inputsOfGroup + i;
              size_t weight = w.hasChannelsLast ? ((size_t)o * taps + tap) * inputsOfGroup + i
                                                : ((size_t)o * inputsOfGroup + i) * taps + tap;
              body(
                  (size_t)image * x.strides[0] + (size_t)channel * x.strides[1] + index, weight,
                  (size_t)image * y.strides[0] + (size_t)o * y.strides[1] + at(place));
            }
  }

  size_t inputs() const { return product(x.extents, 0); }
  size_t weights() const { return product(w.extents, 0); }
  size_t outputs() const { return product(y.extents, 0); }

 private:
  static constexpr size_t outside = ~(size_t)0;

  // Where a place of the output is.
  size_t at(size_t place) const {
    size_t index = 0;
    for (size_t i = y.extents.size() - 1; i >= 2; i--) {
      index += place % y.extents[i] * y.strides[i];
      place /= y.extents[i];
    }
    return index;
  }

  size_t met(size_t place, size_t tap) const {
    size_t index = 0;
    for (size_t i = y.extents.size() - 1; i >= 2; i--) {
      int position = (int)(place % y.extents[i]) * c.stride[i - 2] - c.padding[i - 2] +
                     (int)(tap % w.extents[i]) * c.dilation[i - 2];
      if (position < 0 || position >= x.extents[i]) return outside;
      index += (size_t)position * x.strides[i];
      place /= y.extents[i];
      tap /= w.extents[i];
    }
    return index;
  }

  const Tensor x;
  const Filter w;
  const Convolution c;
  const Tensor y;
};

// An algorithm leaves nothing of what was in its workspace.
bool spoil(caffe_cu_address workspace, size_t bytes, int algorithm) {
  size_t needed = workspaceOf(algorithm);
  return (algorithm == 0 || algorithm == 1) && bytes >= needed && stand_in::isTaken(workspace, needed);
}

void fill(caffe_cu_address workspace, int algorithm) {
  std::fill_n((float *)workspace, workspaceOf(algorithm) / sizeof(float), NAN);
}

void finish(const std::vector<double> &sums, float alpha, float beta, float *target) {
  for (size_t i = 0; i < sums.size(); i++) {
    target[i] = (float)(alpha * sums[i]) + (beta == 0 ? 0 : beta * target[i]);
  }
}

int forward(
    caffe_cudnn handle, const float *alpha, caffe_cudnn_tensor xForm, caffe_cu_address x, caffe_cudnn_filter wForm,
    caffe_cu_address w, caffe_cudnn_convolution c, int algorithm, caffe_cu_address workspace, size_t bytes,
    const float *beta, caffe_cudnn_tensor yForm, caffe_cu_address y) {
  if (!fits(*xForm, *wForm, *c, *yForm) || !spoil(workspace, bytes, algorithm) ||
      !handle->stream->isCurrent()) {
    return badParameter;
  }
  Loops loops(*xForm, *wForm, *c, *yForm);
  handle->stream->add([=, a = *alpha, b = *beta] {
    fill(workspace, algorithm);
    std::vector<double> sums(loops.outputs());
    loops.forEach([&](size_t i, size_t k, size_t o) {
      sums[o] += (double)((const float *)x)[i] * ((const float *)w)[k];
    });
    finish(sums, a, b, (float *)y);
  });
  return 0;
}

int backwardData(
    caffe_cudnn handle, const float *alpha, caffe_cudnn_filter wForm, caffe_cu_address w, caffe_cudnn_tensor dyForm,
    caffe_cu_address dy, caffe_cudnn_convolution c, int algorithm, caffe_cu_address workspace, size_t bytes,
    const float *beta, caffe_cudnn_tensor dxForm, caffe_cu_address dx) {
  if (!fits(*dxForm, *wForm, *c, *dyForm) || !spoil(workspace, bytes, algorithm) ||
      !handle->stream->isCurrent()) {
    return badParameter;
  }
  Loops loops(*dxForm, *wForm, *c, *dyForm);
  handle->stream->add([=, a = *alpha, b = *beta] {
    fill(workspace, algorithm);
    std::vector<double> sums(loops.inputs());
    loops.forEach([&](size_t i, size_t k, size_t o) {
      sums[i] += (double)((const float *)dy)[o] * ((const float *)w)[k];
    });
    finish(sums, a, b, (float *)dx);
  });
  return 0;
}

int backwardFilter(
    caffe_cudnn handle, const float *alpha, caffe_cudnn_tensor xForm, caffe_cu_address x, caffe_cudnn_tensor dyForm,
    caffe_cu_address dy, caffe_cudnn_convolution c, int algorithm, caffe_cu_address workspace, size_t bytes,
    const float *beta, caffe_cudnn_filter dwForm, caffe_cu_address dw) {
  if (!fits(*xForm, *dwForm, *c, *dyForm) || !spoil(workspace, bytes, algorithm) ||
      !handle->stream->isCurrent()) {
    return badParameter;
  }
  Loops loops(*xForm, *dwForm, *c, *dyForm);
  handle->stream->add([=, a = *alpha, b = *beta] {
    fill(workspace, algorithm);
    std::vector<double> sums(loops.weights());
    loops.forEach([&](size_t i, size_t k, size_t o) {
      sums[k] += (double)((const float *)x)[i] * ((const float *)dy)[o];
    });
    finish(sums, a, b, (float *)dw);
  });
  return 0;
}

const char *errorText(int) { return "the stand-in's error"; }

}  // namespace

#define ENTRY(field, symbol, parameters) field,
void caffe_stand_in_cudnn(caffe_cudnn_table *table) { *table = {CAFFE_CUDNN_FUNCTIONS(ENTRY) errorText}; }
