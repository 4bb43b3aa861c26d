#include "lattice_group_norm.h"

#include "lattice_activation.h"

void lattice_channel_moments_f32_ref(const float *x, const float *shift, int64_t pixels, int64_t block, double *sums,
                                     double *squares) {
   for (int64_t c = 0; c < block; ++c) {
      sums[c] = squares[c] = 0;
      for (int64_t p = 0; p < pixels; ++p) {
         const double away = (double)x[p * block + c] - shift[c];
         sums[c] += away;
         squares[c] += away * away;
      }
   }
}

void lattice_normalize_f32_ref(int32_t kind, const float *x, const float *mean, const float *scale, const float *offset,
                               float *y, int64_t pixels, int64_t block) {
   for (int64_t p = 0; p < pixels; ++p)
      for (int64_t c = 0; c < block; ++c) {
         const float z = (x[p * block + c] - mean[c]) * scale[c] + offset[c];
         lattice_activate_f32_ref(kind, &z, &y[p * block + c], 1);
      }
}

// dy * f'(z)
static float before_activation(int32_t kind, float x, float dy, float mean, float scale, float offset) {
   const float z = (x - mean) * scale + offset;
   float       gradient;
   lattice_activate_backward_f32_ref(kind, &z, &dy, &gradient, 1);
   return gradient;
}

void lattice_normalize_sums_f32_ref(int32_t kind, const float *x, const float *dy, const float *mean, const float *scale,
                                    const float *offset, int64_t pixels, int64_t block, double *sums, double *products) {
   for (int64_t c = 0; c < block; ++c) {
      sums[c] = products[c] = 0;
      for (int64_t p = 0; p < pixels; ++p) {
         const int64_t i = p * block + c;
         const double  g = before_activation(kind, x[i], dy[i], mean[c], scale[c], offset[c]);
         sums[c] += g;
         products[c] += g * ((double)x[i] - mean[c]);
      }
   }
}

void lattice_normalize_backward_f32_ref(int32_t kind, const float *x, const float *dy, const float *mean,
                                        const float *scale, const float *offset, const float *first,
                                        const float *second, float *dx, int64_t pixels, int64_t block) {
   for (int64_t p = 0; p < pixels; ++p)
      for (int64_t c = 0; c < block; ++c) {
         const int64_t i = p * block + c;
         const float   g = before_activation(kind, x[i], dy[i], mean[c], scale[c], offset[c]);
         dx[i] = scale[c] * g - first[c] - (x[i] - mean[c]) * second[c];
      }
}
