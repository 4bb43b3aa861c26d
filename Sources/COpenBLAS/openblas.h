// OpenBLAS: products and decompositions of matrices.
#include <cblas.h>

// LAPACK's eigenvalues of a symmetric matrix by divide and conquer; Debian ships no header for it with OpenBLAS.
void dsyevd_(const char *job, const char *half, const int *n, double *matrix, const int *leading, double *values,
             double *work, const int *work_size, int *integers, const int *integer_size, int *status);
