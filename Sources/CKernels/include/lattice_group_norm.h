// Group normalisation with an activation behind it, in parts that threads can share.
//
// Legend: x is a stretch of `pixels` pixels of `block` channels, dense (pixels, block): part of a picture (h, w, c) or of
// one block of its channels; all other arrays hold one value for each of the `block` channels. f is one of
// lattice_activation.h. Buffers don't overlap. No function allocates.
//   mean, rstd of a group: average of its values over all pixels, 1 / sqrt(variance + eps); division by their number
//   y = f((x - mean) * scale + offset), with scale = rstd * gain
// Source: Wu and He 2018, "Group normalization", equations 1, 2 and 7.
#ifndef LATTICE_GROUP_NORM_H
#define LATTICE_GROUP_NORM_H

#include <stdint.h>

// Pixels of the stretches that sums are formed of: added in order, they don't depend on threads.
#define LATTICE_NORM_PIXELS 1024

// sums = sum of x - shift, squares = sum of (x - shift)^2, over the pixels; a shift near the values saves cancellation.
// At most LATTICE_NORM_PIXELS pixels.
void lattice_channel_moments_f32_ref(const float *x, const float *shift, int64_t pixels, int64_t block, double *sums,
                                     double *squares);
void lattice_channel_moments_f32(const float *x, const float *shift, int64_t pixels, int64_t block, double *sums,
                                 double *squares);

// y as above; `y` may be `x`.
void lattice_normalize_f32_ref(int32_t kind, const float *x, const float *mean, const float *scale, const float *offset,
                               float *y, int64_t pixels, int64_t block);
void lattice_normalize_f32(int32_t kind, const float *x, const float *mean, const float *scale, const float *offset,
                           float *y, int64_t pixels, int64_t block);

// With g = dy * f'((x - mean) * scale + offset): sums = sum of g, products = sum of g * (x - mean), over the pixels. They
// add up to the gradients of offset and, times rstd, gain. At most LATTICE_NORM_PIXELS pixels.
void lattice_normalize_sums_f32_ref(int32_t kind, const float *x, const float *dy, const float *mean, const float *scale,
                                    const float *offset, int64_t pixels, int64_t block, double *sums, double *products);
void lattice_normalize_sums_f32(int32_t kind, const float *x, const float *dy, const float *mean, const float *scale,
                                const float *offset, int64_t pixels, int64_t block, double *sums, double *products);

// dx = scale * g - first - (x - mean) * second, with g as above; `dx` may be `dy`.
//   first = rstd * average(gain * g), second = rstd^3 * average(gain * g * (x - mean)), averages over the group
void lattice_normalize_backward_f32_ref(int32_t kind, const float *x, const float *dy, const float *mean,
                                        const float *scale, const float *offset, const float *first,
                                        const float *second, float *dx, int64_t pixels, int64_t block);
void lattice_normalize_backward_f32(int32_t kind, const float *x, const float *dy, const float *mean, const float *scale,
                                    const float *offset, const float *first, const float *second, float *dx,
                                    int64_t pixels, int64_t block);

#endif // LATTICE_GROUP_NORM_H
