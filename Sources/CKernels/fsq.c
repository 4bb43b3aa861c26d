#include "lattice_fsq.h"

#include "vector_math.h"

// Rows that are taken apart into channels at once: small enough for the first-level cache.
#define BLOCK 256

LATTICE_INLINE float finite_or_zero(float value) { return value - value == 0.0f ? value : 0.0f; }

// A range a little wider than the levels, as with `atanh`, rounds beyond them where there are a thousand or more.
LATTICE_INLINE float within(float value, float low, float high) {
   value = value < low ? low : value;
   return value > high ? high : value;
}

// Rows that are worked on at once: as flat arrays, with each channel's constants written out for as many rows, so that
// vectors need not be gathered channel by channel.
#define ROWS 16
#define FLAT (ROWS * LATTICE_FSQ_MAX_CHANNELS)

typedef struct flat_constants {
   float   slope[FLAT], shift[FLAT], half[FLAT], offset[FLAT], half_width[FLAT], top[FLAT], highest[FLAT];
   int32_t centre[FLAT], basis[FLAT];
} flat_constants;

LATTICE_INLINE void write_out(const lattice_fsq *fsq, flat_constants *flat) {
   for (int32_t i = 0; i < ROWS * fsq->d; ++i) {
      const int32_t c = i % fsq->d;
      flat->slope[i] = fsq->slope[c];
      flat->shift[i] = fsq->shift[c];
      flat->half[i] = fsq->half[c];
      flat->offset[i] = fsq->offset[c];
      flat->half_width[i] = (float)(fsq->levels[c] / 2);
      flat->top[i] = (float)(fsq->levels[c] - 1);
      flat->highest[i] = (float)(fsq->levels[c] - 1 - fsq->levels[c] / 2);
      flat->centre[i] = fsq->levels[c] / 2;
      flat->basis[i] = fsq->basis[c];
   }
}

// Adds up each row's shares of its index.
LATTICE_INLINE void add_up(const int32_t *shares, int32_t d, int64_t rows, int32_t *indices) {
   for (int64_t r = 0; r < rows; ++r) {
      int32_t sum = 0;
      for (int32_t c = 0; c < d; ++c) sum += shares[r * d + c];
      indices[r] = sum;
   }
}

LATTICE_KERNEL(void, lattice_fsq_bound_f32,
   (const lattice_fsq *fsq, const float *z, float *bounded, int64_t rows), (fsq, z, bounded, rows)) {
   const int32_t  d = fsq->d;
   flat_constants flat;
   write_out(fsq, &flat);
   for (int64_t start = 0; start < rows; start += ROWS) {
      const int64_t count = (rows - start < ROWS ? rows - start : ROWS) * d;
      const float  *from = z + start * d;
      float        *to = bounded + start * d;
      for (int64_t i = 0; i < count; ++i)
         to[i] = tanh_of(finite_or_zero(from[i]) * flat.slope[i] + flat.shift[i]) * flat.half[i] - flat.offset[i];
   }
}

LATTICE_KERNEL(void, lattice_fsq_encode_f32,
   (const lattice_fsq *fsq, const float *z, float *codes, int32_t *indices, int64_t rows),
   (fsq, z, codes, indices, rows)) {
   const int32_t  d = fsq->d;
   flat_constants flat;
   int32_t        shares[FLAT];
   write_out(fsq, &flat);
   for (int64_t start = 0; start < rows; start += ROWS) {
      const int64_t there = rows - start < ROWS ? rows - start : ROWS, count = there * d;
      const float  *from = z + start * d;
      float        *to = codes + start * d;
      for (int64_t i = 0; i < count; ++i) {
         const float argument = finite_or_zero(from[i]) * flat.slope[i] + flat.shift[i];
         const float bounded = tanh_of(argument) * flat.half[i] - flat.offset[i];
         const float rounded = within((bounded + ROUNDER) - ROUNDER, -flat.half_width[i], flat.highest[i]);
         to[i] = rounded / flat.half_width[i] + 0.0f; // Plus nothing: no minus zero.
         shares[i] = ((int32_t)rounded + flat.centre[i]) * flat.basis[i];
      }
      add_up(shares, d, there, indices + start);
   }
}

LATTICE_KERNEL(void, lattice_fsq_index_f32,
   (const lattice_fsq *fsq, const float *bounded, int32_t *indices, int64_t rows), (fsq, bounded, indices, rows)) {
   const int32_t  d = fsq->d;
   flat_constants flat;
   int32_t        shares[FLAT];
   write_out(fsq, &flat);
   for (int64_t start = 0; start < rows; start += ROWS) {
      const int64_t there = rows - start < ROWS ? rows - start : ROWS, count = there * d;
      const float  *from = bounded + start * d;
      for (int64_t i = 0; i < count; ++i) {
         const float rounded = within((from[i] + ROUNDER) - ROUNDER, -flat.half_width[i], flat.highest[i]);
         shares[i] = ((int32_t)rounded + flat.centre[i]) * flat.basis[i];
      }
      add_up(shares, d, there, indices + start);
   }
}

LATTICE_KERNEL(void, lattice_fsq_index_unit_f32,
   (const lattice_fsq *fsq, const float *values, int32_t *indices, int64_t rows), (fsq, values, indices, rows)) {
   const int32_t  d = fsq->d;
   flat_constants flat;
   int32_t        shares[FLAT];
   write_out(fsq, &flat);
   for (int64_t start = 0; start < rows; start += ROWS) {
      const int64_t there = rows - start < ROWS ? rows - start : ROWS, count = there * d;
      const float  *from = values + start * d;
      for (int64_t i = 0; i < count; ++i) {
         float value = finite_or_zero(from[i]);
         value = value < 0.0f ? 0.0f : value;
         value = value > 1.0f ? 1.0f : value;
         shares[i] = (int32_t)((value * flat.top[i] + ROUNDER) - ROUNDER) * flat.basis[i];
      }
      add_up(shares, d, there, indices + start);
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

LATTICE_KERNEL(int64_t, lattice_fsq_codes_f32,
   (const lattice_fsq *fsq, const int32_t *indices, float *codes, int64_t rows), (fsq, indices, codes, rows)) {
   int64_t size = (int64_t)fsq->basis[fsq->d - 1] * fsq->levels[fsq->d - 1];
   int64_t unknown = first_unknown(indices, rows, size);
   if (unknown >= 0) return unknown;
   for (int64_t start = 0; start < rows; start += BLOCK)
      expand(fsq, indices + start, codes + start * fsq->d, rows - start < BLOCK ? rows - start : BLOCK, 1);
   return -1;
}

LATTICE_KERNEL(int64_t, lattice_fsq_unit_f32,
   (const lattice_fsq *fsq, const int32_t *indices, float *values, int64_t rows), (fsq, indices, values, rows)) {
   int64_t size = (int64_t)fsq->basis[fsq->d - 1] * fsq->levels[fsq->d - 1];
   int64_t unknown = first_unknown(indices, rows, size);
   if (unknown >= 0) return unknown;
   for (int64_t start = 0; start < rows; start += BLOCK)
      expand(fsq, indices + start, values + start * fsq->d, rows - start < BLOCK ? rows - start : BLOCK, 0);
   return -1;
}

LATTICE_KERNEL(void, lattice_fsq_gradient_f32,
   (const lattice_fsq *fsq, const float *z, const float *dcodes, float *dz, int64_t rows), (fsq, z, dcodes, dz, rows)) {
   const int32_t d = fsq->d;
   for (int32_t c = 0; c < d; ++c) {
      const float slope = fsq->slope[c], shift = fsq->shift[c], half = fsq->half[c];
      const float half_width = (float)(fsq->levels[c] / 2);
      for (int64_t r = 0; r < rows; ++r) {
         float t = tanh_of(finite_or_zero(z[r * d + c]) * slope + shift);
         dz[r * d + c] = dcodes[r * d + c] * (half * (1.0f - t * t) / half_width) * slope;
      }
   }
}
