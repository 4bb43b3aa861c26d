// oneDNN 2.x (its C interface) and the two calls of the OpenMP runtime it is built on.
#ifndef LATTICE_ONEDNN_H
#define LATTICE_ONEDNN_H

#include <oneapi/dnnl/dnnl.h>

// The number of threads of parallel regions that the calling thread starts from now on.
void omp_set_num_threads(int count);
int  omp_get_max_threads(void);

#endif // LATTICE_ONEDNN_H
