// Samples of pictures between their types, and what comparing two pictures takes.
// No function allocates; buffers don't overlap.
#ifndef LATTICE_PIXELS_H
#define LATTICE_PIXELS_H

#include <stdint.h>

// out = round to even(in * top), cut off to 0...top; values that are not numbers give 0.
void lattice_pixels_to_u8_ref(const float *in, uint8_t *out, int64_t count);
void lattice_pixels_to_u8(const float *in, uint8_t *out, int64_t count);
void lattice_pixels_to_u16_ref(const float *in, uint16_t *out, int64_t count);
void lattice_pixels_to_u16(const float *in, uint16_t *out, int64_t count);

// Luma of `count` RGB pixels: 0.299 R + 0.587 G + 0.114 B. Source: ITU-R BT.601, section 2.5.1.
void lattice_pixels_luma_ref(const float *rgb, float *luma, int64_t count);
void lattice_pixels_luma(const float *rgb, float *luma, int64_t count);

// Lays `count` pixels of `colours` samples and an alpha over a background: (c * a + background * (top - a)) / top,
// rounded. In place is allowed: `out` may be `in`. `background` is 0...top for all colours.
void lattice_pixels_over_u8(const uint8_t *in, int32_t colours, uint8_t background, uint8_t *out, int64_t count);
void lattice_pixels_over_u16(const uint16_t *in, int32_t colours, uint16_t background, uint16_t *out, int64_t count);

// Sum of |a - b| and of (a - b)^2 over `count` values.
void lattice_pixels_errors_ref(const float *a, const float *b, int64_t count, double *absolute, double *squared);
void lattice_pixels_errors(const float *a, const float *b, int64_t count, double *absolute, double *squared);

#define LATTICE_SSIM_WINDOW 11

// The sum of the structural similarity index over all places of an 11 x 11 Gaussian window (sigma 1.5) that lie
// wholly inside pictures of (height, width, channels), values 0...1, K1 0.01, K2 0.03; to get the mean, divide by
// (height - 10) * (width - 10) * channels. Source: Wang et al. 2004, equation 13 and section III.B.
// `window` are the 11 weights of the Gaussian, summing to 1. `scratch` holds 5 * width * channels floats.
double lattice_pixels_ssim_ref(const float *a, const float *b, int64_t height, int64_t width, int64_t channels,
                               const float *window);
double lattice_pixels_ssim(const float *a, const float *b, int64_t height, int64_t width, int64_t channels,
                           const float *window, float *scratch);

#endif // LATTICE_PIXELS_H
