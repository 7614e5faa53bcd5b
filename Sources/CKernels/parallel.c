// RTLD_DEFAULT is an extension.
#define _GNU_SOURCE
#include "CKernels.h"
#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>

typedef void (*parallel_function)(void (*)(void *), void *, unsigned, unsigned);
typedef int (*number_function)(void);

static struct {
  parallel_function parallel;
  number_function thread;
} pool;

// Before main, so that no lock is needed. oneDNN, linked beside us, has brought libgomp by then.
__attribute__((constructor)) static void find_pool(void) {
  pool.thread = (number_function)dlsym(RTLD_DEFAULT, "omp_get_thread_num");
  if (pool.thread) pool.parallel = (parallel_function)dlsym(RTLD_DEFAULT, "GOMP_parallel");
}

bool caffe_has_pool(void) { return pool.parallel != NULL; }

enum { LINE_OF_CACHE = 64 };

// The tasks of a thread that nobody has begun, in a line of the cache of its own.
typedef struct {
  _Alignas(LINE_OF_CACHE) atomic_long next;
  long end;
} share;

struct work {
  void (*body)(void *, long, int);
  void *context;
  share *shares;
  int threads;
};

// A thread does its own share, and then what others haven't begun: a core that has something else to do holds nobody up for long.
static void run_shares(void *argument) {
  struct work *work = argument;
  const int thread = pool.thread();
  for (int i = 0; i < work->threads; i++) {
    share *one = &work->shares[(thread + i) % work->threads];
    for (;;) {
      const long task = atomic_fetch_add_explicit(&one->next, 1, memory_order_relaxed);
      if (task >= one->end) break;
      work->body(work->context, task, thread);
    }
  }
}

void caffe_parallel(void (*body)(void *, long, int), void *context, long tasks, int threads) {
  if (threads > CAFFE_MOST_THREADS) threads = CAFFE_MOST_THREADS;
  if (threads > tasks) threads = (int)tasks;
  if (threads > 1 && pool.parallel) {
    share shares[CAFFE_MOST_THREADS];
    for (int i = 0; i < threads; i++) {
      atomic_init(&shares[i].next, tasks * i / threads);
      shares[i].end = tasks * (i + 1) / threads;
    }
    struct work work = {body, context, shares, threads};
    pool.parallel(run_shares, &work, (unsigned)threads, 0);
  } else {
    for (long task = 0; task < tasks; task++) body(context, task, 0);
  }
}

// As Swift calls a function that takes a closure: the closure comes as its code and its context.
typedef __attribute__((swiftcall)) void (*closure_code)(long task, long thread, __attribute__((swift_context)) void *context);

struct closure {
  closure_code code;
  void *context;
};

static void run_closure(void *argument, long task, int thread) {
  struct closure *closure = argument;
  closure->code(task, thread, closure->context);
}

__attribute__((swiftcall)) void caffe_parallel_closure(long tasks, int threads, closure_code code, void *context);

__attribute__((swiftcall)) void caffe_parallel_closure(long tasks, int threads, closure_code code, void *context) {
  struct closure closure = {code, context};
  caffe_parallel(run_closure, &closure, tasks, threads);
}
