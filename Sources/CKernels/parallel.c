// RTLD_DEFAULT is an extension.
#define _GNU_SOURCE
#include "CKernels.h"
#include <dlfcn.h>
#include <stddef.h>

typedef void (*parallel_function)(void (*)(void *), void *, unsigned, unsigned);
typedef int (*number_function)(void);

static struct {
  parallel_function parallel;
  number_function thread, threads;
} pool;

// Before main, so that no lock is needed. oneDNN, linked beside us, has brought libgomp by then.
__attribute__((constructor)) static void find_pool(void) {
  pool.thread = (number_function)dlsym(RTLD_DEFAULT, "omp_get_thread_num");
  pool.threads = (number_function)dlsym(RTLD_DEFAULT, "omp_get_num_threads");
  if (pool.thread && pool.threads) pool.parallel = (parallel_function)dlsym(RTLD_DEFAULT, "GOMP_parallel");
}

bool caffe_has_pool(void) { return pool.parallel != NULL; }

struct work {
  void (*body)(void *, long);
  void *context;
  long tasks;
};

static void run_share(void *argument) {
  struct work *work = argument;
  long thread = pool.thread(), threads = pool.threads();
  long end = work->tasks * (thread + 1) / threads;
  for (long task = work->tasks * thread / threads; task < end; task++) work->body(work->context, task);
}

void caffe_parallel(void (*body)(void *, long), void *context, long tasks, int threads) {
  if (tasks > 1 && threads > 1 && pool.parallel) {
    struct work work = {body, context, tasks};
    pool.parallel(run_share, &work, tasks < threads ? (unsigned)tasks : (unsigned)threads, 0);
  } else {
    for (long task = 0; task < tasks; task++) body(context, task);
  }
}

// As Swift calls a function that takes a closure: the closure comes as its code and its context.
typedef __attribute__((swiftcall)) void (*closure_code)(long task, __attribute__((swift_context)) void *context);

struct closure {
  closure_code code;
  void *context;
};

static void run_closure(void *argument, long task) {
  struct closure *closure = argument;
  closure->code(task, closure->context);
}

__attribute__((swiftcall)) void caffe_parallel_closure(long tasks, int threads, closure_code code, void *context);

__attribute__((swiftcall)) void caffe_parallel_closure(long tasks, int threads, closure_code code, void *context) {
  struct closure closure = {code, context};
  caffe_parallel(run_closure, &closure, tasks, threads);
}
