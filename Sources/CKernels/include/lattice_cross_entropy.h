// Cross-entropy of rows of logits with one right class each.
//
// Legend: `rows` rows of `cols` logits, dense; s label smoothing in 0..<1.
//   loss[r] = sum over c of q[c] * -log softmax(x[r])[c],  q[c] = s / cols, and 1 - s more at the label
// Source of label smoothing: Szegedy et al. 2016, section 7. A row whose label is negative counts for nothing: loss 0,
// gradient 0. No function allocates.
#ifndef LATTICE_CROSS_ENTROPY_H
#define LATTICE_CROSS_ENTROPY_H

#include <stdint.h>

void lattice_cross_entropy_f32_ref(const float *x, const int32_t *labels, float smoothing, float *loss, int64_t rows,
                                   int64_t cols);
void lattice_cross_entropy_f32(const float *x, const int32_t *labels, float smoothing, float *loss, int64_t rows,
                               int64_t cols);

// dx[r][c] = dloss[r] * (softmax(x[r])[c] - q[c]).
void lattice_cross_entropy_backward_f32_ref(const float *x, const int32_t *labels, float smoothing, const float *dloss,
                                            float *dx, int64_t rows, int64_t cols);
void lattice_cross_entropy_backward_f32(const float *x, const int32_t *labels, float smoothing, const float *dloss,
                                        float *dx, int64_t rows, int64_t cols);

#endif // LATTICE_CROSS_ENTROPY_H
