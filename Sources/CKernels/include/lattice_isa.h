// Which instruction sets kernels may use: what the processor has, or less if the environment says so.
#ifndef LATTICE_ISA_H
#define LATTICE_ISA_H

#include <stdbool.h>
#include <stdint.h>

// In order: each has all that the one before it has.
#define LATTICE_ISA_PLAIN 0       // What every x86-64 processor has; also any other architecture.
#define LATTICE_ISA_AVX2 1        // AVX2 with FMA.
#define LATTICE_ISA_AVX512 2      // AVX-512 F, BW, VL and DQ.
#define LATTICE_ISA_AVX512_BF16 3 // The same with products of bf16.

// The best set of the processor that `LATTICE_ISA` allows: `plain`, `avx2`, `avx512` or `avx512_bf16`. An unset, empty or
// unknown value allows all; programs refuse an unknown one when they start. The environment is read once.
int32_t lattice_isa(void);

// True when `LATTICE_ISA` names a set, be it the best one.
bool lattice_isa_is_limited(void);

// "plain", "avx2", "avx512" or "avx512_bf16".
const char *lattice_isa_name(int32_t isa);

#endif // LATTICE_ISA_H
