// A step of AdamW.
//
//   m = b1 m + (1 - b1) g,  v = b2 v + (1 - b2) g^2
//   w = w - rate * (m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + eps) + decay w)
// Source: Kingma and Ba 2015, algorithm 1; Loshchilov and Hutter 2019, algorithm 2.
// g is first multiplied by `scale`, as clipping asks. No function allocates; buffers don't overlap.
#ifndef LATTICE_ADAM_H
#define LATTICE_ADAM_H

#include <stdint.h>

typedef struct lattice_adam {
   float   rate, b1, b2, eps, decay, scale;
   int64_t step; // t, counted from 1.
} lattice_adam;

void lattice_adam_f32_ref(lattice_adam adam, const float *gradient, float *weights, float *m, float *v, int64_t count);
void lattice_adam_f32(lattice_adam adam, const float *gradient, float *weights, float *m, float *v, int64_t count);

// The moving average of weights: average += share * (weights - average).
void lattice_moving_average_f32_ref(const float *weights, float share, float *average, int64_t count);
void lattice_moving_average_f32(const float *weights, float share, float *average, int64_t count);

// The sum of squares, in double; not a number if a value isn't one.
double lattice_sum_squares_f32_ref(const float *x, int64_t count);
double lattice_sum_squares_f32(const float *x, int64_t count);

#endif // LATTICE_ADAM_H
