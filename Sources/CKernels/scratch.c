// Scratch memory that a thread keeps: what several plans need only while they compute, one after the other.
#define _GNU_SOURCE
#include "CKernels.h"
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

typedef struct { float *memory; long count; } scratch;

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void release(void *kept) {
  free(((scratch *)kept)->memory);
  free(kept);
}

static void make_key(void) { pthread_key_create(&key, release); }

float *caffe_scratch(long count) {
  pthread_once(&once, make_key);
  scratch *kept = pthread_getspecific(key);
  if (!kept) {
    kept = calloc(1, sizeof *kept);
    if (!kept) return NULL;
    pthread_setspecific(key, kept);
  }
  if (kept->count < count) {
    const size_t page = 2 << 20, bytes = ((size_t)count * sizeof(float) + page - 1) / page * page;
    void *memory = NULL;
    free(kept->memory);
    kept->memory = NULL;
    kept->count = 0;
    if (posix_memalign(&memory, page, bytes)) return NULL;
#ifdef MADV_HUGEPAGE
    madvise(memory, bytes, MADV_HUGEPAGE);
#endif
    kept->memory = memory;
    kept->count = (long)(bytes / sizeof(float));
  }
  return kept->memory;
}
