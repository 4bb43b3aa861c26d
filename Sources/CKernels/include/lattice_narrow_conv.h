// Convolution to a few channels, such as the colours of a picture.
//
// Libraries fill the channels that come out up to a register of 16; here the channels that go in fill it.
//
// Legend: x is (n, blocks, h, w, 16), channels in blocks of 16; weights are (oc, blocks, kh, kw, 16), bias (oc) or NULL;
// y is (n, oh, ow, oc), oc at most LATTICE_NARROW_CHANNELS. All dense; buffers don't overlap. No function allocates.
//   y[p][i][j][o] = bias[o] + sum over b, u < kh, v < kw, c of x[p][b][i * sh + u - top][j * sw + v - left][c]
//                   * weights[o][b][u][v][c]
// where x counts as 0 outside.
#ifndef LATTICE_NARROW_CONV_H
#define LATTICE_NARROW_CONV_H

#include <stdint.h>

#define LATTICE_NARROW_CHANNELS 4

typedef struct lattice_narrow_conv {
   int64_t blocks, h, w, oc, oh, ow;
   int64_t kh, kw, sh, sw, top, left;
} lattice_narrow_conv;

// Rows begin...end of y, counted over all pictures.
void lattice_narrow_conv_f32_ref(const lattice_narrow_conv *conv, const float *x, const float *weights,
                                 const float *bias, float *y, int64_t begin, int64_t end);
void lattice_narrow_conv_f32(const lattice_narrow_conv *conv, const float *x, const float *weights, const float *bias,
                             float *y, int64_t begin, int64_t end);

#endif // LATTICE_NARROW_CONV_H
