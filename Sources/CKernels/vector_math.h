// Functions of one number, in arithmetic that compilers turn into vectors; not for callers of the library.
#ifndef LATTICE_VECTOR_MATH_H
#define LATTICE_VECTOR_MATH_H

#include "lattice_dispatch.h"

#include <stdint.h>

// Adding and taking away 1.5 * 2^23 rounds to the nearest integer, ties to even, for |x| < 2^22.
#define ROUNDER 12582912.0f

// exp within 2 units in the last place; x is cut off at -87 and 88.
LATTICE_INLINE float exp_of(float x) {
   x = x < -87.0f ? -87.0f : x;
   x = x > 88.0f ? 88.0f : x;
   // exp(x) = 2^n * exp(f), f in +-ln(2)/2; ln(2) in two parts so that f keeps its bits.
   const float n = (x * 1.44269504f + ROUNDER) - ROUNDER;
   const float f = (x - n * 0.693359375f) + n * 2.12194440e-4f;
   float       p = 1.0f / 5040.0f;
   p = p * f + 1.0f / 720.0f;
   p = p * f + 1.0f / 120.0f;
   p = p * f + 1.0f / 24.0f;
   p = p * f + 1.0f / 6.0f;
   p = p * f + 0.5f;
   p = p * f + 1.0f;
   p = p * f + 1.0f;
   union {
      int32_t bits;
      float   value;
   } power = {.bits = ((int32_t)n + 127) << 23};
   return p * power.value;
}

// log within 2 units in the last place, for normal x > 0.
LATTICE_INLINE float log_of(float x) {
   union {
      float   value;
      int32_t bits;
   } whole = {.value = x}, part;
   // x = 2^n * m, m in sqrt(1/2)..sqrt(2): log(x) = n log(2) + 2 artanh((m - 1) / (m + 1)).
   const int32_t n = (whole.bits - 0x3F3504F3) >> 23;
   part.bits = whole.bits - n * (1 << 23);
   const float s = (part.value - 1.0f) / (part.value + 1.0f), t = s * s;
   float       p = 2.0f / 9.0f;
   p = p * t + 2.0f / 7.0f;
   p = p * t + 2.0f / 5.0f;
   p = p * t + 2.0f / 3.0f;
   // log(2) in two parts, as in exp.
   return (float)n * 0.693359375f + ((float)n * -2.12194440e-4f + (p * t * s + 2.0f * s));
}

LATTICE_INLINE float sigmoid_of(float x) { return 1.0f / (1.0f + exp_of(-x)); }

// tanh by 1 - 2 / (exp(2|x|) + 1), and by its odd series where that would cancel: within 2e-7.
LATTICE_INLINE float tanh_of(float x) {
   float a = __builtin_fabsf(x);
   a = a < 10.0f ? a : 10.0f;
   const float large = 1.0f - 2.0f / (exp_of(2.0f * a) + 1.0f);
   // x - x^3/3 + 2x^5/15 - 17x^7/315 + 62x^9/2835 - 1382x^11/155925
   const float s = a * a;
   float       q = -1382.0f / 155925.0f;
   q = q * s + 62.0f / 2835.0f;
   q = q * s - 17.0f / 315.0f;
   q = q * s + 2.0f / 15.0f;
   q = q * s - 1.0f / 3.0f;
   const float small = a + a * s * q;
   return __builtin_copysignf(a < 0.3f ? small : large, x);
}

// erf within 5e-7; `bell` is exp(-x^2). Source: Abramowitz and Stegun 1964, formula 7.1.26.
LATTICE_INLINE float erf_of(float x, float bell) {
   const float a = __builtin_fabsf(x), t = 1.0f / (1.0f + 0.3275911f * a);
   float       p = 1.061405429f;
   p = p * t - 1.453152027f;
   p = p * t + 1.421413741f;
   p = p * t - 0.284496736f;
   p = p * t + 0.254829592f;
   return __builtin_copysignf(1.0f - p * t * bell, x);
}

#endif // LATTICE_VECTOR_MATH_H
