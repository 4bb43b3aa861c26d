// Parts of transformer layers that work on whole tokens: RMS normalisation, rotation by position, and modulation by a
// vector for each item.
//
// Legend: arrays are dense and, but where it is said, don't overlap. No function allocates.
#ifndef LATTICE_TOKEN_LAYERS_H
#define LATTICE_TOKEN_LAYERS_H

#include <stdint.h>

// y[r][c] = x[r][c] * rstd[r] * gain[c], rstd[r] = 1 / sqrt(average over c of x[r][c]^2 + eps).
// x, y (rows, cols), gain (cols); rstd (rows) is kept for the gradient.
// Source: Zhang and Sennrich 2019, "Root mean square layer normalization", equation 4.
void lattice_rms_norm_f32_ref(const float *x, const float *gain, float eps, float *y, float *rstd, int64_t rows,
                              int64_t cols);
void lattice_rms_norm_f32(const float *x, const float *gain, float eps, float *y, float *rstd, int64_t rows,
                          int64_t cols);

// dx = rstd * (g - n * average(g * n)), with g = dy * gain and n = x * rstd.
void lattice_rms_norm_backward_f32_ref(const float *x, const float *gain, const float *rstd, const float *dy, float *dx,
                                       int64_t rows, int64_t cols);
void lattice_rms_norm_backward_f32(const float *x, const float *gain, const float *rstd, const float *dy, float *dx,
                                   int64_t rows, int64_t cols);

// Rotates neighbouring pairs of values by an angle for each token and pair:
//   y[2i] = x[2i] cos - x[2i+1] sin,  y[2i+1] = x[2i] sin + x[2i+1] cos
// x, y (rows, heads, 2 pairs); cosines and sines (tokens, pairs); row r is token (first + r) % tokens. `turn` is 1, or
// -1 to rotate back, which is the gradient. y may be x.
// Source: Su et al. 2021, "RoFormer", equation 34.
void lattice_rotate_f32_ref(const float *x, const float *cosines, const float *sines, float turn, float *y, int64_t rows,
                            int64_t first, int64_t tokens, int64_t heads, int64_t pairs);
void lattice_rotate_f32(const float *x, const float *cosines, const float *sines, float turn, float *y, int64_t rows,
                        int64_t first, int64_t tokens, int64_t heads, int64_t pairs);

// y[r][c] = x[r][c] * (1 + scale[c]) + shift[c]: the rows of one item. x, y (rows, cols); scale, shift (cols).
// Source: Peebles and Xie 2023, "Scalable diffusion models with transformers", section 3.2.
void lattice_modulate_f32_ref(const float *x, const float *scale, const float *shift, float *y, int64_t rows,
                              int64_t cols);
void lattice_modulate_f32(const float *x, const float *scale, const float *shift, float *y, int64_t rows, int64_t cols);

// y[r][c] = x[r][c] + gate[c] * z[r][c]. x, y, z (rows, cols), gate (cols); y may be x.
void lattice_gate_f32_ref(const float *x, const float *gate, const float *z, float *y, int64_t rows, int64_t cols);
void lattice_gate_f32(const float *x, const float *gate, const float *z, float *y, int64_t rows, int64_t cols);

// sums[c] = sum over r of a[r][c] * b[r][c], in the order of rows: the gradient of a scale or gate.
void lattice_column_products_f32_ref(const float *a, const float *b, float *sums, int64_t rows, int64_t cols);
void lattice_column_products_f32(const float *a, const float *b, float *sums, int64_t rows, int64_t cols);

// y[c] = a[c] / (1 + exp(-a[c])) * b[c], and its gradients. x (rows, 2 cols) holds a, then b, in each row; y, dy (rows,
// cols), dx as x. Source: Shazeer 2020, "GLU variants improve transformer", equation 6.
void lattice_swiglu_f32_ref(const float *x, float *y, int64_t rows, int64_t cols);
void lattice_swiglu_f32(const float *x, float *y, int64_t rows, int64_t cols);
void lattice_swiglu_backward_f32_ref(const float *x, const float *dy, float *dx, int64_t rows, int64_t cols);
void lattice_swiglu_backward_f32(const float *x, const float *dy, float *dx, int64_t rows, int64_t cols);

#endif // LATTICE_TOKEN_LAYERS_H
