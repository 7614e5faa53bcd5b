// What CUDA C++ has beyond C++, for a CPU: as much of it as our kernels use.
#ifndef CAFFE_STAND_IN_LANGUAGE_H
#define CAFFE_STAND_IN_LANGUAGE_H

#include "Block.h"

#include <cmath>
#include <cstring>
#include <utility>

#define CAFFE_STAND_IN 1

#define __global__
#define __device__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __restrict__
// Blocks run one after the other on a thread of the CPU.
#define __shared__ static thread_local
#define KERNEL static

#define threadIdx (stand_in::place.thread)
#define blockIdx (stand_in::place.block)
#define blockDim (stand_in::place.blockExtent)
#define gridDim (stand_in::place.gridExtent)

inline void __syncthreads() { stand_in::meetBlock(); }

template <typename Value>
inline Value shuffle(Value value, unsigned source) {
  static_assert(sizeof(Value) == 4 || sizeof(Value) == 8, "four or eight bytes are exchanged");
  uint32_t words[sizeof(Value) / 4];
  memcpy(words, &value, sizeof words);
  for (uint32_t &word : words) word = stand_in::exchange(word, source);
  memcpy(&value, words, sizeof words);
  return value;
}
template <typename Value>
inline Value __shfl_xor_sync(unsigned, Value value, int mask) {
  return shuffle(value, stand_in::lane() ^ (unsigned)mask);
}
template <typename Value>
inline Value __shfl_down_sync(unsigned, Value value, unsigned distance) {
  return shuffle(value, stand_in::lane() + distance);
}
template <typename Value>
inline Value __shfl_sync(unsigned, Value value, int source) {
  return shuffle(value, (unsigned)source);
}

// The threads of a block never run at the same time.
template <typename Value>
inline Value atomicAdd(Value *target, Value value) {
  Value old = *target;
  *target = old + value;
  return old;
}
inline int atomicMin(int *target, int value) {
  int old = *target;
  if (value < old) *target = value;
  return old;
}
inline int atomicMax(int *target, int value) {
  int old = *target;
  if (value > old) *target = value;
  return old;
}
inline unsigned atomicOr(unsigned *target, unsigned bits) {
  unsigned old = *target;
  *target = old | bits;
  return old;
}
inline int atomicCAS(int *target, int expected, int value) {
  int old = *target;
  if (old == expected) *target = value;
  return old;
}
inline void __threadfence() {}
inline void __threadfence_system() {}

inline float __fsub_rn(float a, float b) { return a - b; }
inline float __fmul_rn(float a, float b) { return a * b; }
inline float rsqrtf(float x) { return 1 / sqrtf(x); }
inline unsigned __umulhi(unsigned a, unsigned b) { return unsigned((unsigned long long)a * b >> 32); }
inline int __ffs(int bits) { return __builtin_ffs(bits); }
inline int __float_as_int(float x) {
  int bits;
  memcpy(&bits, &x, 4);
  return bits;
}
inline float __int_as_float(int bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

template <typename Value>
inline Value min(Value a, Value b) { return b < a ? b : a; }
template <typename Value>
inline Value max(Value a, Value b) { return a < b ? b : a; }

namespace stand_in {

// Calls a kernel with arguments that are given by their addresses.
template <auto function>
struct Trampoline;

template <typename... Argument, void (*function)(Argument...)>
struct Trampoline<function> {
  static constexpr size_t count = sizeof...(Argument);
  static constexpr size_t sizes[] = {sizeof(Argument)..., 0};
  static void call(void **arguments) { invoke(arguments, std::index_sequence_for<Argument...>()); }

 private:
  template <size_t... index>
  static void invoke(void **arguments, std::index_sequence<index...>) {
    function(*static_cast<std::remove_const_t<Argument> *>(arguments[index])...);
  }
};

struct Registration {
  explicit Registration(const Kernel &kernel);
};

}  // namespace stand_in

#define CAFFE_REGISTER(name, meets)                                                         \
  static const stand_in::Registration name##_registration({                                 \
      #name, stand_in::Trampoline<name>::call, stand_in::Trampoline<name>::sizes,           \
      stand_in::Trampoline<name>::count, meets});
#define EXPORT(name) CAFFE_REGISTER(name, false)
#define EXPORT_BLOCK(name) CAFFE_REGISTER(name, true)

#endif
