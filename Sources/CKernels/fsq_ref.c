#include "lattice_fsq.h"

#include <math.h>

static float finite_or_zero(float value) { return isfinite(value) ? value : 0.0f; }

void lattice_fsq_bound_f32_ref(const lattice_fsq *fsq, const float *z, float *bounded, int64_t rows) {
   for (int64_t r = 0; r < rows; ++r)
      for (int32_t c = 0; c < fsq->d; ++c) {
         float value = z[r * fsq->d + c];
         float argument = finite_or_zero(value) * fsq->slope[c] + fsq->shift[c];
         bounded[r * fsq->d + c] = tanhf(argument) * fsq->half[c] - fsq->offset[c];
      }
}

void lattice_fsq_index_f32_ref(const lattice_fsq *fsq, const float *bounded, int32_t *indices, int64_t rows) {
   for (int64_t r = 0; r < rows; ++r) {
      indices[r] = 0;
      for (int32_t c = 0; c < fsq->d; ++c) {
         int32_t digit = (int32_t)rintf(bounded[r * fsq->d + c]) + fsq->levels[c] / 2;
         if (digit < 0) digit = 0;
         if (digit > fsq->levels[c] - 1) digit = fsq->levels[c] - 1;
         indices[r] += digit * fsq->basis[c];
      }
   }
}

void lattice_fsq_index_unit_f32_ref(const lattice_fsq *fsq, const float *values, int32_t *indices, int64_t rows) {
   for (int64_t r = 0; r < rows; ++r) {
      indices[r] = 0;
      for (int32_t c = 0; c < fsq->d; ++c) {
         float value = fminf(fmaxf(finite_or_zero(values[r * fsq->d + c]), 0.0f), 1.0f);
         indices[r] += (int32_t)rintf(value * (float)(fsq->levels[c] - 1)) * fsq->basis[c];
      }
   }
}

static int64_t first_unknown(const lattice_fsq *fsq, const int32_t *indices, int64_t rows) {
   int64_t size = (int64_t)fsq->basis[fsq->d - 1] * fsq->levels[fsq->d - 1];
   for (int64_t r = 0; r < rows; ++r)
      if (indices[r] < 0 || indices[r] >= size) return r;
   return -1;
}

int64_t lattice_fsq_codes_f32_ref(const lattice_fsq *fsq, const int32_t *indices, float *codes, int64_t rows) {
   int64_t unknown = first_unknown(fsq, indices, rows);
   for (int64_t r = 0; r < rows && unknown < 0; ++r)
      for (int32_t c = 0; c < fsq->d; ++c) {
         int32_t digit = indices[r] / fsq->basis[c] % fsq->levels[c];
         int32_t half_width = fsq->levels[c] / 2;
         codes[r * fsq->d + c] = (float)(digit - half_width) / (float)half_width;
      }
   return unknown;
}

int64_t lattice_fsq_unit_f32_ref(const lattice_fsq *fsq, const int32_t *indices, float *values, int64_t rows) {
   int64_t unknown = first_unknown(fsq, indices, rows);
   for (int64_t r = 0; r < rows && unknown < 0; ++r)
      for (int32_t c = 0; c < fsq->d; ++c) {
         int32_t digit = indices[r] / fsq->basis[c] % fsq->levels[c];
         values[r * fsq->d + c] = (float)digit / (float)(fsq->levels[c] - 1);
      }
   return unknown;
}

void lattice_fsq_gradient_f32_ref(const lattice_fsq *fsq, const float *z, const float *dcodes, float *dz,
                                  int64_t rows) {
   for (int64_t r = 0; r < rows; ++r)
      for (int32_t c = 0; c < fsq->d; ++c) {
         int64_t i = r * fsq->d + c;
         float t = tanhf(finite_or_zero(z[i]) * fsq->slope[c] + fsq->shift[c]);
         dz[i] = dcodes[i] * (fsq->half[c] * (1.0f - t * t) / (float)(fsq->levels[c] / 2)) * fsq->slope[c];
      }
}

void lattice_fsq_encode_f32_ref(const lattice_fsq *fsq, const float *z, float *codes, int32_t *indices, int64_t rows) {
   lattice_fsq_bound_f32_ref(fsq, z, codes, rows);
   lattice_fsq_index_f32_ref(fsq, codes, indices, rows);
   lattice_fsq_codes_f32_ref(fsq, indices, codes, rows);
}
