#include "lattice_norm.h"

#include "lattice_dispatch.h"

// Sums are kept in lanes, in an order that no instruction set changes.
#define LANES 16

LATTICE_INLINE float sum_lanes(const float *lanes) {
   float sum = 0;
   for (int i = 0; i < LANES; ++i) sum += lanes[i];
   return sum;
}

LATTICE_KERNEL(void, lattice_layer_norm_f32,
   (const float *x, const float *gain, const float *offset, float eps, float *y, float *mean, float *rstd, int64_t
    rows, int64_t cols), (x, gain, offset, eps, y, mean, rstd, rows, cols)) {
   const float share = 1.0f / (float)cols;
   for (int64_t r = 0; r < rows; ++r, x += cols, y += cols) {
      float   lanes[LANES] = {0}, squares[LANES] = {0}, rest = 0, rest_squares = 0;
      int64_t c = 0;
      for (; c + LANES <= cols; c += LANES)
         for (int i = 0; i < LANES; ++i) lanes[i] += x[c + i];
      for (; c < cols; ++c) rest += x[c];
      const float average = (sum_lanes(lanes) + rest) * share;
      // A second look at the row, which is still near: no cancellation.
      for (c = 0; c + LANES <= cols; c += LANES)
         for (int i = 0; i < LANES; ++i) {
            const float away = x[c + i] - average;
            squares[i] += away * away;
         }
      for (; c < cols; ++c) rest_squares += (x[c] - average) * (x[c] - average);
      const float scale = 1.0f / __builtin_sqrtf((sum_lanes(squares) + rest_squares) * share + eps);
      if (offset)
         for (c = 0; c < cols; ++c) y[c] = (x[c] - average) * scale * gain[c] + offset[c];
      else
         for (c = 0; c < cols; ++c) y[c] = (x[c] - average) * scale * gain[c];
      mean[r] = average;
      rstd[r] = scale;
   }
}

LATTICE_KERNEL(void, lattice_layer_norm_backward_f32,
   (const float *x, const float *gain, const float *mean, const float *rstd, const float *dy, float *dx, int64_t
    rows, int64_t cols), (x, gain, mean, rstd, dy, dx, rows, cols)) {
   const float share = 1.0f / (float)cols;
   for (int64_t r = 0; r < rows; ++r, x += cols, dy += cols, dx += cols) {
      const float average = mean[r], scale = rstd[r];
      float       sums[LANES] = {0}, products[LANES] = {0}, sum = 0, product = 0;
      int64_t     c = 0;
      for (; c + LANES <= cols; c += LANES)
         for (int i = 0; i < LANES; ++i) {
            const float g = dy[c + i] * gain[c + i];
            sums[i] += g;
            products[i] += g * ((x[c + i] - average) * scale);
         }
      for (; c < cols; ++c) {
         const float g = dy[c] * gain[c];
         sum += g;
         product += g * ((x[c] - average) * scale);
      }
      sum = (sum + sum_lanes(sums)) * share;
      product = (product + sum_lanes(products)) * share;
      for (c = 0; c < cols; ++c)
         dx[c] = scale * (dy[c] * gain[c] - sum - (x[c] - average) * scale * product);
   }
}

LATTICE_KERNEL(void, lattice_layer_norm_gain_terms_f32,
   (const float *x, const float *mean, const float *rstd, const float *dy, float *terms, int64_t rows, int64_t cols),
   (x, mean, rstd, dy, terms, rows, cols)) {
   for (int64_t r = 0; r < rows; ++r, x += cols, dy += cols, terms += cols) {
      const float average = mean[r], scale = rstd[r];
      for (int64_t c = 0; c < cols; ++c) terms[c] = (x[c] - average) * scale * dy[c];
   }
}
