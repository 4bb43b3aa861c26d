#include "lattice_depthwise.h"

// Where x has what window (i, j) has at (u, v), from the start of the plane, for channel 0; -1 outside.
static int64_t place(const lattice_depthwise *conv, int64_t i, int64_t j, int64_t u, int64_t v) {
   const int64_t row = i * conv->sh + u - conv->top, column = j * conv->sw + v - conv->left;
   if (row < 0 || row >= conv->h || column < 0 || column >= conv->w) return -1;
   return (row * conv->w + column) * conv->block;
}

void lattice_depthwise_f32_ref(const lattice_depthwise *conv, const float *x, const float *weights, float *y,
                               int64_t begin, int64_t end) {
   for (int64_t r = begin; r < end; ++r)
      for (int64_t j = 0; j < conv->ow; ++j)
         for (int64_t c = 0; c < conv->block; ++c) {
            const int64_t plane = r / conv->oh, window = conv->kh * conv->kw;
            double        sum = 0;
            for (int64_t k = 0; k < window; ++k) {
               const int64_t at = place(conv, r % conv->oh, j, k / conv->kw, k % conv->kw);
               if (at < 0) continue;
               sum += (double)x[plane * conv->h * conv->w * conv->block + at + c] *
                      weights[(plane % conv->groups * window + k) * conv->block + c];
            }
            y[(r * conv->ow + j) * conv->block + c] = (float)sum;
         }
}

void lattice_depthwise_backward_f32_ref(const lattice_depthwise *conv, const float *dy, const float *weights, float *dx,
                                        int64_t begin, int64_t end) {
   const int64_t size = conv->h * conv->w * conv->block, window = conv->kh * conv->kw;
   for (int64_t k = begin * size; k < end * size; ++k) dx[k] = 0;
   for (int64_t r = begin * conv->oh; r < end * conv->oh; ++r)
      for (int64_t j = 0; j < conv->ow; ++j)
         for (int64_t k = 0; k < window; ++k) {
            const int64_t at = place(conv, r % conv->oh, j, k / conv->kw, k % conv->kw), plane = r / conv->oh;
            if (at < 0) continue;
            for (int64_t c = 0; c < conv->block; ++c)
               dx[plane * size + at + c] += dy[(r * conv->ow + j) * conv->block + c] *
                                            weights[(plane % conv->groups * window + k) * conv->block + c];
         }
}

void lattice_depthwise_weights_f32_ref(const lattice_depthwise *conv, const float *x, const float *dy, float *dweights,
                                       int64_t plane) {
   for (int64_t k = 0; k < conv->kh * conv->kw; ++k)
      for (int64_t c = 0; c < conv->block; ++c) {
         double sum = 0;
         for (int64_t i = 0; i < conv->oh; ++i)
            for (int64_t j = 0; j < conv->ow; ++j) {
               const int64_t at = place(conv, i, j, k / conv->kw, k % conv->kw);
               if (at < 0) continue;
               sum += (double)x[plane * conv->h * conv->w * conv->block + at + c] *
                      dy[((plane * conv->oh + i) * conv->ow + j) * conv->block + c];
            }
         dweights[k * conv->block + c] = (float)sum;
      }
}
