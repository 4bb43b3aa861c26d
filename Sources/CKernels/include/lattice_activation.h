// Activation functions and their gradients, element by element.
// No function allocates; `out` may be one of the inputs.
#ifndef LATTICE_ACTIVATION_H
#define LATTICE_ACTIVATION_H

#include <stdint.h>

#define LATTICE_GELU_TANH 0 // x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))). Source: Hendrycks and Gimpel 2016, section 2.
#define LATTICE_GELU_ERF 1  // x/2 (1 + erf(x / sqrt(2))). The same, exactly.
#define LATTICE_SWISH 2     // x / (1 + exp(-x)). Source: Ramachandran et al. 2017.
#define LATTICE_TANH 3
#define LATTICE_SIGMOID 4
#define LATTICE_RELU 5
#define LATTICE_LEAKY_RELU 6 // x, or 0.2 x below 0.
#define LATTICE_IDENTITY 7   // x, for functions that apply one of these along with other work.
#define LATTICE_RELU6 8 // min(max(x, 0), 6).

void lattice_activate_f32_ref(int32_t kind, const float *x, float *out, int64_t count);
void lattice_activate_f32(int32_t kind, const float *x, float *out, int64_t count);

// dx = dy * f'(x).
void lattice_activate_backward_f32_ref(int32_t kind, const float *x, const float *dy, float *out, int64_t count);
void lattice_activate_backward_f32(int32_t kind, const float *x, const float *dy, float *out, int64_t count);

#endif // LATTICE_ACTIVATION_H
