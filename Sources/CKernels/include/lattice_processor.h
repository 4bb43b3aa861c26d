// Where threads run.
#ifndef LATTICE_PROCESSOR_H
#define LATTICE_PROCESSOR_H

#include <stdint.h>

// The processor that the calling thread runs on now.
int32_t lattice_processor(void);

// Moves the calling thread off a processor, if it may run on others; it may come back later.
//
// The kernel leaves a thread that wakes up where it slept, even beside a busy one with other processors idle: for tens of
// milliseconds on virtual machines that don't say which processors share a cache.
void lattice_leave_processor(int32_t processor);

#endif // LATTICE_PROCESSOR_H
