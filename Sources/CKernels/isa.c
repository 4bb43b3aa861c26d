#include "lattice_isa.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"plain", "avx2", "avx512", "avx512_bf16"};

static int32_t of_processor(void) {
#if defined(__x86_64__)
   // The levels that kernels are compiled for, which have some more than what the sets are called after.
   if (__builtin_cpu_supports("x86-64-v4"))
      return __builtin_cpu_supports("avx512bf16") ? LATTICE_ISA_AVX512_BF16 : LATTICE_ISA_AVX512;
   if (__builtin_cpu_supports("x86-64-v3")) return LATTICE_ISA_AVX2;
#endif
   return LATTICE_ISA_PLAIN;
}

// The set that the environment names; -1 when it names none.
static int32_t named(void) {
   const char *value = getenv("LATTICE_ISA");
   for (int32_t isa = LATTICE_ISA_PLAIN; value && isa <= LATTICE_ISA_AVX512_BF16; ++isa)
      if (strcmp(value, names[isa]) == 0) return isa;
   return -1;
}

bool lattice_isa_is_limited(void) { return named() >= 0; }

int32_t lattice_isa(void) {
   static _Atomic int32_t known = -1;
   int32_t isa = atomic_load_explicit(&known, memory_order_relaxed);
   if (isa < 0) {
      const int32_t most = named(), has = of_processor();
      isa = most >= 0 && most < has ? most : has;
      atomic_store_explicit(&known, isa, memory_order_relaxed);
   }
   return isa;
}

const char *lattice_isa_name(int32_t isa) { return names[isa < 0 || isa > LATTICE_ISA_AVX512_BF16 ? 0 : isa]; }
