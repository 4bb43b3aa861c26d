#include "lattice_elementwise.h"

#include "lattice_dispatch.h"

LATTICE_KERNEL(void, lattice_add_f32, (const float *from, float *to, int64_t count), (from, to, count)) {
   for (int64_t i = 0; i < count; ++i) to[i] += from[i];
}

LATTICE_KERNEL(void, lattice_add_row_f32,
   (const float *row, float *to, int64_t rows, int64_t cols), (row, to, rows, cols)) {
   for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < cols; ++c) to[r * cols + c] += row[c];
}

LATTICE_KERNEL(void, lattice_multiply_f32,
   (const float *a, const float *b, float *out, int64_t count), (a, b, out, count)) {
   for (int64_t i = 0; i < count; ++i) out[i] = a[i] * b[i];
}

LATTICE_KERNEL(void, lattice_scale_f32,
   (const float *in, float factor, float *out, int64_t count), (in, factor, out, count)) {
   for (int64_t i = 0; i < count; ++i) out[i] = factor * in[i];
}

LATTICE_KERNEL(void, lattice_column_sums_f32,
   (const float *in, int64_t rows, int64_t cols, float *sums), (in, rows, cols, sums)) {
   for (int64_t c = 0; c < cols; ++c) sums[c] = 0;
   for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < cols; ++c) sums[c] += in[r * cols + c];
}

// Lanes that are added up side by side.
#define LANES 16

LATTICE_KERNEL(double, lattice_sum_f32, (const float *in, int64_t count), (in, count)) {
   double  lanes[LANES] = {0}, sum = 0;
   int64_t start = 0;
   for (; start + LANES <= count; start += LANES)
      for (int64_t i = 0; i < LANES; ++i) lanes[i] += in[start + i];
   for (; start < count; ++start) sum += in[start];
   for (int64_t i = 0; i < LANES; ++i) sum += lanes[i];
   return sum;
}
