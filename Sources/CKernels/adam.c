#include "lattice_adam.h"

#include "lattice_dispatch.h"

#include <math.h>

LATTICE_LOCAL_KERNEL(void, step,
   (const float rate, const float b1, const float b2, const float eps, const float decay, const float scale, const
    float first, const float second, const float *restrict gradient, float *restrict weights, float *restrict m,
    float *restrict v, int64_t count),
   (rate, b1, b2, eps, decay, scale, first, second, gradient, weights, m, v, count)) {
   for (int64_t i = 0; i < count; ++i) {
      const float g = gradient[i] * scale;
      const float mean = b1 * m[i] + (1.0f - b1) * g, square = b2 * v[i] + (1.0f - b2) * g * g;
      m[i] = mean;
      v[i] = square;
      weights[i] -= rate * (mean * first / (__builtin_sqrtf(square * second) + eps) + decay * weights[i]);
   }
}

void lattice_adam_f32(lattice_adam adam, const float *gradient, float *weights, float *m, float *v, int64_t count) {
   const float first = (float)(1 / (1 - pow(adam.b1, (double)adam.step)));
   const float second = (float)(1 / (1 - pow(adam.b2, (double)adam.step)));
   step(adam.rate, adam.b1, adam.b2, adam.eps, adam.decay, adam.scale, first, second, gradient, weights, m, v, count);
}

LATTICE_KERNEL(void, lattice_moving_average_f32,
   (const float *weights, float share, float *average, int64_t count), (weights, share, average, count)) {
   for (int64_t i = 0; i < count; ++i) average[i] += share * (weights[i] - average[i]);
}

// Lanes that are added up side by side.
#define LANES 16

LATTICE_KERNEL(double, lattice_sum_squares_f32, (const float *x, int64_t count), (x, count)) {
   double  lanes[LANES] = {0}, sum = 0;
   int64_t start = 0;
   for (; start + LANES <= count; start += LANES)
      for (int64_t i = 0; i < LANES; ++i) lanes[i] += (double)x[start + i] * x[start + i];
   for (; start < count; ++start) sum += (double)x[start] * x[start];
   for (int64_t i = 0; i < LANES; ++i) sum += lanes[i];
   return sum;
}
