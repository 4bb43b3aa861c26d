// One source, several instruction sets: the compiler makes a version of the function for each, and the loader picks
// one for the processor at hand. With contraction off all of them give the same bits.
#ifndef LATTICE_DISPATCH_H
#define LATTICE_DISPATCH_H

#if defined(__x86_64__) && defined(__has_attribute)
#if __has_attribute(target_clones)
#define LATTICE_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
#endif

#ifndef LATTICE_CLONES
#define LATTICE_CLONES
#endif

// A part of such a function: inlined, so that it's compiled for each of the instruction sets.
#define LATTICE_INLINE static inline __attribute__((always_inline))

#endif // LATTICE_DISPATCH_H
