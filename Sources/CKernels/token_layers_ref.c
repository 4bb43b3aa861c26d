#include "lattice_token_layers.h"

#include <math.h>

void lattice_rms_norm_f32_ref(const float *x, const float *gain, float eps, float *y, float *rstd, int64_t rows,
                              int64_t cols) {
   for (int64_t r = 0; r < rows; ++r) {
      double sum = 0;
      for (int64_t c = 0; c < cols; ++c) sum += (double)x[r * cols + c] * x[r * cols + c];
      rstd[r] = (float)(1 / sqrt(sum / (double)cols + eps));
      for (int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * rstd[r] * gain[c];
   }
}

void lattice_rms_norm_backward_f32_ref(const float *x, const float *gain, const float *rstd, const float *dy, float *dx,
                                       int64_t rows, int64_t cols) {
   for (int64_t r = 0; r < rows; ++r) {
      double average = 0;
      for (int64_t c = 0; c < cols; ++c)
         average += (double)dy[r * cols + c] * gain[c] * x[r * cols + c] * rstd[r] / (double)cols;
      for (int64_t c = 0; c < cols; ++c)
         dx[r * cols + c] =
            (float)(rstd[r] * (dy[r * cols + c] * gain[c] - x[r * cols + c] * rstd[r] * average));
   }
}

void lattice_rotate_f32_ref(const float *x, const float *cosines, const float *sines, float turn, float *y, int64_t rows,
                            int64_t first, int64_t tokens, int64_t heads, int64_t pairs) {
   for (int64_t r = 0; r < rows; ++r)
      for (int64_t h = 0; h < heads; ++h)
         for (int64_t i = 0; i < pairs; ++i) {
            const int64_t at = ((r * heads + h) * pairs + i) * 2, angle = (first + r) % tokens * pairs + i;
            const float   a = x[at], b = x[at + 1], cosine = cosines[angle], sine = turn * sines[angle];
            y[at] = a * cosine - b * sine;
            y[at + 1] = a * sine + b * cosine;
         }
}

void lattice_modulate_f32_ref(const float *x, const float *scale, const float *shift, float *y, int64_t rows,
                              int64_t cols) {
   for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * (1 + scale[c]) + shift[c];
}

void lattice_gate_f32_ref(const float *x, const float *gate, const float *z, float *y, int64_t rows, int64_t cols) {
   for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] + gate[c] * z[r * cols + c];
}

void lattice_column_products_f32_ref(const float *a, const float *b, float *sums, int64_t rows, int64_t cols) {
   for (int64_t c = 0; c < cols; ++c) {
      sums[c] = 0;
      for (int64_t r = 0; r < rows; ++r) sums[c] += a[r * cols + c] * b[r * cols + c];
   }
}

void lattice_swiglu_f32_ref(const float *x, float *y, int64_t rows, int64_t cols) {
   for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < cols; ++c) {
         const double a = x[r * 2 * cols + c], b = x[r * 2 * cols + cols + c];
         y[r * cols + c] = (float)(a / (1 + exp(-a)) * b);
      }
}

void lattice_swiglu_backward_f32_ref(const float *x, const float *dy, float *dx, int64_t rows, int64_t cols) {
   for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < cols; ++c) {
         const double a = x[r * 2 * cols + c], b = x[r * 2 * cols + cols + c], s = 1 / (1 + exp(-a));
         dx[r * 2 * cols + c] = (float)(dy[r * cols + c] * b * s * (1 + a * (1 - s)));
         dx[r * 2 * cols + cols + c] = (float)(dy[r * cols + c] * a * s);
      }
}
