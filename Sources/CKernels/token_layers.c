#include "lattice_token_layers.h"

#include "vector_math.h"

// Sums are kept in lanes, in an order that no instruction set changes.
#define LANES 16

LATTICE_INLINE float sum_lanes(const float *lanes) {
   float sum = 0;
   for (int i = 0; i < LANES; ++i) sum += lanes[i];
   return sum;
}

LATTICE_KERNEL(void, lattice_rms_norm_f32,
   (const float *x, const float *gain, float eps, float *y, float *rstd, int64_t rows, int64_t cols),
   (x, gain, eps, y, rstd, rows, cols)) {
   for (int64_t r = 0; r < rows; ++r, x += cols, y += cols) {
      float   lanes[LANES] = {0}, rest = 0;
      int64_t c = 0;
      for (; c + LANES <= cols; c += LANES)
         for (int i = 0; i < LANES; ++i) lanes[i] += x[c + i] * x[c + i];
      for (; c < cols; ++c) rest += x[c] * x[c];
      const float scale = 1.0f / __builtin_sqrtf((sum_lanes(lanes) + rest) / (float)cols + eps);
      for (c = 0; c < cols; ++c) y[c] = x[c] * scale * gain[c];
      rstd[r] = scale;
   }
}

LATTICE_KERNEL(void, lattice_rms_norm_backward_f32,
   (const float *x, const float *gain, const float *rstd, const float *dy, float *dx, int64_t rows, int64_t cols),
   (x, gain, rstd, dy, dx, rows, cols)) {
   for (int64_t r = 0; r < rows; ++r, x += cols, dy += cols, dx += cols) {
      const float scale = rstd[r];
      float       lanes[LANES] = {0}, rest = 0;
      int64_t     c = 0;
      for (; c + LANES <= cols; c += LANES)
         for (int i = 0; i < LANES; ++i) lanes[i] += dy[c + i] * gain[c + i] * x[c + i];
      for (; c < cols; ++c) rest += dy[c] * gain[c] * x[c];
      const float average = (sum_lanes(lanes) + rest) * scale / (float)cols;
      for (c = 0; c < cols; ++c) dx[c] = scale * (dy[c] * gain[c] - x[c] * scale * average);
   }
}

LATTICE_KERNEL(void, lattice_rotate_f32,
   (const float *x, const float *cosines, const float *sines, float turn, float *y, int64_t rows, int64_t first,
    int64_t tokens, int64_t heads, int64_t pairs), (x, cosines, sines, turn, y, rows, first, tokens, heads, pairs)) {
   for (int64_t r = 0; r < rows; ++r) {
      const float *cosine = cosines + (first + r) % tokens * pairs, *sine = sines + (first + r) % tokens * pairs;
      for (int64_t h = 0; h < heads; ++h, x += 2 * pairs, y += 2 * pairs)
         for (int64_t i = 0; i < pairs; ++i) {
            const float a = x[2 * i], b = x[2 * i + 1], s = turn * sine[i];
            y[2 * i] = a * cosine[i] - b * s;
            y[2 * i + 1] = a * s + b * cosine[i];
         }
   }
}

LATTICE_KERNEL(void, lattice_modulate_f32,
   (const float *x, const float *scale, const float *shift, float *y, int64_t rows, int64_t cols),
   (x, scale, shift, y, rows, cols)) {
   for (int64_t r = 0; r < rows; ++r, x += cols, y += cols)
      for (int64_t c = 0; c < cols; ++c) y[c] = x[c] * (1.0f + scale[c]) + shift[c];
}

LATTICE_KERNEL(void, lattice_gate_f32,
   (const float *x, const float *gate, const float *z, float *y, int64_t rows, int64_t cols),
   (x, gate, z, y, rows, cols)) {
   for (int64_t r = 0; r < rows; ++r, x += cols, y += cols, z += cols)
      for (int64_t c = 0; c < cols; ++c) y[c] = x[c] + gate[c] * z[c];
}

LATTICE_KERNEL(void, lattice_column_products_f32,
   (const float *a, const float *b, float *sums, int64_t rows, int64_t cols), (a, b, sums, rows, cols)) {
   for (int64_t c = 0; c < cols; ++c) sums[c] = 0;
   for (int64_t r = 0; r < rows; ++r, a += cols, b += cols)
      for (int64_t c = 0; c < cols; ++c) sums[c] += a[c] * b[c];
}

LATTICE_KERNEL(void, lattice_swiglu_f32, (const float *x, float *y, int64_t rows, int64_t cols), (x, y, rows, cols)) {
   for (int64_t r = 0; r < rows; ++r, x += 2 * cols, y += cols)
      for (int64_t c = 0; c < cols; ++c) y[c] = x[c] * sigmoid_of(x[c]) * x[cols + c];
}

LATTICE_KERNEL(void, lattice_swiglu_backward_f32,
   (const float *x, const float *dy, float *dx, int64_t rows, int64_t cols), (x, dy, dx, rows, cols)) {
   for (int64_t r = 0; r < rows; ++r, x += 2 * cols, dx += 2 * cols, dy += cols)
      for (int64_t c = 0; c < cols; ++c) {
         const float a = x[c], s = sigmoid_of(a);
         dx[c] = dy[c] * x[cols + c] * s * (1.0f + a * (1.0f - s));
         dx[cols + c] = dy[c] * a * s;
      }
}
