// What follows a matrix product in a transformer's layer, in one pass over rows that are still near.
//
// Legend: `rows` rows of `cols` values, dense. No function allocates.
#ifndef LATTICE_EPILOGUE_H
#define LATTICE_EPILOGUE_H

#include <stdint.h>

// x[r][c] = gelu(x[r][c] + bias[c]), by tanh as LATTICE_GELU_TANH.
void lattice_bias_gelu_f32_ref(float *x, const float *bias, int64_t rows, int64_t cols);
void lattice_bias_gelu_f32(float *x, const float *bias, int64_t rows, int64_t cols);

// x[r] = layer norm of (x[r] + z[r] + bias), with gain and offset; variance with division by cols. z is overwritten.
// Source: Ba et al. 2016, equation 4, after a residual connection.
void lattice_add_layer_norm_f32_ref(float *x, float *z, const float *bias, const float *gain, const float *offset,
                                    float eps, int64_t rows, int64_t cols);
void lattice_add_layer_norm_f32(float *x, float *z, const float *bias, const float *gain, const float *offset, float eps,
                                int64_t rows, int64_t cols);

#endif // LATTICE_EPILOGUE_H
