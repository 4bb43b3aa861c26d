#include "lattice_epilogue.h"

#include "activation_math.h"

// Sums are kept in lanes, in an order that no instruction set changes.
#define LANES 16

LATTICE_KERNEL(void, lattice_bias_gelu_f32,
   (float *x, const float *bias, int64_t rows, int64_t cols), (x, bias, rows, cols)) {
   for (int64_t r = 0; r < rows; ++r, x += cols)
      for (int64_t c = 0; c < cols; ++c) x[c] = value_of(LATTICE_GELU_TANH, x[c] + bias[c]);
}

LATTICE_KERNEL(void, lattice_add_layer_norm_f32,
   (float *x, float *z, const float *bias, const float *gain, const float *offset, float eps, int64_t rows, int64_t
    cols), (x, z, bias, gain, offset, eps, rows, cols)) {
   const float share = 1.0f / (float)cols;
   for (int64_t r = 0; r < rows; ++r, x += cols, z += cols) {
      float   sums[LANES] = {0}, squares[LANES] = {0}, sum = 0, square = 0;
      int64_t c = 0;
      for (; c + LANES <= cols; c += LANES)
         for (int i = 0; i < LANES; ++i) {
            z[c + i] = x[c + i] + (z[c + i] + bias[c + i]);
            sums[i] += z[c + i];
         }
      for (; c < cols; ++c) {
         z[c] = x[c] + (z[c] + bias[c]);
         sum += z[c];
      }
      for (int i = 0; i < LANES; ++i) sum += sums[i];
      const float mean = sum * share;
      for (c = 0; c + LANES <= cols; c += LANES)
         for (int i = 0; i < LANES; ++i) {
            z[c + i] -= mean;
            squares[i] += z[c + i] * z[c + i];
         }
      for (; c < cols; ++c) {
         z[c] -= mean;
         square += z[c] * z[c];
      }
      for (int i = 0; i < LANES; ++i) square += squares[i];
      const float scale = 1.0f / __builtin_sqrtf(square * share + eps);
      for (c = 0; c < cols; ++c) x[c] = z[c] * scale * gain[c] + offset[c];
   }
}
