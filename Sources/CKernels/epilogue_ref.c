#include "lattice_epilogue.h"

#include "lattice_activation.h"

#include <math.h>

void lattice_bias_gelu_f32_ref(float *x, const float *bias, int64_t rows, int64_t cols) {
   for (int64_t r = 0; r < rows; ++r) {
      for (int64_t c = 0; c < cols; ++c) x[r * cols + c] += bias[c];
      lattice_activate_f32_ref(LATTICE_GELU_TANH, x + r * cols, x + r * cols, cols);
   }
}

void lattice_add_layer_norm_f32_ref(float *x, float *z, const float *bias, const float *gain, const float *offset,
                                    float eps, int64_t rows, int64_t cols) {
   for (int64_t r = 0; r < rows; ++r) {
      double mean = 0, variance = 0;
      for (int64_t c = 0; c < cols; ++c) {
         z[r * cols + c] = x[r * cols + c] + (z[r * cols + c] + bias[c]);
         mean += z[r * cols + c] / (double)cols;
      }
      for (int64_t c = 0; c < cols; ++c) variance += pow(z[r * cols + c] - mean, 2) / (double)cols;
      for (int64_t c = 0; c < cols; ++c)
         x[r * cols + c] = (float)((z[r * cols + c] - mean) / sqrt(variance + eps)) * gain[c] + offset[c];
   }
}
