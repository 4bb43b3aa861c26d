// Layer normalisation of rows.
//
// Legend: `rows` rows of `cols` values, dense. Buffers don't overlap. No function allocates.
//   mean = average of the row, rstd = 1 / sqrt(variance + eps), variance with division by cols
//   y[r][c] = (x[r][c] - mean[r]) * rstd[r] * gain[c] + offset[c]
// Source: Ba et al. 2016, equation 4.
#ifndef LATTICE_NORM_H
#define LATTICE_NORM_H

#include <stdint.h>

// `mean` and `rstd` (rows) are kept for the gradient. `offset` may be NULL: nothing is added.
void lattice_layer_norm_f32_ref(const float *x, const float *gain, const float *offset, float eps, float *y, float *mean,
                                float *rstd, int64_t rows, int64_t cols);
void lattice_layer_norm_f32(const float *x, const float *gain, const float *offset, float eps, float *y, float *mean,
                            float *rstd, int64_t rows, int64_t cols);

// dx = rstd * (g - average(g) - n * average(g * n)), with g = dy * gain and n = (x - mean) * rstd.
void lattice_layer_norm_backward_f32_ref(const float *x, const float *gain, const float *mean, const float *rstd,
                                         const float *dy, float *dx, int64_t rows, int64_t cols);
void lattice_layer_norm_backward_f32(const float *x, const float *gain, const float *mean, const float *rstd,
                                     const float *dy, float *dx, int64_t rows, int64_t cols);

// The normalised rows times dy, n * dy, whose column sums are the gradient of the gain; that of the offset are the
// column sums of dy.
void lattice_layer_norm_gain_terms_f32_ref(const float *x, const float *mean, const float *rstd, const float *dy,
                                           float *terms, int64_t rows, int64_t cols);
void lattice_layer_norm_gain_terms_f32(const float *x, const float *mean, const float *rstd, const float *dy,
                                       float *terms, int64_t rows, int64_t cols);

#endif // LATTICE_NORM_H
