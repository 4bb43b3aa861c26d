#include "lattice_elementwise.h"

void lattice_add_f32_ref(const float *from, float *to, int64_t count) {
   for (int64_t i = 0; i < count; ++i) to[i] += from[i];
}

void lattice_add_row_f32_ref(const float *row, float *to, int64_t rows, int64_t cols) {
   for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < cols; ++c) to[r * cols + c] += row[c];
}

void lattice_multiply_f32_ref(const float *a, const float *b, float *out, int64_t count) {
   for (int64_t i = 0; i < count; ++i) out[i] = a[i] * b[i];
}

void lattice_scale_f32_ref(const float *in, float factor, float *out, int64_t count) {
   for (int64_t i = 0; i < count; ++i) out[i] = factor * in[i];
}

void lattice_column_sums_f32_ref(const float *in, int64_t rows, int64_t cols, float *sums) {
   for (int64_t c = 0; c < cols; ++c) {
      sums[c] = 0;
      for (int64_t r = 0; r < rows; ++r) sums[c] += in[r * cols + c];
   }
}

double lattice_sum_f32_ref(const float *in, int64_t count) {
   double sum = 0;
   for (int64_t i = 0; i < count; ++i) sum += in[i];
   return sum;
}
