#include "lattice_narrow_conv.h"

void lattice_narrow_conv_f32_ref(const lattice_narrow_conv *conv, const float *x, const float *weights,
                                 const float *bias, float *y, int64_t begin, int64_t end) {
   for (int64_t r = begin; r < end; ++r)
      for (int64_t j = 0; j < conv->ow; ++j)
         for (int64_t o = 0; o < conv->oc; ++o) {
            double sum = bias ? bias[o] : 0;
            for (int64_t k = 0; k < conv->blocks * conv->kh * conv->kw; ++k) {
               const int64_t b = k / (conv->kh * conv->kw), u = k / conv->kw % conv->kh, v = k % conv->kw;
               const int64_t row = r % conv->oh * conv->sh + u - conv->top, column = j * conv->sw + v - conv->left;
               if (row < 0 || row >= conv->h || column < 0 || column >= conv->w) continue;
               const int64_t plane = r / conv->oh * conv->blocks + b;
               for (int64_t c = 0; c < 16; ++c)
                  sum += (double)x[((plane * conv->h + row) * conv->w + column) * 16 + c] *
                         weights[(o * conv->blocks * conv->kh * conv->kw + k) * 16 + c];
            }
            y[(r * conv->ow + j) * conv->oc + o] = (float)sum;
         }
}
