#include "lattice_pool.h"

#include <math.h>

// Where pixel (i, j) of window (y, x) lies within a plane, for channel 0; -1 outside.
static int64_t place(const lattice_pool *pool, int64_t y, int64_t x, int64_t i, int64_t j) {
   const int64_t row = y * pool->sh - pool->top + i, column = x * pool->sw - pool->left + j;
   if (row < 0 || row >= pool->h || column < 0 || column >= pool->w) return -1;
   return (row * pool->w + column) * pool->block;
}

void lattice_average_pool_f32_ref(const lattice_pool *pool, const float *x, float *y, int64_t begin, int64_t end) {
   for (int64_t r = begin; r < end; ++r)
      for (int64_t ox = 0; ox < pool->ow; ++ox)
         for (int64_t c = 0; c < pool->block; ++c) {
            double sum = 0;
            for (int64_t i = 0; i < pool->kh; ++i)
               for (int64_t j = 0; j < pool->kw; ++j) {
                  const int64_t at = place(pool, r % pool->oh, ox, i, j);
                  if (at >= 0) sum += x[r / pool->oh * pool->h * pool->w * pool->block + at + c];
               }
            y[(r * pool->ow + ox) * pool->block + c] = (float)(sum / (double)(pool->kh * pool->kw));
         }
}

void lattice_average_pool_backward_f32_ref(const lattice_pool *pool, const float *dy, float *dx, int64_t begin,
                                           int64_t end) {
   const int64_t size = pool->h * pool->w * pool->block, out = pool->oh * pool->ow * pool->block;
   for (int64_t plane = begin; plane < end; ++plane) {
      for (int64_t k = 0; k < size; ++k) dx[plane * size + k] = 0;
      for (int64_t k = 0; k < out; ++k)
         for (int64_t i = 0; i < pool->kh; ++i)
            for (int64_t j = 0; j < pool->kw; ++j) {
               const int64_t pixel = k / pool->block, at = place(pool, pixel / pool->ow, pixel % pool->ow, i, j);
               if (at >= 0)
                  dx[plane * size + at + k % pool->block] += dy[plane * out + k] / (float)(pool->kh * pool->kw);
            }
   }
}

void lattice_max_pool_f32_ref(const lattice_pool *pool, const float *x, float *y, int64_t begin, int64_t end) {
   for (int64_t r = begin; r < end; ++r)
      for (int64_t ox = 0; ox < pool->ow; ++ox)
         for (int64_t c = 0; c < pool->block; ++c) {
            float most = -INFINITY;
            for (int64_t i = 0; i < pool->kh; ++i)
               for (int64_t j = 0; j < pool->kw; ++j) {
                  const int64_t at = place(pool, r % pool->oh, ox, i, j);
                  if (at >= 0) most = fmaxf(most, x[r / pool->oh * pool->h * pool->w * pool->block + at + c]);
               }
            y[(r * pool->ow + ox) * pool->block + c] = most;
         }
}

void lattice_max_pool_backward_f32_ref(const lattice_pool *pool, const float *x, const float *y, const float *dy,
                                       float *dx, int64_t begin, int64_t end) {
   const int64_t size = pool->h * pool->w * pool->block, out = pool->oh * pool->ow * pool->block;
   for (int64_t plane = begin; plane < end; ++plane) {
      for (int64_t k = 0; k < size; ++k) dx[plane * size + k] = 0;
      for (int64_t k = 0; k < out; ++k) {
         int isFound = 0;
         for (int64_t i = 0; i < pool->kh && !isFound; ++i)
            for (int64_t j = 0; j < pool->kw && !isFound; ++j) {
               const int64_t pixel = k / pool->block, at = place(pool, pixel / pool->ow, pixel % pool->ow, i, j);
               if (at < 0 || x[plane * size + at + k % pool->block] != y[plane * out + k]) continue;
               dx[plane * size + at + k % pool->block] += dy[plane * out + k];
               isFound = 1;
            }
      }
   }
}
