// Convolution of each channel by itself.
//
// Legend: planes (h, w, block) go in, planes (oh, ow, block) come out, dense; plane p holds the p % groups-th block of a
// picture's channels. weights is (groups, kh, kw, block): one window for each channel of a picture.
//   y[p][i][j][c] = sum over u < kh, v < kw of weights[p % groups][u][v][c] * x[p][i * sh + u - top][j * sw + v - left][c]
// where x counts as 0 outside. Buffers don't overlap. No function allocates.
#ifndef LATTICE_DEPTHWISE_H
#define LATTICE_DEPTHWISE_H

#include <stdint.h>

typedef struct lattice_depthwise {
   int64_t groups, h, w, block, oh, ow;
   int64_t kh, kw, sh, sw, top, left;
} lattice_depthwise;

// Rows begin...end of y, counted over all planes.
void lattice_depthwise_f32_ref(const lattice_depthwise *conv, const float *x, const float *weights, float *y,
                               int64_t begin, int64_t end);
void lattice_depthwise_f32(const lattice_depthwise *conv, const float *x, const float *weights, float *y, int64_t begin,
                           int64_t end);

// dx of planes begin...end.
void lattice_depthwise_backward_f32_ref(const lattice_depthwise *conv, const float *dy, const float *weights, float *dx,
                                        int64_t begin, int64_t end);
void lattice_depthwise_backward_f32(const lattice_depthwise *conv, const float *dy, const float *weights, float *dx,
                                    int64_t begin, int64_t end);

// What plane `plane` adds to the gradient of its block's weights, (kh, kw, block).
void lattice_depthwise_weights_f32_ref(const lattice_depthwise *conv, const float *x, const float *dy, float *dweights,
                                       int64_t plane);
void lattice_depthwise_weights_f32(const lattice_depthwise *conv, const float *x, const float *dy, float *dweights,
                                   int64_t plane);

#endif // LATTICE_DEPTHWISE_H
