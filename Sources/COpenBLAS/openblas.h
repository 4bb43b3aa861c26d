// OpenBLAS: products and decompositions of matrices.
#include <cblas.h>
