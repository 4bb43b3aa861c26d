#include "lattice_norm.h"

#include <math.h>

void lattice_layer_norm_f32_ref(const float *x, const float *gain, const float *offset, float eps, float *y, float *mean,
                                float *rstd, int64_t rows, int64_t cols) {
   for (int64_t r = 0; r < rows; ++r) {
      double sum = 0, squares = 0;
      for (int64_t c = 0; c < cols; ++c) sum += x[r * cols + c];
      const double average = sum / (double)cols;
      for (int64_t c = 0; c < cols; ++c) squares += (x[r * cols + c] - average) * (x[r * cols + c] - average);
      mean[r] = (float)average;
      rstd[r] = (float)(1 / sqrt(squares / (double)cols + eps));
      for (int64_t c = 0; c < cols; ++c)
         y[r * cols + c] = (x[r * cols + c] - mean[r]) * rstd[r] * gain[c] + (offset ? offset[c] : 0);
   }
}

void lattice_layer_norm_backward_f32_ref(const float *x, const float *gain, const float *mean, const float *rstd,
                                         const float *dy, float *dx, int64_t rows, int64_t cols) {
   for (int64_t r = 0; r < rows; ++r) {
      double sum = 0, product = 0;
      for (int64_t c = 0; c < cols; ++c) {
         const double g = (double)dy[r * cols + c] * gain[c], n = ((double)x[r * cols + c] - mean[r]) * rstd[r];
         sum += g;
         product += g * n;
      }
      for (int64_t c = 0; c < cols; ++c) {
         const double g = (double)dy[r * cols + c] * gain[c], n = ((double)x[r * cols + c] - mean[r]) * rstd[r];
         dx[r * cols + c] = (float)(rstd[r] * (g - sum / (double)cols - n * product / (double)cols));
      }
   }
}

void lattice_layer_norm_gain_terms_f32_ref(const float *x, const float *mean, const float *rstd, const float *dy,
                                           float *terms, int64_t rows, int64_t cols) {
   for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < cols; ++c)
         terms[r * cols + c] = (x[r * cols + c] - mean[r]) * rstd[r] * dy[r * cols + c];
}
