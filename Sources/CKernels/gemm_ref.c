#include "gemm.h"

#include "lattice_activation.h"

static float finished(const lattice_gemm_epilogue *epilogue, float sum, int64_t column, int64_t at) {
   if (!epilogue) return sum;
   if (epilogue->bias) sum += epilogue->bias[column];
   lattice_activate_f32_ref(epilogue->activation, &sum, &sum, 1);
   return epilogue->residual ? sum + epilogue->residual[at] : sum;
}

void lattice_gemm_f32_ref(lattice_matrix a, const float *packed, float *c, int64_t c_rs, int64_t k, int64_t n,
                          lattice_gemm_range range, void *scratch) {
   (void)scratch;
   for (int64_t row = range.row_begin; row < range.row_end; ++row)
      for (int64_t column = range.panel_begin * PANEL; column < range.panel_end * PANEL && column < n; ++column) {
         const float *panel = packed + column / PANEL * PANEL * k;
         float        sum = range.accumulate ? c[row * c_rs + column] : 0;
         for (int64_t i = 0; i < k; ++i) sum += element(&a, row, i) * panel[i * PANEL + column % PANEL];
         c[row * c_rs + column] = finished(range.epilogue, sum, column, row * c_rs + column);
      }
}

void lattice_gemm_bf16_ref(lattice_matrix a, const uint16_t *packed, float *c, int64_t c_rs, int64_t k, int64_t n,
                           lattice_gemm_range range, void *scratch) {
   (void)scratch;
   for (int64_t row = range.row_begin; row < range.row_end; ++row)
      for (int64_t column = range.panel_begin * PANEL; column < range.panel_end * PANEL && column < n; ++column) {
         const uint16_t *panel = packed + column / PANEL * PANEL * ((k + 1) / 2 * 2);
         float           sum = range.accumulate ? c[row * c_rs + column] : 0;
         for (int64_t i = 0; i < k; ++i) {
            float left = bf16_to_f32(f32_to_bf16(element(&a, row, i)));
            sum += left * bf16_to_f32(panel[(i / 2 * PANEL + column % PANEL) * 2 + i % 2]);
         }
         c[row * c_rs + column] = finished(range.epilogue, sum, column, row * c_rs + column);
      }
}
