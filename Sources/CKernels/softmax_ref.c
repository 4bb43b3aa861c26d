#include "lattice_softmax.h"

#include <math.h>

void lattice_softmax_f32_ref(const float *x, const float *mask, float scale, float *y, int64_t rows, int64_t cols) {
   for (int64_t r = 0; r < rows; ++r) {
      double most = -INFINITY, sum = 0;
      for (int64_t c = 0; c < cols; ++c) {
         float score = scale * x[r * cols + c] + (mask ? mask[r * cols + c] : 0);
         if (score > most) most = score;
         y[r * cols + c] = score;
      }
      for (int64_t c = 0; c < cols; ++c) sum += most == -INFINITY ? 0 : exp(y[r * cols + c] - most);
      for (int64_t c = 0; c < cols; ++c)
         y[r * cols + c] = most == -INFINITY ? 0 : (float)(exp(y[r * cols + c] - most) / sum);
   }
}

void lattice_softmax_backward_f32_ref(const float *y, const float *dy, float scale, float *dx, int64_t rows,
                                      int64_t cols) {
   for (int64_t r = 0; r < rows; ++r) {
      double dot = 0;
      for (int64_t c = 0; c < cols; ++c) dot += (double)y[r * cols + c] * dy[r * cols + c];
      for (int64_t c = 0; c < cols; ++c)
         dx[r * cols + c] = (float)(scale * y[r * cols + c] * (dy[r * cols + c] - dot));
   }
}
