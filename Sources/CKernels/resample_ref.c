#include "lattice_resample.h"

void lattice_resample_f32_ref(const lattice_resampling *to, const float *x, float *y, int64_t inner, int64_t begin,
                              int64_t end) {
   for (int64_t r = begin; r < end; ++r)
      for (int64_t c = 0; c < inner; ++c) {
         const int64_t o = r / to->out_length, i = r % to->out_length;
         double        sum = 0;
         for (int64_t k = 0; k < to->counts[i]; ++k)
            sum += (double)to->weights[i * to->taps + k] * x[(o * to->length + to->first[i] + k) * inner + c];
         y[r * inner + c] = (float)sum;
      }
}
