// One block of a grid, its threads run as fibers where they meet each other.
#ifndef CAFFE_STAND_IN_BLOCK_H
#define CAFFE_STAND_IN_BLOCK_H

#include <cstddef>
#include <cstdint>

namespace stand_in {

struct Extent {
  unsigned x = 0, y = 0, z = 0;
};

// The numbers that a kernel sees, of the thread that runs now.
struct Place {
  Extent thread, block, blockExtent, gridExtent;
};
extern thread_local Place place;

// A kernel that can be looked up by its name.
struct Kernel {
  const char *name;
  void (*call)(void **arguments);
  const size_t *sizes;
  size_t count;
  // Whether the threads of a block meet.
  bool meets;
};

// Runs all blocks of a grid, one after the other.
void run(const Kernel &kernel, Extent grid, Extent block, void **arguments);

// Waits until all threads of the block are here.
void meetBlock();
// Gives `value` of the lane `lane ^ mask` or `lane + delta` or number `source` of this thread's warp; all lanes must call it.
uint32_t exchange(uint32_t value, unsigned sourceLane);
// Which lane of its warp the running thread is.
unsigned lane();

// Whether threads and blocks that this thread runs go from the last to the first.
void setReversed(bool reversed);

}  // namespace stand_in

#endif
