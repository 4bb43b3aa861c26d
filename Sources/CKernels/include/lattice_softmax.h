// Softmax over rows.
//
// Legend: `rows` rows of `cols` values, dense. Buffers don't overlap but where it is said. No function allocates.
#ifndef LATTICE_SOFTMAX_H
#define LATTICE_SOFTMAX_H

#include <stdint.h>

// y[r][c] = exp(s[r][c] - max of row) / sum over c of the same, with s = scale * x + mask.
// `mask` is (rows, cols) or NULL; minus infinity forbids a place. A row in which every place is forbidden becomes 0.
// y may be x.
void lattice_softmax_f32_ref(const float *x, const float *mask, float scale, float *y, int64_t rows, int64_t cols);
void lattice_softmax_f32(const float *x, const float *mask, float scale, float *y, int64_t rows, int64_t cols);

// The gradient with respect to x: dx = scale * y * (dy - sum over c of y * dy). dx may be dy.
void lattice_softmax_backward_f32_ref(const float *y, const float *dy, float scale, float *dx, int64_t rows,
                                      int64_t cols);
void lattice_softmax_backward_f32(const float *y, const float *dy, float scale, float *dx, int64_t rows, int64_t cols);

#endif // LATTICE_SOFTMAX_H
