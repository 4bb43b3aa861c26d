// oneDNN 2.x (its C interface) and the calls of the OpenMP runtime it is built on.
#ifndef LATTICE_ONEDNN_H
#define LATTICE_ONEDNN_H

#include <oneapi/dnnl/dnnl.h>

// The number of threads of parallel regions that the calling thread starts from now on.
void omp_set_num_threads(int count);
int  omp_get_max_threads(void);
// Other than 0 within a parallel region.
int omp_in_parallel(void);
// Calls `function` on so many threads, the caller's among them, and returns when all have: what compilers turn a parallel
// region into. `flags` is 0.
void GOMP_parallel(void (*function)(void *), void *argument, unsigned count, unsigned flags);

#endif // LATTICE_ONEDNN_H
