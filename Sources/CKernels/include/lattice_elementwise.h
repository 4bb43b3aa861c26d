// Sums and products of arrays, element by element, and sums of columns.
// No function allocates; buffers overlap only where it is said.
#ifndef LATTICE_ELEMENTWISE_H
#define LATTICE_ELEMENTWISE_H

#include <stdint.h>

// to += from.
void lattice_add_f32_ref(const float *from, float *to, int64_t count);
void lattice_add_f32(const float *from, float *to, int64_t count);

// Each of `rows` rows of `to` (rows, cols) += row (cols).
void lattice_add_row_f32_ref(const float *row, float *to, int64_t rows, int64_t cols);
void lattice_add_row_f32(const float *row, float *to, int64_t rows, int64_t cols);

// out = a * b; out may be a or b.
void lattice_multiply_f32_ref(const float *a, const float *b, float *out, int64_t count);
void lattice_multiply_f32(const float *a, const float *b, float *out, int64_t count);

// out = factor * in; out may be in.
void lattice_scale_f32_ref(const float *in, float factor, float *out, int64_t count);
void lattice_scale_f32(const float *in, float factor, float *out, int64_t count);

// Rows whose column sums are added up at once: sums of such chunks, added in order, don't depend on threads.
#define LATTICE_SUM_ROWS 64

// sums[c] = sum over r of in[r][c], for in (rows, cols), in the order of rows.
void lattice_column_sums_f32_ref(const float *in, int64_t rows, int64_t cols, float *sums);
void lattice_column_sums_f32(const float *in, int64_t rows, int64_t cols, float *sums);

// The sum of an array, in double.
double lattice_sum_f32_ref(const float *in, int64_t count);
double lattice_sum_f32(const float *in, int64_t count);

#endif // LATTICE_ELEMENTWISE_H
