#include "lattice_activation.h"

#include "activation_math.h"

#define FORWARD(kind) \
   case kind:         \
      for (int64_t i = 0; i < count; ++i) out[i] = value_of(kind, x[i]); \
      return;
#define BACKWARD(kind) \
   case kind:          \
      for (int64_t i = 0; i < count; ++i) out[i] = dy[i] * slope_of(kind, x[i]); \
      return;

LATTICE_KERNEL(void, lattice_activate_f32,
   (int32_t kind, const float *x, float *out, int64_t count), (kind, x, out, count)) {
   switch (kind) {
      FORWARD(LATTICE_GELU_TANH)
      FORWARD(LATTICE_GELU_ERF)
      FORWARD(LATTICE_SWISH)
      FORWARD(LATTICE_TANH)
      FORWARD(LATTICE_SIGMOID)
      FORWARD(LATTICE_RELU)
      FORWARD(LATTICE_LEAKY_RELU)
      FORWARD(LATTICE_RELU6)
      FORWARD(LATTICE_IDENTITY)
   }
}

LATTICE_KERNEL(void, lattice_activate_backward_f32,
   (int32_t kind, const float *x, const float *dy, float *out, int64_t count), (kind, x, dy, out, count)) {
   switch (kind) {
      BACKWARD(LATTICE_GELU_TANH)
      BACKWARD(LATTICE_GELU_ERF)
      BACKWARD(LATTICE_SWISH)
      BACKWARD(LATTICE_TANH)
      BACKWARD(LATTICE_SIGMOID)
      BACKWARD(LATTICE_RELU)
      BACKWARD(LATTICE_LEAKY_RELU)
      BACKWARD(LATTICE_RELU6)
      BACKWARD(LATTICE_IDENTITY)
   }
}
