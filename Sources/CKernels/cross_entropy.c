#include "lattice_cross_entropy.h"

#include "vector_math.h"

#include <math.h>

// Sums are kept in lanes, in an order that no instruction set changes.
#define LANES 16

// The greatest logit of a row, the sum of exponentials of what lies below it, and the sum of the logits themselves.
typedef struct row_sums {
   float most, exponentials, logits;
} row_sums;

LATTICE_INLINE row_sums sums_of(const float *x, int64_t cols) {
   float    greatest[LANES], exponentials[LANES] = {0}, logits[LANES] = {0};
   row_sums sums = {.most = x[0]};
   int64_t  c = 0;
   for (int i = 0; i < LANES; ++i) greatest[i] = x[0];
   for (; c + LANES <= cols; c += LANES)
      for (int i = 0; i < LANES; ++i) greatest[i] = x[c + i] > greatest[i] ? x[c + i] : greatest[i];
   for (; c < cols; ++c) sums.most = x[c] > sums.most ? x[c] : sums.most;
   for (int i = 0; i < LANES; ++i) sums.most = greatest[i] > sums.most ? greatest[i] : sums.most;
   for (c = 0; c + LANES <= cols; c += LANES)
      for (int i = 0; i < LANES; ++i) {
         exponentials[i] += exp_of(x[c + i] - sums.most);
         logits[i] += x[c + i];
      }
   for (; c < cols; ++c) {
      sums.exponentials += exp_of(x[c] - sums.most);
      sums.logits += x[c];
   }
   for (int i = 0; i < LANES; ++i) {
      sums.exponentials += exponentials[i];
      sums.logits += logits[i];
   }
   return sums;
}

LATTICE_KERNEL(void, lattice_cross_entropy_f32,
   (const float *x, const int32_t *labels, float smoothing, float *loss, int64_t rows, int64_t cols),
   (x, labels, smoothing, loss, rows, cols)) {
   for (int64_t r = 0; r < rows; ++r, x += cols) {
      loss[r] = 0;
      if (labels[r] < 0) continue;
      const row_sums sums = sums_of(x, cols);
      const float    total = sums.most + logf(sums.exponentials);
      loss[r] = (1.0f - smoothing) * (total - x[labels[r]]) + smoothing * (total - sums.logits / (float)cols);
   }
}

LATTICE_KERNEL(void, lattice_cross_entropy_backward_f32,
   (const float *x, const int32_t *labels, float smoothing, const float *dloss, float *dx, int64_t rows, int64_t
    cols), (x, labels, smoothing, dloss, dx, rows, cols)) {
   for (int64_t r = 0; r < rows; ++r, x += cols, dx += cols) {
      if (labels[r] < 0) {
         for (int64_t c = 0; c < cols; ++c) dx[c] = 0;
         continue;
      }
      const row_sums sums = sums_of(x, cols);
      const float    share = dloss[r] / sums.exponentials, wanted = dloss[r] * (smoothing / (float)cols);
      for (int64_t c = 0; c < cols; ++c) dx[c] = share * exp_of(x[c] - sums.most) - wanted;
      dx[labels[r]] -= dloss[r] * (1.0f - smoothing);
   }
}
