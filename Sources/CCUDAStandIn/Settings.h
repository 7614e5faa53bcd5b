// How each device behaves.
#ifndef CAFFE_STAND_IN_SETTINGS_H
#define CAFFE_STAND_IN_SETTINGS_H

#include <atomic>
#include <cstddef>

namespace stand_in {

struct Settings {
  std::atomic<bool> isReversed{false};
  // How many of the next captures are refused.
  std::atomic<int> refusals{0};
  std::atomic<bool> refusesToJoin{false};
  // What the way to other devices is said to suffer from.
  std::atomic<int> linkError{0};
  std::atomic<size_t> memory{(size_t)16 << 30};
};

// Those of a device; numbers beyond 63 share the last's.
Settings &settings(int device);

}  // namespace stand_in

#endif
