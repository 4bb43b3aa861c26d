#include "lattice_cross_entropy.h"

#include <math.h>

static double log_sum(const float *x, int64_t cols) {
   double most = -INFINITY, sum = 0;
   for (int64_t c = 0; c < cols; ++c)
      if (x[c] > most) most = x[c];
   for (int64_t c = 0; c < cols; ++c) sum += exp(x[c] - most);
   return most + log(sum);
}

void lattice_cross_entropy_f32_ref(const float *x, const int32_t *labels, float smoothing, float *loss, int64_t rows,
                                   int64_t cols) {
   for (int64_t r = 0; r < rows; ++r, x += cols) {
      loss[r] = 0;
      if (labels[r] < 0) continue;
      double total = log_sum(x, cols), sum = (1 - (double)smoothing) * (total - x[labels[r]]);
      for (int64_t c = 0; c < cols; ++c) sum += smoothing / (double)cols * (total - x[c]);
      loss[r] = (float)sum;
   }
}

void lattice_cross_entropy_backward_f32_ref(const float *x, const int32_t *labels, float smoothing, const float *dloss,
                                            float *dx, int64_t rows, int64_t cols) {
   for (int64_t r = 0; r < rows; ++r, x += cols, dx += cols) {
      double total = log_sum(x, cols);
      for (int64_t c = 0; c < cols; ++c) {
         double wanted = smoothing / (double)cols + (c == labels[r] ? 1 - (double)smoothing : 0);
         dx[c] = labels[r] < 0 ? 0 : (float)(dloss[r] * (exp(x[c] - total) - wanted));
      }
   }
}
