// Finite scalar quantization: each of d channels is bounded and rounded to one of a few integers.
//
// Source: Mentzer et al. 2023, "Finite Scalar Quantization: VQ-VAE Made Simple", section 3.1 and appendix A.1.
//
// Legend: `rows` vectors of `d` channels, dense, channel fastest. L channel's levels, h = L / 2 rounded down.
//   half   = (L - 1) * (1 -+ eps) / 2      eps = 1e-3; the sign depends on the variant
//   offset = 1/2 if L is even, else 0
//   bound(z) = tanh(slope z + shift) * half - offset
//   digit  = round to even(bound(z)) + h, cut off to 0...L-1
//   code   = (digit - h) / h               in -1...1
//   index  = sum of digit_i * basis_i, basis_0 = 1, basis_i = basis_(i-1) * L_(i-1): channel 0 varies fastest
// Digits and indices are integers throughout, so that no sum is rounded.
// No function allocates; buffers don't overlap. Values that are not finite count as 0.
#ifndef LATTICE_FSQ_H
#define LATTICE_FSQ_H

#include <stdint.h>

#define LATTICE_FSQ_MAX_CHANNELS 16

// The constants of one set of levels.
typedef struct lattice_fsq {
   int32_t d;                               // 1...LATTICE_FSQ_MAX_CHANNELS
   int32_t levels[LATTICE_FSQ_MAX_CHANNELS]; // each 2...65536
   int32_t basis[LATTICE_FSQ_MAX_CHANNELS];  // the product of all levels fits in int32
   float   half[LATTICE_FSQ_MAX_CHANNELS];
   float   offset[LATTICE_FSQ_MAX_CHANNELS];
   float   shift[LATTICE_FSQ_MAX_CHANNELS];
   float   slope[LATTICE_FSQ_MAX_CHANNELS];
} lattice_fsq;

// z (rows, d) to bound(z) (rows, d).
void lattice_fsq_bound_f32_ref(const lattice_fsq *fsq, const float *z, float *bounded, int64_t rows);
void lattice_fsq_bound_f32(const lattice_fsq *fsq, const float *z, float *bounded, int64_t rows);

// bound(z) (rows, d) to indices (rows).
void lattice_fsq_index_f32_ref(const lattice_fsq *fsq, const float *bounded, int32_t *indices, int64_t rows);
void lattice_fsq_index_f32(const lattice_fsq *fsq, const float *bounded, int32_t *indices, int64_t rows);

// z (rows, d) to codes (rows, d) and indices (rows) in one go: bound, round, look up.
void lattice_fsq_encode_f32_ref(const lattice_fsq *fsq, const float *z, float *codes, int32_t *indices, int64_t rows);
void lattice_fsq_encode_f32(const lattice_fsq *fsq, const float *z, float *codes, int32_t *indices, int64_t rows);

// Values in 0...1 (rows, d), cut off outside, to indices (rows): digit = round to even(value * (L - 1)). The grid's
// outermost points are 0 and 1 themselves; what pixels want, where nothing has been learned to bound them.
void lattice_fsq_index_unit_f32_ref(const lattice_fsq *fsq, const float *values, int32_t *indices, int64_t rows);
void lattice_fsq_index_unit_f32(const lattice_fsq *fsq, const float *values, int32_t *indices, int64_t rows);

// Indices (rows) to codes (rows, d). Returns the first row whose index is not of the codebook, or -1.
int64_t lattice_fsq_codes_f32_ref(const lattice_fsq *fsq, const int32_t *indices, float *codes, int64_t rows);
int64_t lattice_fsq_codes_f32(const lattice_fsq *fsq, const int32_t *indices, float *codes, int64_t rows);

// Indices (rows) to values in 0...1 (rows, d): digit / (L - 1). Returns as above.
int64_t lattice_fsq_unit_f32_ref(const lattice_fsq *fsq, const int32_t *indices, float *values, int64_t rows);
int64_t lattice_fsq_unit_f32(const lattice_fsq *fsq, const int32_t *indices, float *values, int64_t rows);

// The gradient of the codes with respect to z, rounding taken as the identity (straight-through, section 3.1):
//   dz = dcodes * half * (1 - tanh(slope z + shift)^2) / h * slope
void lattice_fsq_gradient_f32_ref(const lattice_fsq *fsq, const float *z, const float *dcodes, float *dz,
                                  int64_t rows);
void lattice_fsq_gradient_f32(const lattice_fsq *fsq, const float *z, const float *dcodes, float *dz, int64_t rows);

#endif // LATTICE_FSQ_H
