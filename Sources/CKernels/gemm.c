#include "gemm.h"

#include "lattice_activation.h"
#include "lattice_dispatch.h"
#include "lattice_isa.h"

int64_t lattice_gemm_panels(int64_t n) { return (n + PANEL - 1) / PANEL; }

int64_t lattice_gemm_packed_count(int64_t k, int64_t n) { return lattice_gemm_panels(n) * PANEL * ((k + 1) / 2 * 2); }

int64_t lattice_gemm_scratch_bytes(void) { return SCRATCH_BYTES; }

void lattice_gemm_pack_f32(lattice_matrix b, int64_t k, int64_t n, int64_t panel_begin, int64_t panel_end,
                           float *packed) {
   for (int64_t panel = panel_begin; panel < panel_end; ++panel) {
      float        *to = packed + panel * PANEL * k;
      const int64_t columns = n - panel * PANEL < PANEL ? n - panel * PANEL : PANEL;
      if (!b.is_bf16 && b.cs == 1) {
         const float *from = (const float *)b.data + panel * PANEL;
         for (int64_t i = 0; i < k; ++i) {
            for (int64_t column = 0; column < columns; ++column) to[i * PANEL + column] = from[i * b.rs + column];
            for (int64_t column = columns; column < PANEL; ++column) to[i * PANEL + column] = 0;
         }
         continue;
      }
      for (int64_t i = 0; i < k; ++i)
         for (int64_t column = 0; column < PANEL; ++column)
            to[i * PANEL + column] = column < columns ? element(&b, i, panel * PANEL + column) : 0;
   }
}

// Two neighbouring rows of B, `columns` of them, as pairs; `second` is NULL for zeros.
LATTICE_LOCAL_KERNEL(void, pack_pair_f32,
   (const float *first, const float *second, int64_t columns, uint32_t *to), (first, second, columns, to)) {
   for (int64_t column = 0; column < columns; ++column)
      to[column] = f32_to_bf16(first[column]) | (second ? (uint32_t)f32_to_bf16(second[column]) << 16 : 0);
}

LATTICE_LOCAL_KERNEL(void, pack_pair_bf16,
   (const uint16_t *first, const uint16_t *second, int64_t columns, uint32_t *to), (first, second, columns, to)) {
   for (int64_t column = 0; column < columns; ++column)
      to[column] = first[column] | (second ? (uint32_t)second[column] << 16 : 0);
}

static void pack_pair(const lattice_matrix *b, int64_t i, int64_t k, int64_t start, int64_t columns, uint32_t *to) {
   const int has_second = i + 1 < k;
   if (b->cs == 1 && b->is_bf16) {
      const uint16_t *from = (const uint16_t *)b->data + i * b->rs + start;
      pack_pair_bf16(from, has_second ? from + b->rs : NULL, columns, to);
   } else if (b->cs == 1) {
      const float *from = (const float *)b->data + i * b->rs + start;
      pack_pair_f32(from, has_second ? from + b->rs : NULL, columns, to);
   } else {
      for (int64_t column = 0; column < columns; ++column)
         to[column] = f32_to_bf16(element(b, i, start + column))
                      | (has_second ? (uint32_t)f32_to_bf16(element(b, i + 1, start + column)) << 16 : 0);
   }
}

void lattice_gemm_pack_bf16(lattice_matrix b, int64_t k, int64_t n, int64_t panel_begin, int64_t panel_end,
                            uint16_t *packed) {
   const int64_t pairs = (k + 1) / 2;
   for (int64_t panel = panel_begin; panel < panel_end; ++panel) {
      uint32_t     *to = (uint32_t *)packed + panel * PANEL * pairs;
      const int64_t columns = n - panel * PANEL < PANEL ? n - panel * PANEL : PANEL;
      for (int64_t i = 0; i < pairs; ++i, to += PANEL) {
         pack_pair(&b, 2 * i, k, panel * PANEL, columns, to);
         for (int64_t column = columns; column < PANEL; ++column) to[column] = 0;
      }
   }
}

// Packs rows of A into tiles (k, 12); the places of rows that aren't there are never read.
LATTICE_LOCAL_KERNEL(void, pack_rows_f32,
   (const lattice_matrix *a, int64_t row, int64_t rows, int64_t from, int64_t k, int is_avx512, float *packed),
   (a, row, rows, from, k, is_avx512, packed)) {
   for (int64_t tile = 0; tile < rows; tile += TILE_ROWS, packed += TILE_ROWS * k) {
      const int64_t there = rows - tile < TILE_ROWS ? rows - tile : TILE_ROWS;
      int64_t       start = 0;
      const float  *source = (const float *)a->data + (row + tile) * a->rs + from * a->cs;
      if (a->is_bf16) {
         for (int64_t r = 0; r < there; ++r)
            for (int64_t i = 0; i < k; ++i) packed[i * TILE_ROWS + r] = element(a, row + tile + r, from + i);
      } else if (a->rs == 1 && there == TILE_ROWS) {
         for (int64_t i = 0; i < k; ++i)
            for (int64_t r = 0; r < TILE_ROWS; ++r) packed[i * TILE_ROWS + r] = source[r + i * a->cs];
      } else {
#if defined(__x86_64__)
         if (is_avx512 && a->cs == 1 && there == TILE_ROWS) {
            start = k / 16 * 16;
            gemm_pack_rows_avx512(source, a->rs, start, packed);
         }
#endif
         for (int64_t r = 0; r < there; ++r)
            for (int64_t i = start; i < k; ++i) packed[i * TILE_ROWS + r] = source[r * a->rs + i * a->cs];
      }
   }
}

// One row of f32 to pairs, `pairs` of them.
LATTICE_LOCAL_KERNEL(void, pack_row_pairs, (const float *a, int64_t pairs, uint16_t *packed), (a, pairs, packed)) {
   uint32_t *out = (uint32_t *)packed;
   for (int64_t i = 0; i < pairs; ++i)
      out[i * TILE_ROWS] = (uint32_t)f32_to_bf16(a[2 * i]) | (uint32_t)f32_to_bf16(a[2 * i + 1]) << 16;
}

// The same in pairs of k: (k / 2, 12, 2), an odd k filled up with a zero.
static void pack_rows_bf16(const lattice_matrix *a, int64_t row, int64_t rows, int64_t from, int64_t k, int is_avx512,
                           uint16_t *packed) {
   const int64_t even = (k + 1) / 2 * 2;
   for (int64_t tile = 0; tile < rows; tile += TILE_ROWS, packed += TILE_ROWS * even) {
      int64_t start = 0;
#if defined(__x86_64__)
      if (is_avx512 && !a->is_bf16 && rows - tile >= TILE_ROWS) {
         const float *source = (const float *)a->data + (row + tile) * a->rs + from * a->cs;
         if (a->cs == 1) {
            start = k / 32 * 32;
            gemm_pack_pairs_avx512(source, a->rs, start / 2, packed);
         } else if (a->rs == 1) {
            start = k / 2 * 2;
            gemm_pack_columns_avx512(source, a->cs, start / 2, packed);
         }
      }
#endif
      for (int64_t r = 0; r < TILE_ROWS && tile + r < rows; ++r) {
         int64_t i = start;
         if (i == 0 && !a->is_bf16 && a->cs == 1) {
            pack_row_pairs((const float *)a->data + (row + tile + r) * a->rs + from, k / 2, packed + r * 2);
            i = k / 2 * 2;
         }
         for (; i < even; ++i) {
            const int64_t at = (i / 2 * TILE_ROWS + r) * 2 + i % 2;
            packed[at] = i < k ? f32_to_bf16(element(a, row + tile + r, from + i)) : 0;
         }
      }
   }
}

// Length of a block of sums. It depends on K alone, so that sums come out the same whatever the split and the rows; blocks
// are even, since a short one costs as much around it as a long one.
static int64_t block_length(int64_t k, int is_bf16) {
   const int64_t most = is_bf16 ? BLOCK_BF16 : BLOCK_F32, blocks = (k + most - 1) / most;
   return blocks == 0 ? 32 : ((k + blocks - 1) / blocks + 31) / 32 * 32;
}

typedef struct gemm_job {
   lattice_matrix      a;
   const void         *packed;
   float              *c;
   int64_t             c_rs, k, n;
   lattice_gemm_range  range;
   const gemm_kernels *kernels;
   int                 is_bf16;
   int64_t             block;
} gemm_job;

// One panel, or a few, times a block of packed rows: sums go on from one block of k to the next while C is near. The
// first two tiles, half a panel each, ask for what the next panel's will read: with few tiles to a panel B else comes no
// faster than it is waited for.
static void multiply_panels(const gemm_job *job, const void *block, int64_t row, int64_t rows, int64_t from, int64_t k,
                            int64_t panel, int64_t panels) {
   const int64_t size = job->is_bf16 ? 2 : 4, last = (panel + panels) * PANEL;
   const int64_t whole = job->is_bf16 ? (job->k + 1) / 2 * 2 : job->k;
   const int64_t padded = (rows + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
   const int     is_narrow = rows <= TILE_ROWS && job->kernels->several[(rows - 1) % TILE_ROWS] == panels;
   for (int64_t part = 0; part < k; part += job->block) {
      int64_t length = k - part < job->block ? k - part : job->block;
      if (job->is_bf16) length = (length + 1) / 2 * 2;
      const char *b = (const char *)job->packed + (panel * PANEL * whole + (from + part) * PANEL) * size;
      const int   asks = job->kernels->asking && rows >= 2 * TILE_ROWS && panel + panels < job->range.panel_end;
      for (int64_t tile = 0; tile < rows; tile += TILE_ROWS) {
         const int       index = (int)(rows - tile < TILE_ROWS ? rows - tile : TILE_ROWS) - 1;
         const gemm_tile work = {
            .a = (const char *)block + (part * padded + tile * length) * size,
            .b = b,
            .ahead = b + (PANEL * whole + tile / TILE_ROWS * (length * PANEL / 2)) * size,
            .panel_step = PANEL * whole,
            .c = job->c + (row + tile) * job->c_rs + panel * PANEL,
            .c_rs = job->c_rs,
            .k = length,
            .columns = (last < job->n ? last : job->n) - (panel + panels - 1) * PANEL,
            .accumulate = job->range.accumulate || from + part > 0};
         if (asks && tile < 2 * TILE_ROWS)
            job->kernels->asking(&work);
         else
            (is_narrow ? job->kernels->several_panels : job->kernels->one_panel)[index](&work);
      }
   }
}

// Packs rows of A, all of `k`, as blocks of sums one after another.
static void pack_block(const gemm_job *job, void *scratch, int64_t row, int64_t rows, int64_t from, int64_t k) {
   const int64_t padded = (rows + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
   for (int64_t part = 0; part < k; part += job->block) {
      const int64_t length = k - part < job->block ? k - part : job->block;
      if (job->is_bf16)
         pack_rows_bf16(&job->a, row, rows, from + part, length, job->kernels != &gemm_kernels_plain_bf16,
                        (uint16_t *)scratch + part * padded);
      else
         pack_rows_f32(&job->a, row, rows, from + part, length, job->kernels == &gemm_kernels_avx512_f32,
                       (float *)scratch + part * padded);
   }
}

LATTICE_LOCAL_KERNEL(void, add, (const float *from, float *to, int64_t count), (from, to, count)) {
   for (int64_t i = 0; i < count; ++i) to[i] += from[i];
}

void gemm_finish(const lattice_gemm_epilogue *epilogue, float *c, int64_t c_rs, int64_t row_begin, int64_t row_end,
                 int64_t column_begin, int64_t column_end) {
   const int64_t count = column_end - column_begin;
   for (int64_t row = row_begin; row < row_end; ++row) {
      float *sums = c + row * c_rs + column_begin;
      if (epilogue->bias) add(epilogue->bias + column_begin, sums, count);
      if (epilogue->activation != LATTICE_IDENTITY) lattice_activate_f32(epilogue->activation, sums, sums, count);
      if (epilogue->residual) add(epilogue->residual + row * c_rs + column_begin, sums, count);
   }
}

static void multiply(const gemm_job *job, void *scratch) {
   const int64_t begin = job->range.panel_begin * PANEL;
   const int64_t end = job->range.panel_end * PANEL < job->n ? job->range.panel_end * PANEL : job->n;
   if (job->k == 0 && !job->range.accumulate) {
      for (int64_t row = job->range.row_begin; row < job->range.row_end; ++row)
         for (int64_t column = begin; column < end; ++column) job->c[row * job->c_rs + column] = 0;
   }
   if (job->k == 0) {
      if (job->range.epilogue)
         gemm_finish(job->range.epilogue, job->c, job->c_rs, job->range.row_begin, job->range.row_end, begin, end);
      return;
   }
   const int64_t wanted = (job->range.row_end - job->range.row_begin + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
   const int64_t rows_at_once = wanted < TILE_ROWS ? TILE_ROWS : wanted > BLOCK_ROWS ? BLOCK_ROWS : wanted;
   const int64_t room = SCRATCH_BYTES / (job->is_bf16 ? 2 : 4) / rows_at_once / job->block * job->block;
   const int64_t longest = job->k < room ? job->k : room;
   for (int64_t row = job->range.row_begin; row < job->range.row_end; row += rows_at_once) {
      const int64_t left = job->range.row_end - row, rows = left < rows_at_once ? left : rows_at_once;
      const int64_t several = rows <= TILE_ROWS ? job->kernels->several[rows - 1] : 0;
      for (int64_t from = 0; from < job->k; from += longest) {
         const int64_t k = job->k - from < longest ? job->k - from : longest;
         pack_block(job, scratch, row, rows, from, k);
         for (int64_t panel = job->range.panel_begin; panel < job->range.panel_end;) {
            const int64_t panels = several > 0 && job->range.panel_end - panel >= several ? several : 1;
            multiply_panels(job, scratch, row, rows, from, k, panel, panels);
            const int64_t last = (panel + panels) * PANEL;
            if (job->range.epilogue && from + k >= job->k)
               gemm_finish(job->range.epilogue, job->c, job->c_rs, row, row + rows, panel * PANEL,
                           last < job->n ? last : job->n);
            panel += panels;
         }
      }
   }
}

void lattice_gemm_f32(lattice_matrix a, const float *packed, float *c, int64_t c_rs, int64_t k, int64_t n,
                      lattice_gemm_range range, void *scratch) {
   gemm_job job = {a, packed, c, c_rs, k, n, range, &gemm_kernels_plain_f32, 0, block_length(k, 0)};
#if defined(__x86_64__)
   const int32_t isa = lattice_isa();
   if (isa >= LATTICE_ISA_AVX512)
      job.kernels = &gemm_kernels_avx512_f32;
   else if (isa == LATTICE_ISA_AVX2)
      job.kernels = &gemm_kernels_avx2_f32;
#endif
   multiply(&job, scratch);
}

void lattice_gemm_bf16(lattice_matrix a, const uint16_t *packed, float *c, int64_t c_rs, int64_t k, int64_t n,
                       lattice_gemm_range range, void *scratch) {
   gemm_job job = {a, packed, c, c_rs, k, n, range, &gemm_kernels_plain_bf16, 1, block_length(k, 1)};
#if defined(__x86_64__)
   if (lattice_isa() == LATTICE_ISA_AVX512_BF16) job.kernels = &gemm_kernels_avx512_bf16;
#endif
   multiply(&job, scratch);
}
