#include "lattice_peak.h"

#include "lattice_dispatch.h"
#include "lattice_isa.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define SUMS 12 // More than latency times instructions a cycle.
#define UNROLL _Pragma("clang loop unroll(full)")
#define ROLL _Pragma("clang loop unroll(disable)")

__attribute__((target("avx512f"))) static void f32_avx512(int64_t rounds, float *sink) {
   __m512 sums[SUMS], left = _mm512_set1_ps(*sink), right = _mm512_set1_ps(*sink * 0.5f);
   UNROLL for (int i = 0; i < SUMS; ++i) sums[i] = _mm512_set1_ps((float)i);
   ROLL for (int64_t round = 0; round < rounds; ++round) {
      UNROLL for (int i = 0; i < SUMS; ++i) sums[i] = _mm512_fmadd_ps(left, right, sums[i]);
      __asm__ volatile("" : "+v"(left), "+v"(right));
   }
   UNROLL for (int i = 1; i < SUMS; ++i) sums[0] = _mm512_add_ps(sums[0], sums[i]);
   *sink = _mm512_reduce_add_ps(sums[0]);
}

__attribute__((target("avx512f,avx512bf16"))) static void bf16_avx512(int64_t rounds, float *sink) {
   __m512   sums[SUMS];
   __m512bh left = (__m512bh)_mm512_set1_epi32((int32_t)*sink), right = left;
   UNROLL for (int i = 0; i < SUMS; ++i) sums[i] = _mm512_set1_ps((float)i);
   ROLL for (int64_t round = 0; round < rounds; ++round) {
      UNROLL for (int i = 0; i < SUMS; ++i) sums[i] = _mm512_dpbf16_ps(sums[i], left, right);
      __asm__ volatile("" : "+v"(left), "+v"(right));
   }
   UNROLL for (int i = 1; i < SUMS; ++i) sums[0] = _mm512_add_ps(sums[0], sums[i]);
   *sink = _mm512_reduce_add_ps(sums[0]);
}

__attribute__((target("avx2,fma"))) static void f32_avx2(int64_t rounds, float *sink) {
   __m256 sums[SUMS], left = _mm256_set1_ps(*sink), right = _mm256_set1_ps(*sink * 0.5f);
   UNROLL for (int i = 0; i < SUMS; ++i) sums[i] = _mm256_set1_ps((float)i);
   ROLL for (int64_t round = 0; round < rounds; ++round) {
      UNROLL for (int i = 0; i < SUMS; ++i) sums[i] = _mm256_fmadd_ps(left, right, sums[i]);
      __asm__ volatile("" : "+x"(left), "+x"(right));
   }
   UNROLL for (int i = 1; i < SUMS; ++i) sums[0] = _mm256_add_ps(sums[0], sums[i]);
   float lanes[8];
   _mm256_storeu_ps(lanes, sums[0]);
   *sink = lanes[0];
}
#endif

static int64_t f32_plain(int64_t rounds, float *sink) {
   float sums[16] = {0};
   for (int64_t round = 0; round < rounds; ++round)
      for (int i = 0; i < 16; ++i) sums[i] = sums[i] * 0.5f + *sink;
   for (int i = 0; i < 16; ++i) *sink += sums[i];
   return rounds * 32;
}

int64_t lattice_peak_f32(int64_t rounds, float *sink) {
#if defined(__x86_64__)
   if (lattice_isa() >= LATTICE_ISA_AVX512) {
      f32_avx512(rounds, sink);
      return rounds * SUMS * 32;
   }
   if (lattice_isa() >= LATTICE_ISA_AVX2) {
      f32_avx2(rounds, sink);
      return rounds * SUMS * 16;
   }
#endif
   return f32_plain(rounds, sink);
}

int64_t lattice_peak_bf16(int64_t rounds, float *sink) {
#if defined(__x86_64__)
   if (lattice_isa() == LATTICE_ISA_AVX512_BF16) {
      bf16_avx512(rounds, sink);
      return rounds * SUMS * 64;
   }
#endif
   (void)rounds;
   (void)sink;
   return 0;
}

LATTICE_KERNEL(double, lattice_peak_read, (const float *memory, int64_t count), (memory, count)) {
   float lanes[128] = {0}, sum = 0;
   for (int64_t start = 0; start + 128 <= count; start += 128)
      for (int64_t i = 0; i < 128; ++i) lanes[i] += memory[start + i];
   for (int i = 0; i < 128; ++i) sum += lanes[i];
   return sum;
}
