// Compiled once for each width of lanes; see by_width.h.
#include "by_width.h"
#include "winograd.h"

// Along one axis, for vectors `step` floats apart. How many there are is known where these are compiled.

// The values of a polynomial of `count` coefficients at the points, and at infinity, which is its last coefficient.
INLINE void NAME(evaluate)(int inputs, int count, const float *c, long step, float *t, long step_t) {
  const V first = VLOAD(c), second = VLOAD(c + step), last = VLOAD(c + (count - 1) * step);
  VSTORE(t, first);
  UNROLL for (int pair = 0; pair < inputs / 2 - 1; pair++) {
    const float point = inputs == 4 ? 1 : pair == 0 ? NEAR : FAR, square = point * point;
    V even = first, odd = second * point;
    if (count > 2) even += VLOAD(c + 2 * step) * square;
    if (count > 3) odd += VLOAD(c + 3 * step) * (square * point);
    if (count > 4) even += VLOAD(c + 4 * step) * (square * square);
    VSTORE(t + (1 + 2 * pair) * step_t, even + odd);
    VSTORE(t + (2 + 2 * pair) * step_t, even - odd);
  }
  VSTORE(t + (inputs - 1) * step_t, last);
}

// The transpose of that: sums of values at the points with their powers.
INLINE void NAME(collect)(int inputs, int count, const float *m, long step, float *y, long step_y) {
  V z[5] = {VLOAD(m), VALL(0), VALL(0), VALL(0), VALL(0)};
  UNROLL for (int pair = 0; pair < inputs / 2 - 1; pair++) {
    const V one = VLOAD(m + (1 + 2 * pair) * step), two = VLOAD(m + (2 + 2 * pair) * step);
    const V sum = one + two, difference = one - two;
    const float point = inputs == 4 ? 1 : pair == 0 ? NEAR : FAR;
    float power = 1;
    UNROLL for (int i = 0; i < count; i++, power *= point) z[i] += (i % 2 == 0 ? sum : difference) * power;
  }
  z[count - 1] += VLOAD(m + (inputs - 1) * step);
  UNROLL for (int i = 0; i < count; i++) VSTORE(y + i * step_y, z[i]);
}

// What inputs become: each row is the product of all other points' distances, as coefficients.
INLINE void NAME(spread_inputs)(int inputs, const float *d, long step, float *t, long step_t) {
  const V d0 = VLOAD(d), d1 = VLOAD(d + step), d2 = VLOAD(d + 2 * step), d3 = VLOAD(d + 3 * step);
  if (inputs == 4) {
    VSTORE(t, d2 - d0);
    VSTORE(t + step_t, d2 + d1);
    VSTORE(t + 2 * step_t, d2 - d1);
    VSTORE(t + 3 * step_t, d3 - d1);
    return;
  }
  const float near = NEAR * NEAR, far = FAR * FAR;
  const V d4 = VLOAD(d + 4 * step), d5 = VLOAD(d + 5 * step);
  const V even_near = d4 - far * d2, odd_near = NEAR * (d3 - far * d1);
  const V even_far = d4 - near * d2, odd_far = FAR * (d3 - near * d1);
  VSTORE(t, d4 - (near + far) * d2 + near * far * d0);
  VSTORE(t + step_t, even_near + odd_near);
  VSTORE(t + 2 * step_t, even_near - odd_near);
  VSTORE(t + 3 * step_t, even_far + odd_far);
  VSTORE(t + 4 * step_t, even_far - odd_far);
  VSTORE(t + 5 * step_t, d5 - (near + far) * d3 + near * far * d1);
}

// The transpose of that: sums over what inputs became, for each of the six inputs of a tile.
INLINE void NAME(gather_inputs)(const float *t, long step, float *d, long step_d) {
  const float near = NEAR * NEAR, far = FAR * FAR;
  const V first = VLOAD(t), last = VLOAD(t + 5 * step);
  const V one = VLOAD(t + step), two = VLOAD(t + 2 * step), three = VLOAD(t + 3 * step), four = VLOAD(t + 4 * step);
  const V sum_near = one + two, odd_near = NEAR * (one - two), sum_far = three + four, odd_far = FAR * (three - four);
  VSTORE(d, near * far * first);
  VSTORE(d + step_d, near * far * last - far * odd_near - near * odd_far);
  VSTORE(d + 2 * step_d, -(near + far) * first - far * sum_near - near * sum_far);
  VSTORE(d + 3 * step_d, odd_near + odd_far - (near + far) * last);
  VSTORE(d + 4 * step_d, first + sum_near + sum_far);
  VSTORE(d + 5 * step_d, last);
}
