// What a process has only one of, and a library may change behind its host's back.
#ifndef LATTICE_AMBIENT_STATE_H
#define LATTICE_AMBIENT_STATE_H

#include <stdint.h>

#define LATTICE_AMBIENT_DIRECTORY 1u   // The working directory.
#define LATTICE_AMBIENT_LOCALE 2u      // The locale, of the process or of the calling thread.
#define LATTICE_AMBIENT_SIGNALS 4u     // What is done about a signal.
#define LATTICE_AMBIENT_DESCRIPTORS 8u // What descriptors 0, 1 and 2 lead to.
#define LATTICE_AMBIENT_MASK 16u       // The file mode creation mask.

// Notes how things are. Call it once, while no other thread changes any of them.
void lattice_ambient_note(void);

// Tells what is not as it was noted, LATTICE_AMBIENT_…; the mask is put back at once.
uint32_t lattice_ambient_changes(void);

// Puts the rest of `changes` back.
void lattice_ambient_restore(uint32_t changes);

#define LATTICE_FLOAT_ROUNDING 1u   // Where results are rounded to.
#define LATTICE_FLOAT_DENORMALS 2u  // Whether tiny numbers count as zero, FTZ and DAZ.
#define LATTICE_FLOAT_EXCEPTIONS 4u // Which exceptions end the process.

// How the calling thread computes with floating-point numbers, without the flags of what happened so far.
uint64_t lattice_float_state(void);

// Makes the calling thread compute as `state` says.
void lattice_float_restore(uint64_t state);

// Tells two states apart, as LATTICE_FLOAT_…
uint32_t lattice_float_differences(uint64_t one, uint64_t other);

#endif // LATTICE_AMBIENT_STATE_H
