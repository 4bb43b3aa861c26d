#include "lattice_conv.h"

#include <stddef.h>

int64_t lattice_conv_out_height(const lattice_conv *conv) {
   return (conv->h + conv->top + conv->bottom - conv->kh) / conv->sh + 1;
}

int64_t lattice_conv_out_width(const lattice_conv *conv) {
   return (conv->w + conv->left + conv->right - conv->kw) / conv->sw + 1;
}

// Where a value lies: picture n, channel c, row y, column x of (n, channels / block, h, w, block).
static int64_t place(int64_t n, int64_t c, int64_t y, int64_t x, int64_t channels, int64_t h, int64_t w,
                     int64_t block) {
   return (((n * (channels / block) + c / block) * h + y) * w + x) * block + c % block;
}

static int64_t weight_place(const lattice_conv *conv, int64_t o, int64_t c, int64_t i, int64_t j) {
   return ((o * conv->ic + c) * conv->kh + i) * conv->kw + j;
}

// The forward sum, for one type of values.
#define FORWARD(name, type)                                                                                            \
   void name(const lattice_conv *conv, const type *src, const type *weights, const type *bias, type *dst) {            \
      const int64_t oh = lattice_conv_out_height(conv), ow = lattice_conv_out_width(conv);                             \
      for (int64_t n = 0; n < conv->n; ++n)                                                                            \
         for (int64_t o = 0; o < conv->oc; ++o)                                                                        \
            for (int64_t y = 0; y < oh; ++y)                                                                           \
               for (int64_t x = 0; x < ow; ++x) {                                                                      \
                  double sum = bias == NULL ? 0.0 : (double)bias[o];                                                   \
                  for (int64_t c = 0; c < conv->ic; ++c)                                                               \
                     for (int64_t i = 0; i < conv->kh; ++i)                                                            \
                        for (int64_t j = 0; j < conv->kw; ++j) {                                                       \
                           const int64_t in_y = y * conv->sh + i - conv->top, in_x = x * conv->sw + j - conv->left;    \
                           if (in_y < 0 || in_y >= conv->h || in_x < 0 || in_x >= conv->w) continue;                   \
                           sum += (double)src[place(n, c, in_y, in_x, conv->ic, conv->h, conv->w, conv->src_block)] *  \
                                  (double)weights[weight_place(conv, o, c, i, j)];                                     \
                        }                                                                                              \
                  dst[place(n, o, y, x, conv->oc, oh, ow, conv->dst_block)] = (type)sum;                               \
               }                                                                                                       \
   }

FORWARD(lattice_conv_forward_f32_ref, float)
FORWARD(lattice_conv_forward_f64_ref, double)

void lattice_conv_backward_data_f32_ref(const lattice_conv *conv, const float *ddst, const float *weights,
                                        float *dsrc) {
   const int64_t oh = lattice_conv_out_height(conv), ow = lattice_conv_out_width(conv);
   for (int64_t n = 0; n < conv->n; ++n)
      for (int64_t c = 0; c < conv->ic; ++c)
         for (int64_t y = 0; y < conv->h; ++y)
            for (int64_t x = 0; x < conv->w; ++x) {
               double sum = 0.0;
               for (int64_t o = 0; o < conv->oc; ++o)
                  for (int64_t i = 0; i < conv->kh; ++i)
                     for (int64_t j = 0; j < conv->kw; ++j) {
                        const int64_t down = y + conv->top - i, across = x + conv->left - j;
                        if (down < 0 || across < 0 || down % conv->sh != 0 || across % conv->sw != 0) continue;
                        if (down / conv->sh >= oh || across / conv->sw >= ow) continue;
                        sum += (double)ddst[place(n, o, down / conv->sh, across / conv->sw, conv->oc, oh, ow,
                                                  conv->dst_block)] *
                               (double)weights[weight_place(conv, o, c, i, j)];
                     }
               dsrc[place(n, c, y, x, conv->ic, conv->h, conv->w, conv->src_block)] = (float)sum;
            }
}

// The gradient of one weight: the sum over all places it was used at.
static double weight_gradient(const lattice_conv *conv, const float *src, const float *ddst, int64_t o, int64_t c,
                              int64_t i, int64_t j) {
   const int64_t oh = lattice_conv_out_height(conv), ow = lattice_conv_out_width(conv);
   double        sum = 0.0;
   for (int64_t n = 0; n < conv->n; ++n)
      for (int64_t y = 0; y < oh; ++y)
         for (int64_t x = 0; x < ow; ++x) {
            const int64_t in_y = y * conv->sh + i - conv->top, in_x = x * conv->sw + j - conv->left;
            if (in_y < 0 || in_y >= conv->h || in_x < 0 || in_x >= conv->w) continue;
            sum += (double)src[place(n, c, in_y, in_x, conv->ic, conv->h, conv->w, conv->src_block)] *
                   (double)ddst[place(n, o, y, x, conv->oc, oh, ow, conv->dst_block)];
         }
   return sum;
}

void lattice_conv_backward_weights_f32_ref(const lattice_conv *conv, const float *src, const float *ddst,
                                           float *dweights, float *dbias) {
   const int64_t oh = lattice_conv_out_height(conv), ow = lattice_conv_out_width(conv);
   for (int64_t o = 0; o < conv->oc; ++o) {
      for (int64_t c = 0; c < conv->ic; ++c)
         for (int64_t i = 0; i < conv->kh; ++i)
            for (int64_t j = 0; j < conv->kw; ++j)
               dweights[weight_place(conv, o, c, i, j)] = (float)weight_gradient(conv, src, ddst, o, c, i, j);
      if (dbias == NULL) continue;
      double sum = 0.0;
      for (int64_t n = 0; n < conv->n; ++n)
         for (int64_t y = 0; y < oh; ++y)
            for (int64_t x = 0; x < ow; ++x) sum += (double)ddst[place(n, o, y, x, conv->oc, oh, ow, conv->dst_block)];
      dbias[o] = (float)sum;
   }
}

void lattice_conv_reblock_f32_ref(const float *in, float *out, int64_t n, int64_t c, int64_t h, int64_t w,
                                  int64_t from, int64_t to) {
   for (int64_t picture = 0; picture < n; ++picture)
      for (int64_t channel = 0; channel < c; ++channel)
         for (int64_t y = 0; y < h; ++y)
            for (int64_t x = 0; x < w; ++x)
               out[place(picture, channel, y, x, c, h, w, to)] = in[place(picture, channel, y, x, c, h, w, from)];
}
