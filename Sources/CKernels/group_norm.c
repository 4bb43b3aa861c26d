#include "lattice_group_norm.h"

#include "activation_math.h"

// Channels are gone through in strips of at most this many, and a block of fewer channels is looked at several pixels at
// a time: either way the inner loop runs over so many values side by side in memory.
#define WIDTH 128

// How a stretch is gone through: `width` channels of `times` pixels at once, `run` values.
typedef struct {
   int64_t width, times, run;
} strip;

LATTICE_INLINE strip strip_at(int64_t start, int64_t block) {
   const int64_t left = block - start, width = left < WIDTH ? left : WIDTH;
   const int64_t times = block == width ? WIDTH / width : 1;
   return (strip){width, times, width * times};
}

// The values of a strip's channels, once for each of its pixels.
LATTICE_INLINE void spread(const float *from, strip s, float *to) {
   for (int64_t i = 0; i < s.run; ++i) to[i] = from[i % s.width];
}

LATTICE_INLINE void fold(const float *lanes, strip s, double *sums) {
   for (int64_t c = 0; c < s.width; ++c) {
      sums[c] = 0;
      for (int64_t k = 0; k < s.times; ++k) sums[c] += lanes[k * s.width + c];
   }
}

// Values of this step: fewer for the last pixels of a block that is gone through several pixels at a time.
LATTICE_INLINE int64_t step_length(strip s, int64_t pixel, int64_t pixels) {
   return pixels - pixel < s.times ? (pixels - pixel) * s.width : s.run;
}

LATTICE_KERNEL(void, lattice_channel_moments_f32,
   (const float *x, const float *shift, int64_t pixels, int64_t block, double *sums, double *squares),
   (x, shift, pixels, block, sums, squares)) {
   for (int64_t start = 0; start < block; start += WIDTH) {
      const strip s = strip_at(start, block);
      float       from[WIDTH], first[WIDTH] = {0}, second[WIDTH] = {0};
      spread(shift + start, s, from);
      for (int64_t p = 0; p < pixels; p += s.times) {
         const float *in = x + p * block + start;
         if (step_length(s, p, pixels) == WIDTH) {
            for (int64_t i = 0; i < WIDTH; ++i) {
               const float away = in[i] - from[i];
               first[i] += away;
               second[i] += away * away;
            }
         } else {
            for (int64_t i = 0; i < step_length(s, p, pixels); ++i) {
               const float away = in[i] - from[i];
               first[i] += away;
               second[i] += away * away;
            }
         }
      }
      fold(first, s, sums + start);
      fold(second, s, squares + start);
   }
}

LATTICE_INLINE void normalize(const int32_t kind, const float *restrict x, const float *restrict mean,
                              const float *restrict scale, const float *restrict offset, float *y, int64_t pixels,
                              int64_t block) {
   for (int64_t start = 0; start < block; start += WIDTH) {
      const strip s = strip_at(start, block);
      float       m[WIDTH], a[WIDTH], b[WIDTH];
      spread(mean + start, s, m);
      spread(scale + start, s, a);
      spread(offset + start, s, b);
      for (int64_t p = 0; p < pixels; p += s.times) {
         const float  *in = x + p * block + start;
         float        *out = y + p * block + start;
         const int64_t length = step_length(s, p, pixels);
#pragma clang loop vectorize(assume_safety)
         for (int64_t i = 0; i < length; ++i) out[i] = value_of(kind, (in[i] - m[i]) * a[i] + b[i]);
      }
   }
}

LATTICE_INLINE void sums_of(const int32_t kind, const float *x, const float *dy, const float *mean, const float *scale,
                            const float *offset, int64_t pixels, int64_t block, double *sums, double *products) {
   for (int64_t start = 0; start < block; start += WIDTH) {
      const strip s = strip_at(start, block);
      float       m[WIDTH], a[WIDTH], b[WIDTH], first[WIDTH] = {0}, second[WIDTH] = {0};
      spread(mean + start, s, m);
      spread(scale + start, s, a);
      spread(offset + start, s, b);
      for (int64_t p = 0; p < pixels; p += s.times) {
         const float  *in = x + p * block + start, *gradient = dy + p * block + start;
         const int64_t length = step_length(s, p, pixels);
         for (int64_t i = 0; i < length; ++i) {
            const float away = in[i] - m[i], g = gradient[i] * slope_of(kind, away * a[i] + b[i]);
            first[i] += g;
            second[i] += g * away;
         }
      }
      fold(first, s, sums + start);
      fold(second, s, products + start);
   }
}

LATTICE_INLINE void backward(const int32_t kind, const float *x, const float *dy, const float *mean, const float *scale,
                             const float *offset, const float *one, const float *two, float *dx, int64_t pixels,
                             int64_t block) {
   for (int64_t start = 0; start < block; start += WIDTH) {
      const strip s = strip_at(start, block);
      float       m[WIDTH], a[WIDTH], b[WIDTH], first[WIDTH], second[WIDTH];
      spread(mean + start, s, m);
      spread(scale + start, s, a);
      spread(offset + start, s, b);
      spread(one + start, s, first);
      spread(two + start, s, second);
      for (int64_t p = 0; p < pixels; p += s.times) {
         const float  *in = x + p * block + start, *gradient = dy + p * block + start;
         float        *out = dx + p * block + start;
         const int64_t length = step_length(s, p, pixels);
#pragma clang loop vectorize(assume_safety)
         for (int64_t i = 0; i < length; ++i) {
            const float away = in[i] - m[i];
            out[i] = a[i] * (gradient[i] * slope_of(kind, away * a[i] + b[i])) - first[i] - away * second[i];
         }
      }
   }
}

// One loop for each function, chosen outside of it.
#define CHOOSE(call)                                           \
   switch (kind) {                                             \
   case LATTICE_GELU_TANH: call(LATTICE_GELU_TANH); return;    \
   case LATTICE_GELU_ERF: call(LATTICE_GELU_ERF); return;      \
   case LATTICE_SWISH: call(LATTICE_SWISH); return;            \
   case LATTICE_TANH: call(LATTICE_TANH); return;              \
   case LATTICE_SIGMOID: call(LATTICE_SIGMOID); return;        \
   case LATTICE_RELU: call(LATTICE_RELU); return;              \
   case LATTICE_LEAKY_RELU: call(LATTICE_LEAKY_RELU); return;  \
   case LATTICE_RELU6: call(LATTICE_RELU6); return;            \
   case LATTICE_IDENTITY: call(LATTICE_IDENTITY); return;      \
   }

LATTICE_KERNEL(void, lattice_normalize_f32,
   (int32_t kind, const float *x, const float *mean, const float *scale, const float *offset, float *y, int64_t
    pixels, int64_t block), (kind, x, mean, scale, offset, y, pixels, block)) {
#define CALL(kind) normalize(kind, x, mean, scale, offset, y, pixels, block)
   CHOOSE(CALL)
#undef CALL
}

LATTICE_KERNEL(void, lattice_normalize_sums_f32,
   (int32_t kind, const float *x, const float *dy, const float *mean, const float *scale, const float *offset,
    int64_t pixels, int64_t block, double *sums, double *products),
   (kind, x, dy, mean, scale, offset, pixels, block, sums, products)) {
#define CALL(kind) sums_of(kind, x, dy, mean, scale, offset, pixels, block, sums, products)
   CHOOSE(CALL)
#undef CALL
}

LATTICE_KERNEL(void, lattice_normalize_backward_f32,
   (int32_t kind, const float *x, const float *dy, const float *mean, const float *scale, const float *offset,
    const float *first, const float *second, float *dx, int64_t pixels, int64_t block),
   (kind, x, dy, mean, scale, offset, first, second, dx, pixels, block)) {
#define CALL(kind) backward(kind, x, dy, mean, scale, offset, first, second, dx, pixels, block)
   CHOOSE(CALL)
#undef CALL
}
