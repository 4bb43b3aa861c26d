#include "gemm.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,fma")))
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define ROLL _Pragma("clang loop unroll(disable)")

// Up to 6 rows and half a panel: 12 sums, as many as 16 registers allow.
AVX2 INLINE void half_panel(const gemm_tile *tile, const int first, const int rows, const int half) {
   const float *a = (const float *)tile->a + first, *b = (const float *)tile->b + half * 16;
   __m256       sums[6][2];
   UNROLL for (int r = 0; r < rows; ++r) UNROLL for (int v = 0; v < 2; ++v) sums[r][v] = _mm256_setzero_ps();
   ROLL for (int64_t i = 0; i < tile->k; ++i) {
      const __m256 right[2] = {_mm256_load_ps(b + i * PANEL), _mm256_load_ps(b + i * PANEL + 8)};
      UNROLL for (int r = 0; r < rows; ++r) {
         const __m256 left = _mm256_broadcast_ss(a + i * TILE_ROWS + r);
         UNROLL for (int v = 0; v < 2; ++v) sums[r][v] = _mm256_fmadd_ps(left, right[v], sums[r][v]);
      }
   }
   UNROLL for (int r = 0; r < rows; ++r) {
      float values[16];
      UNROLL for (int v = 0; v < 2; ++v) _mm256_storeu_ps(values + v * 8, sums[r][v]);
      float        *c = tile->c + (first + r) * tile->c_rs + half * 16;
      const int64_t left = tile->columns - half * 16, columns = left < 16 ? left : 16;
      for (int64_t column = 0; column < columns; ++column)
         c[column] = tile->accumulate ? c[column] + values[column] : values[column];
   }
}

AVX2 INLINE void tile_f32(const gemm_tile *tile, const int rows) {
   for (int half = 0; half < 2; ++half) {
      half_panel(tile, 0, rows < 6 ? rows : 6, half);
      if (rows > 6) half_panel(tile, 6, rows - 6, half);
   }
}

#define ROWS(n) \
   AVX2 static void f32_##n(const gemm_tile *tile) { tile_f32(tile, n); }
ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6) ROWS(7) ROWS(8) ROWS(9) ROWS(10) ROWS(11) ROWS(12)

const gemm_kernels gemm_kernels_avx2_f32 = {
   .one_panel = {f32_1, f32_2, f32_3, f32_4, f32_5, f32_6, f32_7, f32_8, f32_9, f32_10, f32_11, f32_12}};
#endif
