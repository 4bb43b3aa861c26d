#include "lattice_adam.h"

#include <math.h>

void lattice_adam_f32_ref(lattice_adam adam, const float *gradient, float *weights, float *m, float *v, int64_t count) {
   const double first = 1 - pow(adam.b1, (double)adam.step), second = 1 - pow(adam.b2, (double)adam.step);
   for (int64_t i = 0; i < count; ++i) {
      const double g = (double)gradient[i] * adam.scale;
      m[i] = (float)(adam.b1 * (double)m[i] + (1 - (double)adam.b1) * g);
      v[i] = (float)(adam.b2 * (double)v[i] + (1 - (double)adam.b2) * g * g);
      const double step = m[i] / first / (sqrt(v[i] / second) + adam.eps);
      weights[i] = (float)(weights[i] - adam.rate * (step + adam.decay * (double)weights[i]));
   }
}

void lattice_moving_average_f32_ref(const float *weights, float share, float *average, int64_t count) {
   for (int64_t i = 0; i < count; ++i) average[i] += share * (weights[i] - average[i]);
}

double lattice_sum_squares_f32_ref(const float *x, int64_t count) {
   double sum = 0;
   for (int64_t i = 0; i < count; ++i) sum += (double)x[i] * x[i];
   return sum;
}
