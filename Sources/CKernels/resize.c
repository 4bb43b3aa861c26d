#include "lattice_resize.h"

#include "lattice_dispatch.h"

void lattice_resize_row_u8_ref(const uint8_t *in, int64_t stride, const float *weights, int64_t taps, float scale,
                               float *out, int64_t count) {
   for (int64_t x = 0; x < count; ++x) {
      float sum = 0;
      for (int64_t k = 0; k < taps; ++k) sum += weights[k] * (float)in[k * stride + x];
      out[x] = sum * scale;
   }
}

void lattice_resize_row_u16_ref(const uint16_t *in, int64_t stride, const float *weights, int64_t taps, float scale,
                                float *out, int64_t count) {
   for (int64_t x = 0; x < count; ++x) {
      float sum = 0;
      for (int64_t k = 0; k < taps; ++k) sum += weights[k] * (float)in[k * stride + x];
      out[x] = sum * scale;
   }
}

// A stretch of a row whose sums stay in registers over all taps.
#define STRETCH 64

LATTICE_KERNEL(void, lattice_resize_row_u8,
   (const uint8_t *in, int64_t stride, const float *weights, int64_t taps, float scale, float *out, int64_t count),
   (in, stride, weights, taps, scale, out, count)) {
   int64_t start = 0;
   for (; start + STRETCH <= count; start += STRETCH) {
      float sums[STRETCH] = {0};
      for (int64_t k = 0; k < taps; ++k) {
         const uint8_t *row = in + k * stride + start;
         const float    weight = weights[k];
         for (int64_t x = 0; x < STRETCH; ++x) sums[x] += weight * (float)row[x];
      }
      for (int64_t x = 0; x < STRETCH; ++x) out[start + x] = sums[x] * scale;
   }
   lattice_resize_row_u8_ref(in + start, stride, weights, taps, scale, out + start, count - start);
}

LATTICE_KERNEL(void, lattice_resize_row_u16,
   (const uint16_t *in, int64_t stride, const float *weights, int64_t taps, float scale, float *out, int64_t count),
   (in, stride, weights, taps, scale, out, count)) {
   int64_t start = 0;
   for (; start + STRETCH <= count; start += STRETCH) {
      float sums[STRETCH] = {0};
      for (int64_t k = 0; k < taps; ++k) {
         const uint16_t *row = in + k * stride + start;
         const float     weight = weights[k];
         for (int64_t x = 0; x < STRETCH; ++x) sums[x] += weight * (float)row[x];
      }
      for (int64_t x = 0; x < STRETCH; ++x) out[start + x] = sums[x] * scale;
   }
   lattice_resize_row_u16_ref(in + start, stride, weights, taps, scale, out + start, count - start);
}

LATTICE_INLINE float cut_off(float value) {
   value = value < 0.0f ? 0.0f : value;
   return value > 1.0f ? 1.0f : value;
}

void lattice_resize_columns_f32_ref(const float *in, const int32_t *first, const float *weights, int64_t taps,
                                    float *out, int64_t out_width, int64_t channels) {
   for (int64_t x = 0; x < out_width; ++x)
      for (int64_t c = 0; c < channels; ++c) {
         float sum = 0;
         for (int64_t k = 0; k < taps; ++k) sum += weights[x * taps + k] * in[(first[x] + k) * channels + c];
         out[x * channels + c] = cut_off(sum);
      }
}

LATTICE_KERNEL(void, lattice_resize_columns_f32,
   (const float *in, const int32_t *first, const float *weights, int64_t taps, float *out, int64_t out_width,
    int64_t channels), (in, first, weights, taps, out, out_width, channels)) {
   if (channels != 3) {
      lattice_resize_columns_f32_ref(in, first, weights, taps, out, out_width, channels);
      return;
   }
   for (int64_t x = 0; x < out_width; ++x) {
      const float *pixel = in + (int64_t)first[x] * 3, *weight = weights + x * taps;
      float        red = 0, green = 0, blue = 0;
      for (int64_t k = 0; k < taps; ++k) {
         red += weight[k] * pixel[k * 3];
         green += weight[k] * pixel[k * 3 + 1];
         blue += weight[k] * pixel[k * 3 + 2];
      }
      out[x * 3] = cut_off(red);
      out[x * 3 + 1] = cut_off(green);
      out[x * 3 + 2] = cut_off(blue);
   }
}
