#include "lattice_pixels.h"

#include <math.h>

static float cut_off(float value, float top) { return value > 0.0f ? (value < top ? value : top) : 0.0f; }

void lattice_pixels_to_u8_ref(const float *in, uint8_t *out, int64_t count) {
   for (int64_t i = 0; i < count; ++i) out[i] = (uint8_t)rintf(cut_off(in[i] * 255.0f, 255.0f));
}

void lattice_pixels_to_u16_ref(const float *in, uint16_t *out, int64_t count) {
   for (int64_t i = 0; i < count; ++i) out[i] = (uint16_t)rintf(cut_off(in[i] * 65535.0f, 65535.0f));
}

void lattice_pixels_luma_ref(const float *rgb, float *luma, int64_t count) {
   for (int64_t i = 0; i < count; ++i)
      luma[i] = 0.299f * rgb[i * 3] + 0.587f * rgb[i * 3 + 1] + 0.114f * rgb[i * 3 + 2];
}

void lattice_pixels_errors_ref(const float *a, const float *b, int64_t count, double *absolute, double *squared) {
   *absolute = 0;
   *squared = 0;
   for (int64_t i = 0; i < count; ++i) {
      double difference = (double)a[i] - (double)b[i];
      *absolute += fabs(difference);
      *squared += difference * difference;
   }
}

double lattice_pixels_ssim_ref(const float *a, const float *b, int64_t height, int64_t width, int64_t channels,
                               const float *window) {
   const double c1 = 0.01 * 0.01, c2 = 0.03 * 0.03;
   double       sum = 0;
   for (int64_t y = 0; y + LATTICE_SSIM_WINDOW <= height; ++y)
      for (int64_t x = 0; x + LATTICE_SSIM_WINDOW <= width; ++x)
         for (int64_t c = 0; c < channels; ++c) {
            double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
            for (int64_t i = 0; i < LATTICE_SSIM_WINDOW; ++i)
               for (int64_t j = 0; j < LATTICE_SSIM_WINDOW; ++j) {
                  int64_t at = ((y + i) * width + x + j) * channels + c;
                  double  weight = (double)window[i] * (double)window[j];
                  ma += weight * a[at];
                  mb += weight * b[at];
                  aa += weight * a[at] * a[at];
                  bb += weight * b[at] * b[at];
                  ab += weight * a[at] * b[at];
               }
            double va = aa - ma * ma, vb = bb - mb * mb, cov = ab - ma * mb;
            sum += (2 * ma * mb + c1) * (2 * cov + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
         }
   return sum;
}
