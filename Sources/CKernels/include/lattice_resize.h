// Antialiased resizing, one direction at a time.
//
// A filter of radius R is stretched by the scale when the picture shrinks, so that every source sample counts:
//   out[i] = sum over k < taps of weights[i * taps + k] * in[first[i] + k]
// The rows' direction goes first: it runs along memory, and leaves few rows for the columns' direction.
// Source of the method: Heckbert 1989, "Fundamentals of texture mapping and image warping", section 3.5.
// No function allocates; buffers don't overlap.
#ifndef LATTICE_RESIZE_H
#define LATTICE_RESIZE_H

#include <stdint.h>

// One output row: out[x] = scale * sum over k < taps of weights[k] * in[k * stride + x] for x < count.
void lattice_resize_row_u8_ref(const uint8_t *in, int64_t stride, const float *weights, int64_t taps, float scale,
                               float *out, int64_t count);
void lattice_resize_row_u8(const uint8_t *in, int64_t stride, const float *weights, int64_t taps, float scale,
                           float *out, int64_t count);
void lattice_resize_row_u16_ref(const uint16_t *in, int64_t stride, const float *weights, int64_t taps, float scale,
                                float *out, int64_t count);
void lattice_resize_row_u16(const uint16_t *in, int64_t stride, const float *weights, int64_t taps, float scale,
                            float *out, int64_t count);

// All columns of one row: `in` (width, channels) to `out` (out_width, channels), cut off at 0 and 1: filters with
// negative lobes overshoot. channels is 1...4.
void lattice_resize_columns_f32_ref(const float *in, const int32_t *first, const float *weights, int64_t taps,
                                    float *out, int64_t out_width, int64_t channels);
void lattice_resize_columns_f32(const float *in, const int32_t *first, const float *weights, int64_t taps, float *out,
                                int64_t out_width, int64_t channels);

#endif // LATTICE_RESIZE_H
