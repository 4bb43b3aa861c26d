#include "gemm.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define F32 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma")))
#define BF16 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma,avx512bf16")))
#define INLINE static inline __attribute__((always_inline))

// clang spills the accumulators unless the loops over them are unrolled whole and the loop over k is not at all.
#define UNROLL _Pragma("clang loop unroll(full)")
#define ROLL _Pragma("clang loop unroll(disable)")

F32 INLINE void store(float *c, __m512 sums, int64_t columns, int32_t accumulate) {
   if (columns <= 0) return;
   const __mmask16 mask = columns >= 16 ? 0xFFFF : (__mmask16)((1u << columns) - 1);
   if (accumulate) sums = _mm512_add_ps(_mm512_maskz_loadu_ps(mask, c), sums);
   _mm512_mask_storeu_ps(c, mask, sums);
}

// C is far away when the sums are done: it is asked for before they are begun.
F32 INLINE void ask_for_c(const gemm_tile *tile, const int rows) {
   UNROLL for (int r = 0; r < rows; ++r) {
      _mm_prefetch((const char *)(tile->c + r * tile->c_rs), _MM_HINT_T0);
      _mm_prefetch((const char *)(tile->c + r * tile->c_rs + 16), _MM_HINT_T0);
   }
}

F32 INLINE void tile_f32(const gemm_tile *tile, const int rows, const int panels, const int streams, const int asks) {
   const float  *a = tile->a, *b = tile->b;
   const int64_t step = tile->panel_step;
   __m512        sums[12][8];
   UNROLL for (int r = 0; r < rows; ++r) UNROLL for (int v = 0; v < 2 * panels; ++v) sums[r][v] = _mm512_setzero_ps();
   if (!streams) ask_for_c(tile, rows);
   ROLL for (int64_t i = 0; i < tile->k; ++i) {
      if (asks) _mm_prefetch(tile->ahead + i * 64, _MM_HINT_T1);
      __m512 right[8];
      UNROLL for (int v = 0; v < 2 * panels; ++v) {
         const float *from = b + (v / 2) * step + i * PANEL + (v % 2) * 16;
         right[v] = _mm512_load_ps(from);
         if (streams) _mm_prefetch((const char *)(from + 16 * PANEL), _MM_HINT_T0);
      }
      UNROLL for (int r = 0; r < rows; ++r) {
         const __m512 left = _mm512_set1_ps(a[i * TILE_ROWS + r]);
         UNROLL for (int v = 0; v < 2 * panels; ++v) sums[r][v] = _mm512_fmadd_ps(left, right[v], sums[r][v]);
      }
   }
   UNROLL for (int r = 0; r < rows; ++r) UNROLL for (int v = 0; v < 2 * panels; ++v) {
      const int64_t columns = (v / 2 < panels - 1 ? PANEL : tile->columns) - (v % 2) * 16;
      store(tile->c + r * tile->c_rs + v * 16, sums[r][v], columns, tile->accumulate);
   }
}

// A pair of k's to a 32-bit word: A (K / 2, 12), B (K / 2, 32).
BF16 INLINE void tile_bf16(const gemm_tile *tile, const int rows, const int panels, const int streams, const int asks) {
   const int32_t *a = tile->a, *b = tile->b;
   const int64_t  step = tile->panel_step / 2, pairs = tile->k / 2;
   __m512         sums[12][8];
   UNROLL for (int r = 0; r < rows; ++r) UNROLL for (int v = 0; v < 2 * panels; ++v) sums[r][v] = _mm512_setzero_ps();
   if (!streams) ask_for_c(tile, rows);
   ROLL for (int64_t i = 0; i < pairs; ++i) {
      if (asks) _mm_prefetch(tile->ahead + i * 64, _MM_HINT_T1);
      __m512bh right[8];
      UNROLL for (int v = 0; v < 2 * panels; ++v) {
         const int32_t *from = b + (v / 2) * step + i * PANEL + (v % 2) * 16;
         right[v] = (__m512bh)_mm512_load_si512(from);
         if (streams) _mm_prefetch((const char *)(from + 16 * PANEL), _MM_HINT_T0);
      }
      UNROLL for (int r = 0; r < rows; ++r) {
         const __m512bh left = (__m512bh)_mm512_set1_epi32(a[i * TILE_ROWS + r]);
         UNROLL for (int v = 0; v < 2 * panels; ++v) sums[r][v] = _mm512_dpbf16_ps(sums[r][v], left, right[v]);
      }
   }
   UNROLL for (int r = 0; r < rows; ++r) UNROLL for (int v = 0; v < 2 * panels; ++v) {
      const int64_t columns = (v / 2 < panels - 1 ? PANEL : tile->columns) - (v % 2) * 16;
      store(tile->c + r * tile->c_rs + v * 16, sums[r][v], columns, tile->accumulate);
   }
}

// 12 rows of 16 words, column after column: (16, 12).
F32 INLINE void turn_words(const __m512i rows[TILE_ROWS], int32_t *out) {
   __m512i columns[3][4];
   UNROLL for (int g = 0; g < 3; ++g) {
      const __m512i low = _mm512_unpacklo_epi32(rows[4 * g], rows[4 * g + 1]);
      const __m512i high = _mm512_unpackhi_epi32(rows[4 * g], rows[4 * g + 1]);
      const __m512i next_low = _mm512_unpacklo_epi32(rows[4 * g + 2], rows[4 * g + 3]);
      const __m512i next_high = _mm512_unpackhi_epi32(rows[4 * g + 2], rows[4 * g + 3]);
      columns[g][0] = _mm512_unpacklo_epi64(low, next_low);
      columns[g][1] = _mm512_unpackhi_epi64(low, next_low);
      columns[g][2] = _mm512_unpacklo_epi64(high, next_high);
      columns[g][3] = _mm512_unpackhi_epi64(high, next_high);
   }
   // Lane l of columns[g][c] is column 4 l + c of rows 4 g..<4 g + 4.
#define LANE(l)                                                                                                    \
   UNROLL for (int c = 0; c < 4; ++c) UNROLL for (int g = 0; g < 3; ++g) _mm_storeu_si128(                         \
      (__m128i *)(out + (4 * l + c) * TILE_ROWS + 4 * g), _mm512_extracti32x4_epi32(columns[g][c], l));
   LANE(0) LANE(1) LANE(2) LANE(3)
#undef LANE
}

F32 void gemm_pack_rows_avx512(const float *a, int64_t rs, int64_t k, float *packed) {
   for (int64_t i = 0; i < k; i += 16) {
      __m512i rows[TILE_ROWS];
      UNROLL for (int r = 0; r < TILE_ROWS; ++r) rows[r] = _mm512_loadu_si512(a + r * rs + i);
      turn_words(rows, (int32_t *)packed + i * TILE_ROWS);
   }
}

BF16 void gemm_pack_pairs_avx512(const float *a, int64_t rs, int64_t pairs, uint16_t *packed) {
   for (int64_t i = 0; i < pairs; i += 16) {
      __m512i rows[TILE_ROWS];
      UNROLL for (int r = 0; r < TILE_ROWS; ++r) {
         const float *from = a + r * rs + i * 2;
         rows[r] = (__m512i)_mm512_cvtne2ps_pbh(_mm512_loadu_ps(from + 16), _mm512_loadu_ps(from));
      }
      turn_words(rows, (int32_t *)packed + i * TILE_ROWS);
   }
}

BF16 void gemm_pack_columns_avx512(const float *a, int64_t cs, int64_t pairs, uint16_t *packed) {
   const __mmask16 mask = (1u << TILE_ROWS) - 1;
   for (int64_t i = 0; i < pairs; ++i) {
      const float  *from = a + 2 * i * cs;
      const __m512i even = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, from)));
      const __m512i odd = _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, from + cs)));
      _mm512_mask_storeu_epi32((int32_t *)packed + i * TILE_ROWS, mask,
                               _mm512_or_si512(even, _mm512_slli_epi32(odd, 16)));
   }
}

#define ROWS(n)                                                             \
   F32 static void  f32_##n(const gemm_tile *tile) { tile_f32(tile, n, 1, 0, 0); } \
   BF16 static void bf16_##n(const gemm_tile *tile) { tile_bf16(tile, n, 1, 0, 0); }
ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6) ROWS(7) ROWS(8) ROWS(9) ROWS(10) ROWS(11) ROWS(12)

F32 static void  f32_asking(const gemm_tile *tile) { tile_f32(tile, TILE_ROWS, 1, 0, 1); }
BF16 static void bf16_asking(const gemm_tile *tile) { tile_bf16(tile, TILE_ROWS, 1, 0, 1); }

// For few rows in all, when B comes from memory: asked for ahead of its use, and as many panels at a time as there are
// registers for, which are more streams of B and sums that don't wait for one another.
#define WIDE(n, panels)                                                               \
   F32 static void  f32_wide_##n(const gemm_tile *tile) { tile_f32(tile, n, panels, 1, 0); } \
   BF16 static void bf16_wide_##n(const gemm_tile *tile) { tile_bf16(tile, n, panels, 1, 0); }
WIDE(1, 4) WIDE(2, 4) WIDE(3, 2) WIDE(4, 2) WIDE(5, 2) WIDE(6, 2)
WIDE(7, 1) WIDE(8, 1) WIDE(9, 1) WIDE(10, 1) WIDE(11, 1) WIDE(12, 1)

const gemm_kernels gemm_kernels_avx512_f32 = {
   .one_panel = {f32_1, f32_2, f32_3, f32_4, f32_5, f32_6, f32_7, f32_8, f32_9, f32_10, f32_11, f32_12},
   .asking = f32_asking,
   .several_panels = {f32_wide_1, f32_wide_2, f32_wide_3, f32_wide_4, f32_wide_5, f32_wide_6,
                      f32_wide_7, f32_wide_8, f32_wide_9, f32_wide_10, f32_wide_11, f32_wide_12},
   .several = {4, 4, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1}};
const gemm_kernels gemm_kernels_avx512_bf16 = {
   .one_panel = {bf16_1, bf16_2, bf16_3, bf16_4, bf16_5, bf16_6, bf16_7, bf16_8, bf16_9, bf16_10, bf16_11, bf16_12},
   .asking = bf16_asking,
   .several_panels = {bf16_wide_1, bf16_wide_2, bf16_wide_3, bf16_wide_4, bf16_wide_5, bf16_wide_6,
                      bf16_wide_7, bf16_wide_8, bf16_wide_9, bf16_wide_10, bf16_wide_11, bf16_wide_12},
   .several = {4, 4, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1}};
#endif
