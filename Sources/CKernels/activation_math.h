// The functions of lattice_activation.h and their slopes, for one number; not for callers of the library.
#ifndef LATTICE_ACTIVATION_MATH_H
#define LATTICE_ACTIVATION_MATH_H

#include "lattice_activation.h"
#include "vector_math.h"

#define ROOT 0.7978845608f // sqrt(2 / pi)

LATTICE_INLINE float value_of(const int32_t kind, float x) {
   switch (kind) {
   case LATTICE_GELU_TANH: return 0.5f * x * (1.0f + tanh_of(ROOT * (x + 0.044715f * x * x * x)));
   case LATTICE_GELU_ERF: return 0.5f * x * (1.0f + erf_of(x * 0.70710678f, exp_of(-0.5f * x * x)));
   case LATTICE_SWISH: return x * sigmoid_of(x);
   case LATTICE_TANH: return tanh_of(x);
   case LATTICE_SIGMOID: return sigmoid_of(x);
   case LATTICE_RELU: return x > 0.0f ? x : 0.0f;
   case LATTICE_RELU6: return x > 0.0f ? (x < 6.0f ? x : 6.0f) : 0.0f;
   case LATTICE_IDENTITY: return x;
   default: return x > 0.0f ? x : 0.2f * x;
   }
}

LATTICE_INLINE float slope_of(const int32_t kind, float x) {
   switch (kind) {
   case LATTICE_GELU_TANH: {
      const float t = tanh_of(ROOT * (x + 0.044715f * x * x * x));
      return 0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * ROOT * (1.0f + 0.134145f * x * x);
   }
   case LATTICE_GELU_ERF: {
      const float bell = exp_of(-0.5f * x * x);
      return 0.5f * (1.0f + erf_of(x * 0.70710678f, bell)) + x * bell * 0.39894228f;
   }
   case LATTICE_SWISH: {
      const float s = sigmoid_of(x);
      return s * (1.0f + x * (1.0f - s));
   }
   case LATTICE_TANH: {
      const float t = tanh_of(x);
      return 1.0f - t * t;
   }
   case LATTICE_SIGMOID: {
      const float s = sigmoid_of(x);
      return s * (1.0f - s);
   }
   case LATTICE_RELU: return x > 0.0f ? 1.0f : 0.0f;
   case LATTICE_RELU6: return x > 0.0f && x < 6.0f ? 1.0f : 0.0f;
   case LATTICE_IDENTITY: return 1.0f;
   default: return x > 0.0f ? 1.0f : 0.2f;
   }
}

#endif // LATTICE_ACTIVATION_MATH_H
