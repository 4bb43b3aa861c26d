// What a core can do at most: the ceilings that measured rates are held against.
#ifndef LATTICE_PEAK_H
#define LATTICE_PEAK_H

#include <stdint.h>

// Runs `rounds` rounds of independent multiply-adds in registers and returns how many floating-point operations they
// were, a multiply-add counted as two; `sink` gets a value that depends on all of them.
int64_t lattice_peak_f32(int64_t rounds, float *sink);

// The same for pairs of bf16 multiplied and summed in f32; 0 where the processor has no such instruction.
int64_t lattice_peak_bf16(int64_t rounds, float *sink);

// Reads `count` floats once and returns their sum: what memory gives a core.
double lattice_peak_read(const float *memory, int64_t count);

#endif // LATTICE_PEAK_H
