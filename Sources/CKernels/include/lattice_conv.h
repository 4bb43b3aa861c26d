// Two-dimensional convolution (cross-correlation, as networks use it), written out plainly: what the tests compare the
// fast ones with.
//
// Legend: n pictures, ic channels in, oc out, (h, w) in, (oh, ow) out, kernel (kh, kw), stride (sh, sw).
//   oh = (h + top + bottom - kh) / sh + 1, rounded down; ow the same with w, left, right, kw, sw
//   dst[n][o][y][x] = bias[o] + sum over c, i, j of src[n][c][y * sh + i - top][x * sw + j - left] * weights[o][c][i][j]
// where src counts as 0 outside. Weights are (oc, ic, kh, kw), dense. Activations are (n, c / b, h, w, b), dense:
// channels in blocks of b, b dividing their number; b = c is (n, h, w, c), b = 1 is (n, c, h, w).
// Sums are in double and rounded once. No function allocates; buffers don't overlap.
#ifndef LATTICE_CONV_H
#define LATTICE_CONV_H

#include <stdint.h>

typedef struct lattice_conv {
   int64_t n, ic, oc, h, w;
   int64_t kh, kw, sh, sw;
   int64_t top, left, bottom, right;
   int64_t src_block, dst_block;
} lattice_conv;

int64_t lattice_conv_out_height(const lattice_conv *conv);
int64_t lattice_conv_out_width(const lattice_conv *conv);

// bias (oc) may be NULL.
void lattice_conv_forward_f32_ref(const lattice_conv *conv, const float *src, const float *weights, const float *bias,
                                  float *dst);
void lattice_conv_forward_f64_ref(const lattice_conv *conv, const double *src, const double *weights,
                                  const double *bias, double *dst);

// The gradient with respect to src, given the one with respect to dst.
void lattice_conv_backward_data_f32_ref(const lattice_conv *conv, const float *ddst, const float *weights, float *dsrc);

// The gradients with respect to weights and bias; dbias (oc) may be NULL.
void lattice_conv_backward_weights_f32_ref(const lattice_conv *conv, const float *src, const float *ddst,
                                           float *dweights, float *dbias);

// The same values with channels in blocks of `to` instead of `from`; both divide c.
void lattice_conv_reblock_f32_ref(const float *in, float *out, int64_t n, int64_t c, int64_t h, int64_t w,
                                  int64_t from, int64_t to);

#endif // LATTICE_CONV_H
