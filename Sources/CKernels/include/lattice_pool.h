// Pooling over windows of pixels.
//
// Legend: planes (h, w, block), dense, one behind the other: pictures (n, h, w, c), or blocks of their channels
// (n, c / block, h, w, block). Windows are (kh, kw), `sh` and `sw` apart, the first one beginning `top` above and `left`
// of the first pixel; outputs are planes (oh, ow, block). Rows of outputs are counted over all planes.
// Buffers don't overlap. No function allocates.
#ifndef LATTICE_POOL_H
#define LATTICE_POOL_H

#include <stdint.h>

typedef struct lattice_pool {
   int64_t h, w, block, oh, ow;
   int64_t kh, kw, sh, sw, top, left;
} lattice_pool;

// The sum over a window by kh * kw; outside is 0. Output rows begin...end.
void lattice_average_pool_f32_ref(const lattice_pool *pool, const float *x, float *y, int64_t begin, int64_t end);
void lattice_average_pool_f32(const lattice_pool *pool, const float *x, float *y, int64_t begin, int64_t end);

// dx of planes begin...end.
void lattice_average_pool_backward_f32_ref(const lattice_pool *pool, const float *dy, float *dx, int64_t begin,
                                           int64_t end);
void lattice_average_pool_backward_f32(const lattice_pool *pool, const float *dy, float *dx, int64_t begin, int64_t end);

// The greatest of a window; outside doesn't count, and a window that is all outside gives minus infinity.
void lattice_max_pool_f32_ref(const lattice_pool *pool, const float *x, float *y, int64_t begin, int64_t end);
void lattice_max_pool_f32(const lattice_pool *pool, const float *x, float *y, int64_t begin, int64_t end);

// dx of planes begin...end: of equal values the first gets all of it, in the order of rows and columns.
void lattice_max_pool_backward_f32_ref(const lattice_pool *pool, const float *x, const float *y, const float *dy,
                                       float *dx, int64_t begin, int64_t end);
void lattice_max_pool_backward_f32(const lattice_pool *pool, const float *x, const float *y, const float *dy, float *dx,
                                   int64_t begin, int64_t end);

#endif // LATTICE_POOL_H
