#include "gemm.h"

// For any processor: the compiler vectorises over the columns of a panel.
static inline __attribute__((always_inline)) void plain_f32(const gemm_tile *tile, const int rows) {
   const float *a = tile->a, *b = tile->b;
   for (int r = 0; r < rows; ++r) {
      float sums[PANEL] = {0};
      for (int64_t i = 0; i < tile->k; ++i) {
         const float left = a[i * TILE_ROWS + r];
         for (int column = 0; column < PANEL; ++column) sums[column] += left * b[i * PANEL + column];
      }
      float *c = tile->c + r * tile->c_rs;
      for (int64_t column = 0; column < tile->columns; ++column)
         c[column] = tile->accumulate ? c[column] + sums[column] : sums[column];
   }
}

// Packed A holds pairs of k: (K / 2, 12, 2).
static inline __attribute__((always_inline)) void plain_bf16(const gemm_tile *tile, const int rows) {
   const uint16_t *a = tile->a, *b = tile->b;
   for (int r = 0; r < rows; ++r) {
      float sums[PANEL] = {0};
      for (int64_t i = 0; i < tile->k; i += 2) {
         const float first = bf16_to_f32(a[i * TILE_ROWS + r * 2]), second = bf16_to_f32(a[i * TILE_ROWS + r * 2 + 1]);
         for (int column = 0; column < PANEL; ++column) {
            sums[column] += first * bf16_to_f32(b[i * PANEL + column * 2]);
            sums[column] += second * bf16_to_f32(b[i * PANEL + column * 2 + 1]);
         }
      }
      float *c = tile->c + r * tile->c_rs;
      for (int64_t column = 0; column < tile->columns; ++column)
         c[column] = tile->accumulate ? c[column] + sums[column] : sums[column];
   }
}

#define ROWS(n)                                                       \
   static void f32_##n(const gemm_tile *tile) { plain_f32(tile, n); } \
   static void bf16_##n(const gemm_tile *tile) { plain_bf16(tile, n); }
ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6) ROWS(7) ROWS(8) ROWS(9) ROWS(10) ROWS(11) ROWS(12)

const gemm_kernels gemm_kernels_plain_f32 = {
   .one_panel = {f32_1, f32_2, f32_3, f32_4, f32_5, f32_6, f32_7, f32_8, f32_9, f32_10, f32_11, f32_12}};
const gemm_kernels gemm_kernels_plain_bf16 = {
   .one_panel = {bf16_1, bf16_2, bf16_3, bf16_4, bf16_5, bf16_6, bf16_7, bf16_8, bf16_9, bf16_10, bf16_11, bf16_12}};
