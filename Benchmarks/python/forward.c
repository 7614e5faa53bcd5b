/* Prints the microseconds of one forward pass of a net, the median of several runs of many: forward NET.prototxt PASSES */
#include <caffe.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int order(const void *a, const void *b) { return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b); }

int main(int count, char **words) {
  caffe_net_t net;
  if (count != 3 || caffe_net_open(words[1], CAFFE_TEST, 0, NULL, 0, &net)) return 1;
  int passes = atoi(words[2]);
  double runs[9];
  for (int run = -1; run < 9; run++) {
    double start = now();
    for (int pass = 0; pass < passes; pass++) {
      if (caffe_net_forward(net, 0, -1, NULL)) return 1;
    }
    if (run >= 0) runs[run] = (now() - start) / passes * 1e6;
  }
  qsort(runs, 9, sizeof *runs, order);
  printf("%.3f\n", runs[4]);
  caffe_net_free(net);
  return 0;
}
