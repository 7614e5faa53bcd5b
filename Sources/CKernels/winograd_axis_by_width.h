// Compiled once for each width of lanes; see by_width.h.
#include "by_width.h"
#include "winograd.h"

// Along one axis, for vectors `step` floats apart. How many there are is known where these are compiled.

// The values of a polynomial of `count` coefficients at the points, and at infinity, which is its last coefficient.
INLINE void NAME(evaluate)(int inputs, int count, const float *c, long step, float *t, long step_t) {
  const V first = VLOAD(c), second = VLOAD(c + step), last = VLOAD(c + (count - 1) * step);
  VSTORE(t, first);
  UNROLL for (int pair = 0; pair < inputs / 2 - 1; pair++) {
    const float point = pair == 0 ? NEAR(inputs) : FAR(inputs), square = point * point;
    V even = first, odd = second * point;
    if (count > 2) even += VLOAD(c + 2 * step) * square;
    if (count > 3) odd += VLOAD(c + 3 * step) * (square * point);
    if (count > 4) even += VLOAD(c + 4 * step) * (square * square);
    VSTORE(t + (1 + 2 * pair) * step_t, even + odd);
    VSTORE(t + (2 + 2 * pair) * step_t, even - odd);
  }
  if (inputs % 2 != 0) {
    V value = last;
    UNROLL for (int i = count - 2; i >= 0; i--) value = value * LONE + VLOAD(c + i * step);
    VSTORE(t + (inputs - 2) * step_t, value);
  }
  VSTORE(t + (inputs - 1) * step_t, last);
}

// The transpose of that: sums of values at the points with their powers.
INLINE void NAME(collect)(int inputs, int count, const float *m, long step, float *y, long step_y) {
  V z[5] = {VLOAD(m), VALL(0), VALL(0), VALL(0), VALL(0)};
  UNROLL for (int pair = 0; pair < inputs / 2 - 1; pair++) {
    const V one = VLOAD(m + (1 + 2 * pair) * step), two = VLOAD(m + (2 + 2 * pair) * step);
    const V sum = one + two, difference = one - two;
    const float point = pair == 0 ? NEAR(inputs) : FAR(inputs);
    float power = 1;
    UNROLL for (int i = 0; i < count; i++, power *= point) z[i] += (i % 2 == 0 ? sum : difference) * power;
  }
  if (inputs % 2 != 0) {
    const V lone = VLOAD(m + (inputs - 2) * step);
    float power = 1;
    UNROLL for (int i = 0; i < count; i++, power *= LONE) z[i] += lone * power;
  }
  z[count - 1] += VLOAD(m + (inputs - 1) * step);
  UNROLL for (int i = 0; i < count; i++) VSTORE(y + i * step_y, z[i]);
}

// Products of six values with x(x²-near)(x²-far), and with that without one of its factors: x, then those of each point of the pairs.
INLINE void NAME(spread_six)(float near_point, float far_point, const V *d, V *t) {
  const float near = near_point * near_point, far = far_point * far_point;
  const V even_near = d[4] - far * d[2], odd_near = near_point * (d[3] - far * d[1]);
  const V even_far = d[4] - near * d[2], odd_far = far_point * (d[3] - near * d[1]);
  t[0] = d[4] - (near + far) * d[2] + near * far * d[0];
  t[1] = even_near + odd_near;
  t[2] = even_near - odd_near;
  t[3] = even_far + odd_far;
  t[4] = even_far - odd_far;
  t[5] = d[5] - (near + far) * d[3] + near * far * d[1];
}

// What inputs become: each row is the product of all other points' distances, as coefficients.
INLINE void NAME(spread_inputs)(int inputs, const float *from, long step, float *to, long step_t) {
  V d[MOST_INPUTS], t[MOST_INPUTS];
  UNROLL for (int i = 0; i < inputs; i++) d[i] = VLOAD(from + i * step);
  if (inputs == 4) {
    t[0] = d[2] - d[0];
    t[1] = d[2] + d[1];
    t[2] = d[2] - d[1];
    t[3] = d[3] - d[1];
  } else if (inputs == 6) {
    NAME(spread_six)(NEAR(6), FAR(6), d, t);
  } else {
    // The lone point's distance is a factor of all but its own row.
    const float near = NEAR(7) * NEAR(7), far = FAR(7) * FAR(7);
    V e[6];
    UNROLL for (int i = 0; i < 6; i++) e[i] = d[i + 1] - LONE * d[i];
    NAME(spread_six)(NEAR(7), FAR(7), e, t);
    t[6] = t[5];
    t[5] = d[5] - (near + far) * d[3] + near * far * d[1];
  }
  UNROLL for (int i = 0; i < inputs; i++) VSTORE(to + i * step_t, t[i]);
}

// The transpose of spread_inputs for six of them: sums over what inputs became, for each of a tile's inputs.
INLINE void NAME(gather_six)(const float *from, long step, float *to, long step_d) {
  const float near = NEAR(6) * NEAR(6), far = FAR(6) * FAR(6);
  V t[6], d[6];
  UNROLL for (int i = 0; i < 6; i++) t[i] = VLOAD(from + i * step);
  const V sum_near = t[1] + t[2], odd_near = NEAR(6) * (t[1] - t[2]);
  const V sum_far = t[3] + t[4], odd_far = FAR(6) * (t[3] - t[4]);
  d[0] = near * far * t[0];
  d[1] = near * far * t[5] - far * odd_near - near * odd_far;
  d[2] = -(near + far) * t[0] - far * sum_near - near * sum_far;
  d[3] = odd_near + odd_far - (near + far) * t[5];
  d[4] = t[0] + sum_near + sum_far;
  d[5] = t[5];
  UNROLL for (int i = 0; i < 6; i++) VSTORE(to + i * step_d, d[i]);
}
