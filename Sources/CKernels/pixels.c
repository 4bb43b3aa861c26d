#include "lattice_pixels.h"

#include "lattice_dispatch.h"

// Adding and taking away 1.5 * 2^23 rounds to the nearest integer, ties to even, for |x| < 2^22.
#define ROUNDER 12582912.0f

LATTICE_INLINE float scaled(float value, float top) {
   value = value * top;
   value = value > 0.0f ? value : 0.0f;
   value = value < top ? value : top;
   return (value + ROUNDER) - ROUNDER;
}

LATTICE_KERNEL(void, lattice_pixels_to_u8, (const float *in, uint8_t *out, int64_t count), (in, out, count)) {
   for (int64_t i = 0; i < count; ++i) out[i] = (uint8_t)(int32_t)scaled(in[i], 255.0f);
}

LATTICE_KERNEL(void, lattice_pixels_to_u16, (const float *in, uint16_t *out, int64_t count), (in, out, count)) {
   for (int64_t i = 0; i < count; ++i) out[i] = (uint16_t)(int32_t)scaled(in[i], 65535.0f);
}

LATTICE_KERNEL(void, lattice_pixels_luma, (const float *rgb, float *luma, int64_t count), (rgb, luma, count)) {
   for (int64_t i = 0; i < count; ++i)
      luma[i] = 0.299f * rgb[i * 3] + 0.587f * rgb[i * 3 + 1] + 0.114f * rgb[i * 3 + 2];
}

void lattice_pixels_over_u8(const uint8_t *in, int32_t colours, uint8_t background, uint8_t *out, int64_t count) {
   for (int64_t i = 0; i < count; ++i) {
      const uint32_t alpha = in[i * (colours + 1) + colours];
      for (int32_t c = 0; c < colours; ++c) {
         const uint32_t mix = in[i * (colours + 1) + c] * alpha + background * (255u - alpha);
         out[i * colours + c] = (uint8_t)((mix + 127u) / 255u);
      }
   }
}

void lattice_pixels_over_u16(const uint16_t *in, int32_t colours, uint16_t background, uint16_t *out, int64_t count) {
   for (int64_t i = 0; i < count; ++i) {
      const uint64_t alpha = in[i * (colours + 1) + colours];
      for (int32_t c = 0; c < colours; ++c) {
         const uint64_t mix = in[i * (colours + 1) + c] * alpha + background * (65535u - alpha);
         out[i * colours + c] = (uint16_t)((mix + 32767u) / 65535u);
      }
   }
}

// Values whose errors are added up in parallel lanes before they join the total.
#define LANES 16

LATTICE_KERNEL(void, lattice_pixels_errors,
   (const float *a, const float *b, int64_t count, double *absolute, double *squared),
   (a, b, count, absolute, squared)) {
   double  lanes_absolute[LANES] = {0}, lanes_squared[LANES] = {0};
   int64_t start = 0;
   for (; start + LANES <= count; start += LANES)
      for (int64_t i = 0; i < LANES; ++i) {
         double difference = (double)a[start + i] - (double)b[start + i];
         lanes_absolute[i] += __builtin_fabs(difference);
         lanes_squared[i] += difference * difference;
      }
   lattice_pixels_errors_ref(a + start, b + start, count - start, absolute, squared);
   for (int64_t i = 0; i < LANES; ++i) {
      *absolute += lanes_absolute[i];
      *squared += lanes_squared[i];
   }
}

// The weighted sums of one row of windows, down the columns: means, squares and products of both pictures.
LATTICE_INLINE void window_columns(const float *restrict a, const float *restrict b, int64_t row,
                                  const float *restrict window, float *restrict sums) {
   float *restrict ma = sums, *restrict mb = sums + row, *restrict aa = sums + 2 * row;
   float *restrict bb = sums + 3 * row, *restrict ab = sums + 4 * row;
   for (int64_t x = 0; x < row; ++x) {
      float sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
#pragma clang loop unroll(full)
      for (int64_t i = 0; i < LATTICE_SSIM_WINDOW; ++i) {
         const float va = a[i * row + x], vb = b[i * row + x], wa = window[i] * va, wb = window[i] * vb;
         sa += wa;
         sb += wb;
         saa += wa * va;
         sbb += wb * vb;
         sab += wa * vb;
      }
      ma[x] = sa;
      mb[x] = sb;
      aa[x] = saa;
      bb[x] = sbb;
      ab[x] = sab;
   }
}

// The index at `count` places of a row of windows from `start` on, from its column sums.
LATTICE_INLINE void window_indices(const float *restrict sums, int64_t row, int64_t channels, int64_t start, int64_t count,
                                  const float *restrict window, float *restrict indices) {
   const float c1 = 0.01f * 0.01f, c2 = 0.03f * 0.03f;
   for (int64_t x = 0; x < count; ++x) {
      float sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
#pragma clang loop unroll(full)
      for (int64_t i = 0; i < LATTICE_SSIM_WINDOW; ++i) {
         const float *at = sums + start + x + i * channels;
         sa += window[i] * at[0];
         sb += window[i] * at[row];
         saa += window[i] * at[2 * row];
         sbb += window[i] * at[3 * row];
         sab += window[i] * at[4 * row];
      }
      const float product = sa * sb, squares = sa * sa + sb * sb;
      indices[x] =
         (2 * product + c1) * (2 * (sab - product) + c2) / ((squares + c1) * (saa + sbb - squares + c2));
   }
}

LATTICE_KERNEL(double, lattice_pixels_ssim,
   (const float *a, const float *b, int64_t height, int64_t width, int64_t channels, const float *window, float
    *scratch), (a, b, height, width, channels, window, scratch)) {
   const int64_t row = width * channels, places = (width - LATTICE_SSIM_WINDOW + 1) * channels;
   float         indices[256];
   double        sum = 0;
   for (int64_t y = 0; y + LATTICE_SSIM_WINDOW <= height; ++y) {
      window_columns(a + y * row, b + y * row, row, window, scratch);
      for (int64_t start = 0; start < places; start += 256) {
         const int64_t count = places - start < 256 ? places - start : 256;
         window_indices(scratch, row, channels, start, count, window, indices);
         float total = 0;
         for (int64_t x = 0; x < count; ++x) total += indices[x];
         sum += total;
      }
   }
   return sum;
}
