// The memory of devices: plain memory, full of NaN at first, of which every piece is known.
#ifndef CAFFE_STAND_IN_MEMORY_H
#define CAFFE_STAND_IN_MEMORY_H

#include <cstddef>
#include <cstdint>

namespace stand_in {

// Which device the calling thread works with; -1 for none.
extern thread_local int currentDevice;

// Takes memory; 0 if there isn't enough.
uint64_t takeMemory(size_t bytes);
// Gives it back; says whether `address` was taken.
bool giveMemory(uint64_t address);
// Whether all of these bytes were taken, in one piece.
bool isTaken(uint64_t address, size_t bytes);
size_t freeMemory();

}  // namespace stand_in

#endif
