#include "lattice_depthwise.h"

#include "lattice_dispatch.h"

// Places of a window that lie inside: `first` and `last` of its rows or columns.
typedef struct {
   int64_t first, last;
} part;

LATTICE_INLINE part inside(int64_t start, int64_t kernel, int64_t extent) {
   const int64_t first = start < 0 ? -start : 0, left = extent - start;
   return (part){first, left < kernel ? left : kernel};
}

LATTICE_INLINE void forward(const lattice_depthwise *conv, const float *restrict x, const float *restrict weights,
                            float *restrict y, int64_t begin, int64_t end, const int64_t block) {
   for (int64_t r = begin; r < end; ++r) {
      const int64_t plane = r / conv->oh, top = r % conv->oh * conv->sh - conv->top;
      const part    rows = inside(top, conv->kh, conv->h);
      const float  *kernel = weights + plane % conv->groups * conv->kh * conv->kw * block;
      for (int64_t j = 0; j < conv->ow; ++j) {
         const int64_t left = j * conv->sw - conv->left;
         const part    columns = inside(left, conv->kw, conv->w);
         float        *out = y + (r * conv->ow + j) * block;
         for (int64_t c = 0; c < block; ++c) out[c] = 0;
         for (int64_t u = rows.first; u < rows.last; ++u)
            for (int64_t v = columns.first; v < columns.last; ++v) {
               const float *in = x + ((plane * conv->h + top + u) * conv->w + left + v) * block;
               const float *weight = kernel + (u * conv->kw + v) * block;
               for (int64_t c = 0; c < block; ++c) out[c] += in[c] * weight[c];
            }
      }
   }
}

LATTICE_INLINE void backward(const lattice_depthwise *conv, const float *restrict dy, const float *restrict weights,
                             float *restrict dx, int64_t begin, int64_t end, const int64_t block) {
   const int64_t size = conv->h * conv->w * block;
   for (int64_t k = begin * size; k < end * size; ++k) dx[k] = 0;
   for (int64_t r = begin * conv->oh; r < end * conv->oh; ++r) {
      const int64_t plane = r / conv->oh, top = r % conv->oh * conv->sh - conv->top;
      const part    rows = inside(top, conv->kh, conv->h);
      const float  *kernel = weights + plane % conv->groups * conv->kh * conv->kw * block;
      for (int64_t j = 0; j < conv->ow; ++j) {
         const int64_t left = j * conv->sw - conv->left;
         const part    columns = inside(left, conv->kw, conv->w);
         const float  *in = dy + (r * conv->ow + j) * block;
         for (int64_t u = rows.first; u < rows.last; ++u)
            for (int64_t v = columns.first; v < columns.last; ++v) {
               float       *out = dx + ((plane * conv->h + top + u) * conv->w + left + v) * block;
               const float *weight = kernel + (u * conv->kw + v) * block;
               for (int64_t c = 0; c < block; ++c) out[c] += in[c] * weight[c];
            }
      }
   }
}

LATTICE_INLINE void to_weights(const lattice_depthwise *conv, const float *restrict x, const float *restrict dy,
                               float *restrict dweights, int64_t plane, const int64_t block) {
   for (int64_t k = 0; k < conv->kh * conv->kw * block; ++k) dweights[k] = 0;
   for (int64_t i = 0; i < conv->oh; ++i) {
      const int64_t top = i * conv->sh - conv->top;
      const part    rows = inside(top, conv->kh, conv->h);
      for (int64_t j = 0; j < conv->ow; ++j) {
         const int64_t left = j * conv->sw - conv->left;
         const part    columns = inside(left, conv->kw, conv->w);
         const float  *gradient = dy + ((plane * conv->oh + i) * conv->ow + j) * block;
         for (int64_t u = rows.first; u < rows.last; ++u)
            for (int64_t v = columns.first; v < columns.last; ++v) {
               const float *in = x + ((plane * conv->h + top + u) * conv->w + left + v) * block;
               float       *out = dweights + (u * conv->kw + v) * block;
               for (int64_t c = 0; c < block; ++c) out[c] += in[c] * gradient[c];
            }
      }
   }
}

LATTICE_KERNEL(void, lattice_depthwise_f32,
   (const lattice_depthwise *conv, const float *x, const float *weights, float *y, int64_t begin, int64_t end),
   (conv, x, weights, y, begin, end)) {
   if (conv->block == 16)
      forward(conv, x, weights, y, begin, end, 16);
   else
      forward(conv, x, weights, y, begin, end, conv->block);
}

LATTICE_KERNEL(void, lattice_depthwise_backward_f32,
   (const lattice_depthwise *conv, const float *dy, const float *weights, float *dx, int64_t begin, int64_t end),
   (conv, dy, weights, dx, begin, end)) {
   if (conv->block == 16)
      backward(conv, dy, weights, dx, begin, end, 16);
   else
      backward(conv, dy, weights, dx, begin, end, conv->block);
}

LATTICE_KERNEL(void, lattice_depthwise_weights_f32,
   (const lattice_depthwise *conv, const float *x, const float *dy, float *dweights, int64_t plane),
   (conv, x, dy, dweights, plane)) {
   if (conv->block == 16)
      to_weights(conv, x, dy, dweights, plane, 16);
   else
      to_weights(conv, x, dy, dweights, plane, conv->block);
}
