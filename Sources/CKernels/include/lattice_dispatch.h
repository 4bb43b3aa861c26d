// One source, several instruction sets: the compiler makes a version of a kernel for each, and a call takes the best one
// that the processor has and `LATTICE_ISA` allows. With contraction off all of them give the same bits.
#ifndef LATTICE_DISPATCH_H
#define LATTICE_DISPATCH_H

#include "lattice_isa.h"

// A part of a kernel: inlined, so that it's compiled for each of the instruction sets.
#define LATTICE_INLINE static inline __attribute__((always_inline))

// Defines a function whose body follows: LATTICE_KERNEL(double, sum, (const float *x, int64_t n), (x, n)) { … }
#define LATTICE_KERNEL(type, name, parameters, arguments) LATTICE_VERSIONS(, type, name, parameters, arguments)

// The same for one that no other file calls.
#define LATTICE_LOCAL_KERNEL(type, name, parameters, arguments)                                                        \
   LATTICE_VERSIONS(static, type, name, parameters, arguments)

#if defined(__x86_64__)
#define LATTICE_VERSIONS(linkage, type, name, parameters, arguments)                                                   \
   LATTICE_INLINE type name##_body parameters;                                                                         \
   __attribute__((target("arch=x86-64-v4"))) static type name##_avx512 parameters { return name##_body arguments; }    \
   __attribute__((target("arch=x86-64-v3"))) static type name##_avx2 parameters { return name##_body arguments; }      \
   static type name##_plain parameters { return name##_body arguments; }                                               \
   linkage type name parameters {                                                                                      \
      const int32_t isa = lattice_isa();                                                                               \
      if (isa >= LATTICE_ISA_AVX512) return name##_avx512 arguments;                                                   \
      if (isa == LATTICE_ISA_AVX2) return name##_avx2 arguments;                                                       \
      return name##_plain arguments;                                                                                   \
   }                                                                                                                   \
   LATTICE_INLINE type name##_body parameters
#else
#define LATTICE_VERSIONS(linkage, type, name, parameters, arguments) linkage type name parameters
#endif

#endif // LATTICE_DISPATCH_H
