// Matrix products of packed matrices: C (M, N) = A (M, K) B (K, N), or added to C.
//
// B is packed once, weights when they are loaded: panels of 32 columns, each (K, 32), the last filled up with zeros.
// A is packed on the way, a block at a time, into scratch memory of the caller. A caller splits the work by ranges of
// rows and of panels; an element's sum runs over k in the same order whatever the split, so that results don't depend
// on threads. The bf16 versions round A and B to bf16 (nearest, ties to even) and sum in f32.
//
// Legend: M, N, K sizes; rs, cs steps in elements from row to row and column to column: (cs, rs) is the transpose.
// Source of the method: Goto and van de Geijn 2008, "Anatomy of high-performance matrix multiplication"; Van Zee and
// van de Geijn 2015, "BLIS".
// No function allocates. Buffers don't overlap. Packed and scratch memory is 64-byte aligned.
#ifndef LATTICE_GEMM_H
#define LATTICE_GEMM_H

#include <stdint.h>

#define LATTICE_GEMM_PANEL 32 // Columns of a panel.
#define LATTICE_GEMM_ROWS 192 // Rows of A that are packed at once; a good grain for splitting.

// A matrix of f32 or, in functions named bf16, of either.
typedef struct lattice_matrix {
   const void *data;
   int64_t     rs;
   int64_t     cs;
   int32_t     is_bf16;
} lattice_matrix;

// Elements of packed B (float for f32, uint16_t for bf16) and bytes of scratch for one thread.
int64_t lattice_gemm_packed_count(int64_t k, int64_t n);
int64_t lattice_gemm_scratch_bytes(void);

// Panels of an N: N / 32 rounded up.
int64_t lattice_gemm_panels(int64_t n);

// Packs the panels panel_begin..<panel_end of B.
void lattice_gemm_pack_f32(lattice_matrix b, int64_t k, int64_t n, int64_t panel_begin, int64_t panel_end,
                           float *packed);
void lattice_gemm_pack_bf16(lattice_matrix b, int64_t k, int64_t n, int64_t panel_begin, int64_t panel_end,
                            uint16_t *packed);

// What becomes of a sum while it is still near: C = f(sum + bias[column]) + residual.
typedef struct lattice_gemm_epilogue {
   const float *bias;       // (N); NULL for none.
   const float *residual;   // (M, N), rows c_rs apart as those of C; NULL for none.
   int32_t      activation; // f, of lattice_activation.h; LATTICE_IDENTITY for none.
} lattice_gemm_epilogue;

// Which part of C is computed, and how.
typedef struct lattice_gemm_range {
   int64_t row_begin, row_end;
   int64_t panel_begin, panel_end;
   int32_t accumulate; // Adds to C; otherwise C is not read.

   const lattice_gemm_epilogue *epilogue; // NULL for none.
} lattice_gemm_range;

// C[row_begin..<row_end][32 panel_begin..<min(32 panel_end, n)]; c_rs from row to row of C, whose columns are dense.
void lattice_gemm_f32_ref(lattice_matrix a, const float *packed, float *c, int64_t c_rs, int64_t k, int64_t n,
                          lattice_gemm_range range, void *scratch);
void lattice_gemm_f32(lattice_matrix a, const float *packed, float *c, int64_t c_rs, int64_t k, int64_t n,
                      lattice_gemm_range range, void *scratch);
void lattice_gemm_bf16_ref(lattice_matrix a, const uint16_t *packed, float *c, int64_t c_rs, int64_t k, int64_t n,
                           lattice_gemm_range range, void *scratch);
void lattice_gemm_bf16(lattice_matrix a, const uint16_t *packed, float *c, int64_t c_rs, int64_t k, int64_t n,
                       lattice_gemm_range range, void *scratch);

#endif // LATTICE_GEMM_H
