// What the parts of the matrix product share; not for callers.
#ifndef LATTICE_GEMM_PARTS_H
#define LATTICE_GEMM_PARTS_H

#include "lattice_gemm.h"

#include <stdint.h>
#include <string.h>

#define PANEL LATTICE_GEMM_PANEL
#define TILE_ROWS 12 // Rows of A to a tile of C that stays in registers.
#define BLOCK_K 320  // Length of a block of sums; even. A tile's share of B, 40 KiB, stays in the nearest caches.
#define BLOCK_ROWS LATTICE_GEMM_ROWS
#define SCRATCH_COUNT (192 * 1024) // Elements of A that are packed at once: most of a core's own cache.

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
   int32_t     accumulate;
} gemm_tile;

typedef void gemm_tile_kernel(const gemm_tile *tile);

// The kernels of one instruction set: [rows - 1], and how many panels each takes at a time.
typedef struct gemm_kernels {
   gemm_tile_kernel *one_panel[TILE_ROWS];
   gemm_tile_kernel *several_panels[TILE_ROWS]; // For A of no more than a tile's rows; NULL where there is none.
   int32_t           several[TILE_ROWS];
} gemm_kernels;

// Packs 12 whole rows of f32, `pairs` a multiple of 16, for the bf16 kernels.
void gemm_pack_pairs_avx512(const float *a, int64_t rs, int64_t pairs, uint16_t *packed);

extern const gemm_kernels gemm_kernels_avx512_f32, gemm_kernels_avx512_bf16, gemm_kernels_avx2_f32;
extern const gemm_kernels gemm_kernels_plain_f32, gemm_kernels_plain_bf16;

#endif // LATTICE_GEMM_PARTS_H
