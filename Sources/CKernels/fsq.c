#include "lattice_fsq.h"

#include "lattice_dispatch.h"

// Rows that are taken apart into channels at once: small enough for the first-level cache.
#define BLOCK 256

// Adding and taking away 1.5 * 2^23 rounds to the nearest integer, ties to even, for |x| < 2^22.
#define ROUNDER 12582912.0f

// tanh by 1 - 2 / (exp(2|x|) + 1), and by its odd series where that would cancel: within 2e-7 of tanhf.
LATTICE_INLINE float tanh_of(float x) {
   float a = __builtin_fabsf(x);
   a = a < 10.0f ? a : 10.0f;
   // exp(2a) = 2^n * exp(f), f in +-ln(2)/2; ln(2) in two parts so that f keeps its bits.
   float t = 2.0f * a;
   float n = (t * 1.44269504f + ROUNDER) - ROUNDER;
   float f = (t - n * 0.693359375f) + n * 2.12194440e-4f;
   float p = 1.0f / 5040.0f;
   p = p * f + 1.0f / 720.0f;
   p = p * f + 1.0f / 120.0f;
   p = p * f + 1.0f / 24.0f;
   p = p * f + 1.0f / 6.0f;
   p = p * f + 0.5f;
   p = p * f + 1.0f;
   p = p * f + 1.0f;
   union {
      int32_t bits;
      float   value;
   } power = {.bits = ((int32_t)n + 127) << 23};
   float large = 1.0f - 2.0f / (p * power.value + 1.0f);
   // x - x^3/3 + 2x^5/15 - 17x^7/315 + 62x^9/2835 - 1382x^11/155925
   float s = a * a;
   float q = -1382.0f / 155925.0f;
   q = q * s + 62.0f / 2835.0f;
   q = q * s - 17.0f / 315.0f;
   q = q * s + 2.0f / 15.0f;
   q = q * s - 1.0f / 3.0f;
   float small = a + a * s * q;
   return __builtin_copysignf(a < 0.3f ? small : large, x);
}

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
