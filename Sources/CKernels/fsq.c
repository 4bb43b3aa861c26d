#include "lattice_fsq.h"

#include "vector_math.h"

// Rows that are taken apart into channels at once: small enough for the first-level cache.
#define BLOCK 256

LATTICE_INLINE float finite_or_zero(float value) { return value - value == 0.0f ? value : 0.0f; }

LATTICE_CLONES
void lattice_fsq_bound_f32(const lattice_fsq *fsq, const float *z, float *bounded, int64_t rows) {
   const int32_t d = fsq->d;
   for (int32_t c = 0; c < d; ++c) {
      const float half = fsq->half[c], offset = fsq->offset[c], shift = fsq->shift[c];
      for (int64_t r = 0; r < rows; ++r)
         bounded[r * d + c] = tanh_of(finite_or_zero(z[r * d + c]) + shift) * half - offset;
   }
}

LATTICE_CLONES
void lattice_fsq_index_f32(const lattice_fsq *fsq, const float *bounded, int32_t *indices, int64_t rows) {
   const int32_t d = fsq->d;
   for (int64_t start = 0; start < rows; start += BLOCK) {
      const int64_t end = start + BLOCK < rows ? start + BLOCK : rows;
      for (int64_t r = start; r < end; ++r) indices[r] = 0;
      for (int32_t c = 0; c < d; ++c) {
         const int32_t half_width = fsq->levels[c] / 2, basis = fsq->basis[c];
         for (int64_t r = start; r < end; ++r) {
            float rounded = (bounded[r * d + c] + ROUNDER) - ROUNDER;
            indices[r] += ((int32_t)rounded + half_width) * basis;
         }
      }
   }
}

LATTICE_CLONES
void lattice_fsq_index_unit_f32(const lattice_fsq *fsq, const float *values, int32_t *indices, int64_t rows) {
   const int32_t d = fsq->d;
   for (int64_t start = 0; start < rows; start += BLOCK) {
      const int64_t end = start + BLOCK < rows ? start + BLOCK : rows;
      for (int64_t r = start; r < end; ++r) indices[r] = 0;
      for (int32_t c = 0; c < d; ++c) {
         const float   top = (float)(fsq->levels[c] - 1);
         const int32_t basis = fsq->basis[c];
         for (int64_t r = start; r < end; ++r) {
            float value = finite_or_zero(values[r * d + c]);
            value = value < 0.0f ? 0.0f : value;
            value = value > 1.0f ? 1.0f : value;
            indices[r] += (int32_t)((value * top + ROUNDER) - ROUNDER) * basis;
         }
      }
   }
}

LATTICE_INLINE int64_t first_unknown(const int32_t *indices, int64_t rows, int64_t size) {
   int32_t bad = 0;
   for (int64_t r = 0; r < rows; ++r) bad |= (uint32_t)indices[r] >= (uint64_t)size;
   if (!bad) return -1;
   for (int64_t r = 0; r < rows; ++r)
      if ((uint32_t)indices[r] >= (uint64_t)size) return r;
   return -1;
}

// digit / divisor + addend for each channel of each row; digits by reciprocal in double, exact below 2^31.
LATTICE_INLINE void expand(const lattice_fsq *fsq, const int32_t *indices, float *out, int64_t rows, int32_t centred) {
   const int32_t d = fsq->d;
   for (int32_t c = 0; c < d; ++c) {
      const double  inverse_basis = 1.0 / (double)fsq->basis[c], inverse_level = 1.0 / (double)fsq->levels[c];
      const int32_t level = fsq->levels[c];
      const int32_t origin = centred ? level / 2 : 0;
      const float   divisor = (float)(centred ? level / 2 : level - 1);
      for (int64_t r = 0; r < rows; ++r) {
         // Half a step more than the integer keeps the truncation on the right side of rounding.
         int32_t quotient = (int32_t)(((double)indices[r] + 0.5) * inverse_basis);
         int32_t digit = quotient - (int32_t)(((double)quotient + 0.5) * inverse_level) * level;
         out[r * d + c] = (float)(digit - origin) / divisor;
      }
   }
}

LATTICE_CLONES
int64_t lattice_fsq_codes_f32(const lattice_fsq *fsq, const int32_t *indices, float *codes, int64_t rows) {
   int64_t size = (int64_t)fsq->basis[fsq->d - 1] * fsq->levels[fsq->d - 1];
   int64_t unknown = first_unknown(indices, rows, size);
   if (unknown >= 0) return unknown;
   for (int64_t start = 0; start < rows; start += BLOCK)
      expand(fsq, indices + start, codes + start * fsq->d, rows - start < BLOCK ? rows - start : BLOCK, 1);
   return -1;
}

LATTICE_CLONES
int64_t lattice_fsq_unit_f32(const lattice_fsq *fsq, const int32_t *indices, float *values, int64_t rows) {
   int64_t size = (int64_t)fsq->basis[fsq->d - 1] * fsq->levels[fsq->d - 1];
   int64_t unknown = first_unknown(indices, rows, size);
   if (unknown >= 0) return unknown;
   for (int64_t start = 0; start < rows; start += BLOCK)
      expand(fsq, indices + start, values + start * fsq->d, rows - start < BLOCK ? rows - start : BLOCK, 0);
   return -1;
}

LATTICE_CLONES
void lattice_fsq_gradient_f32(const lattice_fsq *fsq, const float *z, const float *dcodes, float *dz, int64_t rows) {
   const int32_t d = fsq->d;
   for (int32_t c = 0; c < d; ++c) {
      const float shift = fsq->shift[c], half = fsq->half[c], half_width = (float)(fsq->levels[c] / 2);
      for (int64_t r = 0; r < rows; ++r) {
         float t = tanh_of(finite_or_zero(z[r * d + c]) + shift);
         dz[r * d + c] = dcodes[r * d + c] * (half * (1.0f - t * t) / half_width);
      }
   }
}
