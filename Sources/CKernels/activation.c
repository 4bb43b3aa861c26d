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
   default: return x > 0.0f ? 1.0f : 0.2f;
   }
}

#define FORWARD(kind) \
   case kind:         \
      for (int64_t i = 0; i < count; ++i) out[i] = value_of(kind, x[i]); \
      return;
#define BACKWARD(kind) \
   case kind:          \
      for (int64_t i = 0; i < count; ++i) out[i] = dy[i] * slope_of(kind, x[i]); \
      return;

LATTICE_CLONES
void lattice_activate_f32(int32_t kind, const float *x, float *out, int64_t count) {
   switch (kind) {
      FORWARD(LATTICE_GELU_TANH)
      FORWARD(LATTICE_GELU_ERF)
      FORWARD(LATTICE_SWISH)
      FORWARD(LATTICE_TANH)
      FORWARD(LATTICE_SIGMOID)
      FORWARD(LATTICE_RELU)
      FORWARD(LATTICE_LEAKY_RELU)
   }
}

LATTICE_CLONES
void lattice_activate_backward_f32(int32_t kind, const float *x, const float *dy, float *out, int64_t count) {
   switch (kind) {
      BACKWARD(LATTICE_GELU_TANH)
      BACKWARD(LATTICE_GELU_ERF)
      BACKWARD(LATTICE_SWISH)
      BACKWARD(LATTICE_TANH)
      BACKWARD(LATTICE_SIGMOID)
      BACKWARD(LATTICE_RELU)
      BACKWARD(LATTICE_LEAKY_RELU)
   }
}
