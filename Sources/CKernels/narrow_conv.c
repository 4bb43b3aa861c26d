#include "lattice_narrow_conv.h"

#include "lattice_dispatch.h"

typedef float lanes __attribute__((vector_size(64), aligned(4)));

// Pixels whose sums are in registers at once.
#define PIXELS 6

// The sum of 16 lanes, in halves: always in the same order.
LATTICE_INLINE float total(const lanes *from) {
   float t[16];
   __builtin_memcpy(t, from, sizeof t);
   for (int half = 8; half > 0; half /= 2)
      for (int i = 0; i < half; ++i) t[i] += t[i + half];
   return t[0];
}

// `count` pixels of a row from column j on; all of their windows lie between the first and last column if `isInside`.
LATTICE_INLINE void pixels(const lattice_narrow_conv *conv, const float *x, const float *weights, const float *bias,
                           float *y, int64_t r, int64_t j, const int oc, const int count, const int isInside) {
   const int64_t top = r % conv->oh * conv->sh - conv->top, left = j * conv->sw - conv->left;
   const int64_t window = conv->kh * conv->kw, size = conv->blocks * window * 16;
   lanes         sums[LATTICE_NARROW_CHANNELS][PIXELS] = {0};
   for (int64_t b = 0; b < conv->blocks; ++b) {
      const float *plane = x + (r / conv->oh * conv->blocks + b) * conv->h * conv->w * 16;
      for (int64_t u = 0; u < conv->kh; ++u) {
         if (top + u < 0 || top + u >= conv->h) continue;
         const float *row = plane + (top + u) * conv->w * 16;
         for (int64_t v = 0; v < conv->kw; ++v) {
            const float *weight = weights + (b * window + u * conv->kw + v) * 16;
#pragma clang loop unroll(full)
            for (int p = 0; p < count; ++p) {
               const int64_t column = left + v + p * conv->sw;
               if (!isInside && (column < 0 || column >= conv->w)) continue;
               const lanes in = *(const lanes *)(row + column * 16);
#pragma clang loop unroll(full)
               for (int o = 0; o < oc; ++o)
                  sums[o][p] = __builtin_elementwise_fma(in, *(const lanes *)(weight + o * size), sums[o][p]);
            }
         }
      }
   }
#pragma clang loop unroll(full)
   for (int p = 0; p < count; ++p)
#pragma clang loop unroll(full)
      for (int o = 0; o < oc; ++o) y[(r * conv->ow + j + p) * oc + o] = total(&sums[o][p]) + (bias ? bias[o] : 0.0f);
}

LATTICE_INLINE void rows(const lattice_narrow_conv *conv, const float *x, const float *weights, const float *bias,
                         float *y, int64_t begin, int64_t end, const int oc) {
   for (int64_t r = begin; r < end; ++r) {
      int64_t j = 0;
      while (j < conv->ow) {
         const int64_t first = j * conv->sw - conv->left, last = (j + PIXELS - 1) * conv->sw - conv->left + conv->kw - 1;
         if (first >= 0 && last < conv->w && j + PIXELS <= conv->ow) {
            pixels(conv, x, weights, bias, y, r, j, oc, PIXELS, 1);
            j += PIXELS;
         } else {
            pixels(conv, x, weights, bias, y, r, j, oc, 1, 0);
            j += 1;
         }
      }
   }
}

LATTICE_KERNEL(void, lattice_narrow_conv_f32,
   (const lattice_narrow_conv *conv, const float *x, const float *weights, const float *bias, float *y, int64_t
    begin, int64_t end), (conv, x, weights, bias, y, begin, end)) {
   switch (conv->oc) {
   case 1: rows(conv, x, weights, bias, y, begin, end, 1); return;
   case 2: rows(conv, x, weights, bias, y, begin, end, 2); return;
   case 3: rows(conv, x, weights, bias, y, begin, end, 3); return;
   default: rows(conv, x, weights, bias, y, begin, end, 4); return;
   }
}
