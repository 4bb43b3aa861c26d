// What the parts of the matrix product share; not for callers.
#ifndef LATTICE_GEMM_PARTS_H
#define LATTICE_GEMM_PARTS_H

#include "lattice_gemm.h"

#include <stdint.h>
#include <string.h>

#define PANEL LATTICE_GEMM_PANEL
#define TILE_ROWS 12 // Rows of A to a tile of C that stays in registers.
// The longest block of sums, a multiple of 32. Long blocks read and write C less often; B then comes from the second
// cache, which is fast enough for 12 rows at a time.
#define BLOCK_F32 1024
#define BLOCK_BF16 1536
#define BLOCK_ROWS LATTICE_GEMM_ROWS
#define SCRATCH_BYTES (768 * 1024) // Of A packed at once: most of a core's own cache, and BLOCK_ROWS of the longest block.

static inline float bf16_to_f32(uint16_t bits) {
   uint32_t wide = (uint32_t)bits << 16;
   float    value;
   memcpy(&value, &wide, sizeof value);
   return value;
}

static inline uint16_t f32_to_bf16(float value) {
   uint32_t bits;
   memcpy(&bits, &value, sizeof bits);
   if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return (uint16_t)(bits >> 16 | 0x40u); // Stays no number.
   return (uint16_t)((bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16);
}

static inline float element(const lattice_matrix *matrix, int64_t row, int64_t column) {
   int64_t at = row * matrix->rs + column * matrix->cs;
   return matrix->is_bf16 ? bf16_to_f32(((const uint16_t *)matrix->data)[at]) : ((const float *)matrix->data)[at];
}

// One tile: `rows` rows of packed A (K, 12) times `panels` neighbouring panels of B, each `panel_step` elements after
// the one before, into C; `columns` says how many of the last panel's columns there are.
typedef struct gemm_tile {
   const void *a;
   const void *b;
   int64_t     panel_step;
   float      *c;
   int64_t     c_rs;
   int64_t     k;
   int64_t     columns;
   const char *ahead; // What the next panel's tiles will read: a line of it is asked for at each step. NULL for nothing.
   int32_t     accumulate;
} gemm_tile;

typedef void gemm_tile_kernel(const gemm_tile *tile);

// The kernels of one instruction set: [rows - 1], and how many panels each takes at a time.
typedef struct gemm_kernels {
   gemm_tile_kernel *one_panel[TILE_ROWS];
   gemm_tile_kernel *asking;                    // Of a tile's whole rows, for a tile with something `ahead`; NULL for none.
   gemm_tile_kernel *several_panels[TILE_ROWS]; // For A of no more than a tile's rows; NULL where there is none.
   int32_t           several[TILE_ROWS];
} gemm_kernels;

// The epilogue of the range over the rows and columns that are given.
void gemm_finish(const lattice_gemm_epilogue *epilogue, float *c, int64_t c_rs, int64_t row_begin, int64_t row_end,
                 int64_t column_begin, int64_t column_end);

// Pack 12 whole rows whose columns are dense, `k` or `pairs` a multiple of 16: as they are, and rounded to bf16 (nearest,
// ties to even) in pairs of k. All rows' 16 words at a time, so that rows a power of two apart don't push one another out
// of the cache.
void gemm_pack_rows_avx512(const float *a, int64_t rs, int64_t k, float *packed);
void gemm_pack_pairs_avx512(const float *a, int64_t rs, int64_t pairs, uint16_t *packed);
// The same of 12 rows that are dense themselves, columns `cs` apart; any `pairs`.
void gemm_pack_columns_avx512(const float *a, int64_t cs, int64_t pairs, uint16_t *packed);

extern const gemm_kernels gemm_kernels_avx512_f32, gemm_kernels_avx512_bf16, gemm_kernels_avx2_f32;
extern const gemm_kernels gemm_kernels_plain_f32, gemm_kernels_plain_bf16;

#endif // LATTICE_GEMM_PARTS_H
