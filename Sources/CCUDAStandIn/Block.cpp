#include "Block.h"

#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <ucontext.h>
#include <vector>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CAFFE_HAS_ASAN 1
#include <sanitizer/common_interface_defs.h>
#endif
#endif

namespace stand_in {

thread_local Place place;

namespace {

thread_local bool isReversed = false;

constexpr size_t stackBytes = 128 << 10;
constexpr unsigned warpSize = 32;

enum class State { ready, atBlock, atWarp, done };

struct Fiber {
  State state = State::done;
  bool isStarted = false;
  Extent thread;
  ucontext_t context;
  jmp_buf place;
  std::unique_ptr<char[]> stack;
  // What it gives to its warp; two, since the next exchange may begin before all have read.
  uint32_t given[2] = {0, 0};
  unsigned exchanges = 0;
  void *sanitizerStack = nullptr;
};

// The threads of a block, on one thread of the CPU.
class Block {
 public:
  void run(const Kernel &kernel, Extent extent, void **arguments);
  void wait(State state);
  Fiber &current() { return *fibers[running]; }
  Fiber &ofWarp(unsigned lane) { return *fibers[running / warpSize * warpSize + lane]; }
  unsigned lane() const { return running % warpSize; }
  bool isRunning() const { return kernel != nullptr; }
  [[noreturn]] void fail(const char *what);

 private:
  void resume(size_t index);
  bool release();
  static void enter();
  void leave();

  std::vector<std::unique_ptr<Fiber>> fibers;
  const Kernel *kernel = nullptr;
  void **arguments = nullptr;
  size_t running = 0;
  size_t count = 0;
  ucontext_t schedulerContext;
  jmp_buf scheduler;
  const void *schedulerStack = nullptr;
  size_t schedulerStackBytes = 0;
  void *schedulerFake = nullptr;
};

thread_local Block block;

void Block::fail(const char *what) {
  fprintf(
      stderr, "CUDA stand-in: kernel %s, block (%u, %u, %u), thread %zu: %s\n", kernel ? kernel->name : "?",
      place.block.x, place.block.y, place.block.z, running, what);
  abort();
}

void Block::run(const Kernel &kernel, Extent extent, void **arguments) {
  this->kernel = &kernel;
  this->arguments = arguments;
  count = (size_t)extent.x * extent.y * extent.z;
  if (count % warpSize != 0) fail("a block whose threads meet must have whole warps of 32");
  while (fibers.size() < count) {
    fibers.push_back(std::make_unique<Fiber>());
    fibers.back()->stack.reset(new char[stackBytes]);
  }
  for (size_t i = 0; i < count; i++) {
    Fiber &fiber = *fibers[i];
    fiber.state = State::ready;
    fiber.isStarted = false;
    fiber.exchanges = 0;
    fiber.thread = {unsigned(i % extent.x), unsigned(i / extent.x % extent.y), unsigned(i / extent.x / extent.y)};
  }
  do {
    for (size_t i = 0; i < count; i++) {
      size_t index = isReversed ? count - 1 - i : i;
      if (fibers[index]->state == State::ready) resume(index);
    }
  } while (release());
  this->kernel = nullptr;
}

// Lets those go on that have met; says whether there is anybody left to run.
bool Block::release() {
  bool anyLeft = false, anyReleased = false;
  for (size_t first = 0; first < count; first += warpSize) {
    unsigned waiting = 0, left = 0;
    for (size_t i = first; i < first + warpSize; i++) {
      waiting += fibers[i]->state == State::atWarp;
      left += fibers[i]->state != State::done;
    }
    anyLeft |= left > 0;
    if (waiting == 0) continue;
    running = first;
    if (waiting < warpSize) fail("lanes are missing from a shuffle");
    for (size_t i = first; i < first + warpSize; i++) fibers[i]->state = State::ready;
    anyReleased = true;
  }
  if (anyReleased || !anyLeft) return anyLeft;
  for (size_t i = 0; i < count; i++) {
    running = i;
    if (fibers[i]->state != State::atBlock) fail("threads are missing from a barrier");
  }
  for (size_t i = 0; i < count; i++) fibers[i]->state = State::ready;
  return true;
}

void Block::resume(size_t index) {
  running = index;
  Fiber &fiber = *fibers[index];
  place.thread = fiber.thread;
#ifdef CAFFE_HAS_ASAN
  __sanitizer_start_switch_fiber(&schedulerFake, fiber.stack.get(), stackBytes);
  if (!fiber.isStarted) {
    fiber.isStarted = true;
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.stack.get();
    fiber.context.uc_stack.ss_size = stackBytes;
    fiber.context.uc_link = nullptr;
    makecontext(&fiber.context, enter, 0);
  }
  swapcontext(&schedulerContext, &fiber.context);
  __sanitizer_finish_switch_fiber(schedulerFake, nullptr, nullptr);
#else
  if (_setjmp(scheduler) != 0) return;
  if (fiber.isStarted) _longjmp(fiber.place, 1);
  fiber.isStarted = true;
  getcontext(&fiber.context);
  fiber.context.uc_stack.ss_sp = fiber.stack.get();
  fiber.context.uc_stack.ss_size = stackBytes;
  fiber.context.uc_link = nullptr;
  makecontext(&fiber.context, enter, 0);
  setcontext(&fiber.context);
#endif
}

void Block::enter() {
#ifdef CAFFE_HAS_ASAN
  __sanitizer_finish_switch_fiber(nullptr, &block.schedulerStack, &block.schedulerStackBytes);
#endif
  block.kernel->call(block.arguments);
  block.current().state = State::done;
#ifdef CAFFE_HAS_ASAN
  __sanitizer_start_switch_fiber(nullptr, block.schedulerStack, block.schedulerStackBytes);
  swapcontext(&block.current().context, &block.schedulerContext);
#else
  _longjmp(block.scheduler, 1);
#endif
}

void Block::wait(State state) {
  Fiber &fiber = current();
  fiber.state = state;
#ifdef CAFFE_HAS_ASAN
  __sanitizer_start_switch_fiber(&fiber.sanitizerStack, schedulerStack, schedulerStackBytes);
  swapcontext(&fiber.context, &schedulerContext);
  __sanitizer_finish_switch_fiber(fiber.sanitizerStack, &schedulerStack, &schedulerStackBytes);
#else
  if (_setjmp(fiber.place) == 0) _longjmp(scheduler, 1);
#endif
}

void runPlain(const Kernel &kernel, Extent extent, void **arguments) {
  size_t count = (size_t)extent.x * extent.y * extent.z;
  for (size_t i = 0; i < count; i++) {
    size_t index = isReversed ? count - 1 - i : i;
    place.thread = {unsigned(index % extent.x), unsigned(index / extent.x % extent.y),
                    unsigned(index / extent.x / extent.y)};
    kernel.call(arguments);
  }
}

}  // namespace

void run(const Kernel &kernel, Extent grid, Extent extent, void **arguments) {
  place.gridExtent = grid;
  place.blockExtent = extent;
  size_t blocks = (size_t)grid.x * grid.y * grid.z;
  for (size_t i = 0; i < blocks; i++) {
    size_t index = isReversed ? blocks - 1 - i : i;
    place.block = {unsigned(index % grid.x), unsigned(index / grid.x % grid.y), unsigned(index / grid.x / grid.y)};
    if (kernel.meets) {
      block.run(kernel, extent, arguments);
    } else {
      runPlain(kernel, extent, arguments);
    }
  }
}

void meetBlock() {
  if (!block.isRunning()) block.fail("a barrier in a kernel that isn't exported as one of blocks");
  block.wait(State::atBlock);
}

uint32_t exchange(uint32_t value, unsigned sourceLane) {
  if (!block.isRunning()) block.fail("a shuffle in a kernel that isn't exported as one of blocks");
  unsigned slot = block.current().exchanges++ % 2;
  block.current().given[slot] = value;
  block.wait(State::atWarp);
  return sourceLane < warpSize ? block.ofWarp(sourceLane).given[slot] : value;
}

unsigned lane() { return block.lane(); }

void setReversed(bool reversed) { isReversed = reversed; }

}  // namespace stand_in
