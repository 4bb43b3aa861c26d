// Drawing from softmax without computing it: the greatest of logits with Gumbel noise.
//
// Source: Gumbel 1954; Maddison et al. 2014, "A* sampling", section 2. The noise is by counter: Salmon et al. 2011,
// "Parallel random numbers: as easy as 1, 2, 3", Philox4x32-10.
#ifndef LATTICE_GUMBEL_H
#define LATTICE_GUMBEL_H

#include <stdint.h>

// The c with the greatest x[c] * inverse_temperature - log(-log(u[c])), the first of equal ones; 0 <= c < cols.
//   u[c] = (word / 2^9 + 1/2) / 2^23, word = number c % 4 of Philox block c / 4 of (seed, stream), rounded down to
//   23 bits: never 0 or 1, and exact in f32.
// `x` holds `cols` >= 1 logits; minus infinity is never drawn while another is finite. Reads nothing but x, allocates
// nothing, and depends on x, the temperature, seed and stream alone.
int64_t lattice_gumbel_max_f32_ref(const float *x, float inverse_temperature, uint64_t seed, uint64_t stream,
                                   int64_t cols);
int64_t lattice_gumbel_max_f32(const float *x, float inverse_temperature, uint64_t seed, uint64_t stream,
                               int64_t cols);

#endif // LATTICE_GUMBEL_H
