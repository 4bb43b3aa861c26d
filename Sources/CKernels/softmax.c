#include "lattice_softmax.h"

#include "vector_math.h"

// Sums and maxima are kept in lanes, in an order that no instruction set changes.
#define LANES 16
// exp, and 0 below -87, where it leaves the normal numbers: what is forbidden weighs nothing.
LATTICE_INLINE float weight_of(float x) { return x < -87.0f ? 0.0f : exp_of(x); }

// Scores of a row, and the greatest of them.
LATTICE_INLINE float scores(const float *x, const float *mask, float scale, float *y, int64_t cols) {
   float   lanes[LANES];
   int64_t c = 0;
   for (int i = 0; i < LANES; ++i) lanes[i] = -__builtin_inff();
   for (; c + LANES <= cols; c += LANES)
      for (int i = 0; i < LANES; ++i) {
         const float score = mask ? scale * x[c + i] + mask[c + i] : scale * x[c + i];
         y[c + i] = score;
         lanes[i] = score > lanes[i] ? score : lanes[i];
      }
   for (; c < cols; ++c) {
      y[c] = mask ? scale * x[c] + mask[c] : scale * x[c];
      lanes[0] = y[c] > lanes[0] ? y[c] : lanes[0];
   }
   for (int i = 1; i < LANES; ++i) lanes[0] = lanes[i] > lanes[0] ? lanes[i] : lanes[0];
   return lanes[0];
}

// exp of a row less its maximum, and the sum.
LATTICE_INLINE float exponentials(float *y, float most, int64_t cols) {
   float   lanes[LANES] = {0}, sum = 0;
   int64_t c = 0;
   for (; c + LANES <= cols; c += LANES)
      for (int i = 0; i < LANES; ++i) {
         y[c + i] = weight_of(y[c + i] - most);
         lanes[i] += y[c + i];
      }
   for (; c < cols; ++c) {
      y[c] = weight_of(y[c] - most);
      sum += y[c];
   }
   for (int i = 0; i < LANES; ++i) sum += lanes[i];
   return sum;
}

LATTICE_KERNEL(void, lattice_softmax_f32,
   (const float *x, const float *mask, float scale, float *y, int64_t rows, int64_t cols),
   (x, mask, scale, y, rows, cols)) {
   for (int64_t r = 0; r < rows; ++r, x += cols, y += cols) {
      const float most = scores(x, mask ? mask + r * cols : 0, scale, y, cols);
      if (most == -__builtin_inff()) {
         for (int64_t c = 0; c < cols; ++c) y[c] = 0;
         continue;
      }
      const float share = 1.0f / exponentials(y, most, cols);
      for (int64_t c = 0; c < cols; ++c) y[c] *= share;
   }
}

LATTICE_KERNEL(void, lattice_softmax_backward_f32,
   (const float *y, const float *dy, float scale, float *dx, int64_t rows, int64_t cols),
   (y, dy, scale, dx, rows, cols)) {
   for (int64_t r = 0; r < rows; ++r, y += cols, dy += cols, dx += cols) {
      float   lanes[LANES] = {0}, dot = 0;
      int64_t c = 0;
      for (; c + LANES <= cols; c += LANES)
         for (int i = 0; i < LANES; ++i) lanes[i] += y[c + i] * dy[c + i];
      for (; c < cols; ++c) dot += y[c] * dy[c];
      for (int i = 0; i < LANES; ++i) dot += lanes[i];
      for (c = 0; c < cols; ++c) dx[c] = scale * y[c] * (dy[c] - dot);
   }
}
