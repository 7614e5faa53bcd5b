// Batch normalisation with what usually follows it, in as few passes over memory as its sums allow. The channels of a place that lie
// side by side are one vector.
#include "CKernels.h"
#include "vectors.h"

// Rows that floats add up before doubles take over; few enough to be in the nearest cache when they are read again.
enum { TOGETHER = 128 };

// Sums over rows `row` to `end` of VALUE, a vector of row `r`, in four parts.
#define SUM_OF_ROWS(sum, VALUE) \
  do { \
    V parts[4] = {{}, {}, {}, {}}; \
    long r = row; \
    for (; r + 4 <= end; r += 4) { \
      UNROLL for (int k = 0; k < 4; k++) { \
        const long at = (r + k) * WIDTH; \
        parts[k] += VALUE; \
      } \
    } \
    for (; r < end; r++) { \
      const long at = r * WIDTH; \
      parts[0] += VALUE; \
    } \
    sum = (parts[0] + parts[1]) + (parts[2] + parts[3]); \
  } while (0)

// The gradient before the rectifier, whose derivative follows the sign of what the forward computed.
#define BEFORE_RECTIFIER(d, v) \
  (slope == 1 ? (d) : VSELECT(((v) * b + k) > 0, d, cuts ? VALL(0) : (d) * slope))

#define WIDTH 16
#include "batch_norm_by_width.h"
#undef WIDTH
#define WIDTH 8
#include "batch_norm_by_width.h"
