#include "lattice_pool.h"

#include "lattice_dispatch.h"

// The part of a window that lies inside: `first` and `last` of its rows or columns.
typedef struct {
   int64_t first, last;
} part;

LATTICE_INLINE part inside(int64_t start, int64_t kernel, int64_t extent) {
   const int64_t first = start < 0 ? -start : 0, left = extent - start;
   return (part){first, left < kernel ? left : kernel};
}

// Values gone through at once: those of a pixel; most blocks are 16.
#define WITH_BLOCK(call)                                  \
   if (pool->block == 16) call(16);                       \
   else call(pool->block);

LATTICE_INLINE void average(const lattice_pool *pool, const float *restrict x, float *restrict y, int64_t begin,
                            int64_t end, const int64_t block) {
   const float share = 1.0f / (float)(pool->kh * pool->kw);
   for (int64_t r = begin; r < end; ++r) {
      const float  *plane = x + r / pool->oh * pool->h * pool->w * block;
      const int64_t top = r % pool->oh * pool->sh - pool->top;
      const part    rows = inside(top, pool->kh, pool->h);
      for (int64_t ox = 0; ox < pool->ow; ++ox) {
         float        *out = y + (r * pool->ow + ox) * block;
         const int64_t left = ox * pool->sw - pool->left;
         const part    columns = inside(left, pool->kw, pool->w);
         for (int64_t c = 0; c < block; ++c) out[c] = 0;
         for (int64_t i = rows.first; i < rows.last; ++i)
            for (int64_t j = columns.first; j < columns.last; ++j) {
               const float *in = plane + ((top + i) * pool->w + left + j) * block;
               for (int64_t c = 0; c < block; ++c) out[c] += in[c];
            }
         for (int64_t c = 0; c < block; ++c) out[c] *= share;
      }
   }
}

LATTICE_INLINE void spread(const lattice_pool *pool, const float *restrict dy, float *restrict dx, int64_t begin,
                           int64_t end, const int64_t block) {
   const float   share = 1.0f / (float)(pool->kh * pool->kw);
   const int64_t size = pool->h * pool->w * block;
   for (int64_t k = begin * size; k < end * size; ++k) dx[k] = 0;
   for (int64_t r = begin * pool->oh; r < end * pool->oh; ++r) {
      float        *plane = dx + r / pool->oh * size;
      const int64_t top = r % pool->oh * pool->sh - pool->top;
      const part    rows = inside(top, pool->kh, pool->h);
      for (int64_t ox = 0; ox < pool->ow; ++ox) {
         const float  *in = dy + (r * pool->ow + ox) * block;
         const int64_t left = ox * pool->sw - pool->left;
         const part    columns = inside(left, pool->kw, pool->w);
         for (int64_t i = rows.first; i < rows.last; ++i)
            for (int64_t j = columns.first; j < columns.last; ++j) {
               float *out = plane + ((top + i) * pool->w + left + j) * block;
               for (int64_t c = 0; c < block; ++c) out[c] += in[c] * share;
            }
      }
   }
}

LATTICE_INLINE void greatest(const lattice_pool *pool, const float *restrict x, float *restrict y, int64_t begin,
                             int64_t end, const int64_t block) {
   for (int64_t r = begin; r < end; ++r) {
      const float  *plane = x + r / pool->oh * pool->h * pool->w * block;
      const int64_t top = r % pool->oh * pool->sh - pool->top;
      const part    rows = inside(top, pool->kh, pool->h);
      for (int64_t ox = 0; ox < pool->ow; ++ox) {
         float        *out = y + (r * pool->ow + ox) * block;
         const int64_t left = ox * pool->sw - pool->left;
         const part    columns = inside(left, pool->kw, pool->w);
         for (int64_t c = 0; c < block; ++c) out[c] = -__builtin_inff();
         for (int64_t i = rows.first; i < rows.last; ++i)
            for (int64_t j = columns.first; j < columns.last; ++j) {
               const float *in = plane + ((top + i) * pool->w + left + j) * block;
               for (int64_t c = 0; c < block; ++c) out[c] = in[c] > out[c] ? in[c] : out[c];
            }
      }
   }
}

LATTICE_KERNEL(void, lattice_average_pool_f32,
   (const lattice_pool *pool, const float *x, float *y, int64_t begin, int64_t end), (pool, x, y, begin, end)) {
#define CALL(block) average(pool, x, y, begin, end, block)
   WITH_BLOCK(CALL)
#undef CALL
}

LATTICE_KERNEL(void, lattice_average_pool_backward_f32,
   (const lattice_pool *pool, const float *dy, float *dx, int64_t begin, int64_t end), (pool, dy, dx, begin, end)) {
#define CALL(block) spread(pool, dy, dx, begin, end, block)
   WITH_BLOCK(CALL)
#undef CALL
}

LATTICE_KERNEL(void, lattice_max_pool_f32,
   (const lattice_pool *pool, const float *x, float *y, int64_t begin, int64_t end), (pool, x, y, begin, end)) {
#define CALL(block) greatest(pool, x, y, begin, end, block)
   WITH_BLOCK(CALL)
#undef CALL
}

LATTICE_KERNEL(void, lattice_max_pool_backward_f32,
   (const lattice_pool *pool, const float *x, const float *y, const float *dy, float *dx, int64_t begin, int64_t
    end), (pool, x, y, dy, dx, begin, end)) {
   const int64_t block = pool->block, size = pool->h * pool->w * block;
   for (int64_t k = begin * size; k < end * size; ++k) dx[k] = 0;
   for (int64_t r = begin * pool->oh; r < end * pool->oh; ++r) {
      const int64_t base = r / pool->oh * size, top = r % pool->oh * pool->sh - pool->top;
      const part    rows = inside(top, pool->kh, pool->h);
      for (int64_t ox = 0; ox < pool->ow; ++ox) {
         const int64_t from = (r * pool->ow + ox) * block, left = ox * pool->sw - pool->left;
         const part    columns = inside(left, pool->kw, pool->w);
         for (int64_t c = 0; c < block; ++c) {
            // Channels part ways here: each has its greatest value somewhere else.
            const float most = y[from + c];
            int64_t     at = -1;
            for (int64_t i = rows.first; i < rows.last && at < 0; ++i)
               for (int64_t j = columns.first; j < columns.last && at < 0; ++j) {
                  const int64_t here = base + ((top + i) * pool->w + left + j) * block + c;
                  at = x[here] == most ? here : -1;
               }
            if (at >= 0) dx[at] += dy[from + c];
         }
      }
   }
}
