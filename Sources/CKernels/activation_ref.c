#include "lattice_activation.h"

#include <math.h>

static double value_of(int32_t kind, double x) {
   const double root = 0.7978845608028654; // sqrt(2 / pi)
   switch (kind) {
   case LATTICE_GELU_TANH: return 0.5 * x * (1 + tanh(root * (x + 0.044715 * x * x * x)));
   case LATTICE_GELU_ERF: return 0.5 * x * (1 + erf(x * 0.7071067811865476));
   case LATTICE_SWISH: return x / (1 + exp(-x));
   case LATTICE_TANH: return tanh(x);
   case LATTICE_SIGMOID: return 1 / (1 + exp(-x));
   case LATTICE_RELU: return x > 0 ? x : 0;
   case LATTICE_RELU6: return fmin(fmax(x, 0), 6);
   case LATTICE_IDENTITY: return x;
   default: return x > 0 ? x : 0.2 * x;
   }
}

static double slope_of(int32_t kind, double x) {
   const double root = 0.7978845608028654;
   switch (kind) {
   case LATTICE_GELU_TANH: {
      const double t = tanh(root * (x + 0.044715 * x * x * x));
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * root * (1 + 3 * 0.044715 * x * x);
   }
   case LATTICE_GELU_ERF:
      return 0.5 * (1 + erf(x * 0.7071067811865476)) + x * exp(-0.5 * x * x) * 0.3989422804014327;
   case LATTICE_SWISH: {
      const double s = 1 / (1 + exp(-x));
      return s * (1 + x * (1 - s));
   }
   case LATTICE_TANH: return 1 - tanh(x) * tanh(x);
   case LATTICE_SIGMOID: {
      const double s = 1 / (1 + exp(-x));
      return s * (1 - s);
   }
   case LATTICE_RELU: return x > 0;
   case LATTICE_RELU6: return x > 0 && x < 6;
   case LATTICE_IDENTITY: return 1;
   default: return x > 0 ? 1 : 0.2;
   }
}

void lattice_activate_f32_ref(int32_t kind, const float *x, float *out, int64_t count) {
   for (int64_t i = 0; i < count; ++i) out[i] = (float)value_of(kind, x[i]);
}

void lattice_activate_backward_f32_ref(int32_t kind, const float *x, const float *dy, float *out, int64_t count) {
   for (int64_t i = 0; i < count; ++i) out[i] = (float)(dy[i] * slope_of(kind, x[i]));
}
