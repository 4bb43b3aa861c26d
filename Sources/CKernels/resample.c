#include "lattice_resample.h"

#include "lattice_dispatch.h"

LATTICE_INLINE void resample(const lattice_resampling *to, const float *restrict x, float *restrict y, int64_t inner,
                             int64_t begin, int64_t end) {
   for (int64_t r = begin; r < end; ++r) {
      const int64_t o = r / to->out_length, i = r % to->out_length;
      float        *out = y + r * inner;
      for (int64_t c = 0; c < inner; ++c) out[c] = 0;
      for (int64_t k = 0; k < to->counts[i]; ++k) {
         const float  weight = to->weights[i * to->taps + k];
         const float *in = x + (o * to->length + to->first[i] + k) * inner;
         for (int64_t c = 0; c < inner; ++c) out[c] += weight * in[c];
      }
   }
}

LATTICE_KERNEL(void, lattice_resample_f32,
   (const lattice_resampling *to, const float *x, float *y, int64_t inner, int64_t begin, int64_t end),
   (to, x, y, inner, begin, end)) {
   resample(to, x, y, inner, begin, end);
}
