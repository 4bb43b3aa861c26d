// Resampling along one dimension, of any values; its gradient is resampling with the transposed weights.
//
// Legend: x is (outer, length, inner), y is (outer, out_length, inner), dense.
//   y[o][i][c] = sum over k < taps of weights[i * taps + k] * x[o][first[i] + k][c]
// where first[i] + k is within 0...length - 1 for every weight; weights that fill up are 0 and aren't looked at further
// than `counts[i]`. Buffers don't overlap. No function allocates.
#ifndef LATTICE_RESAMPLE_H
#define LATTICE_RESAMPLE_H

#include <stdint.h>

typedef struct lattice_resampling {
   const int32_t *first, *counts; // (out_length)
   const float   *weights;        // (out_length, taps)
   int64_t        length, out_length, taps;
} lattice_resampling;

// Rows begin...end of y, counted over outer and out_length.
void lattice_resample_f32_ref(const lattice_resampling *to, const float *x, float *y, int64_t inner, int64_t begin,
                              int64_t end);
void lattice_resample_f32(const lattice_resampling *to, const float *x, float *y, int64_t inner, int64_t begin,
                          int64_t end);

#endif // LATTICE_RESAMPLE_H
