// Pixels that are taken from elsewhere: cropping, padding, flipping, nearest-neighbour resizing.
//
// Legend: planes (h, w, block) go in, planes (oh, ow, block) come out, dense, one behind the other. `rows` (oh) and
// `columns` (ow) say where a pixel is taken from; one of them being -1 means 0.
//   y[i][j][c] = x[rows[i]][columns[j]][c]
// Buffers don't overlap. No function allocates.
#ifndef LATTICE_PIXEL_MAP_H
#define LATTICE_PIXEL_MAP_H

#include <stdint.h>

typedef struct lattice_pixel_map {
   const int32_t *rows, *columns;
   int64_t        h, w, block, oh, ow;
} lattice_pixel_map;

// Output rows begin...end, counted over all planes.
void lattice_map_pixels_f32_ref(const lattice_pixel_map *map, const float *x, float *y, int64_t begin, int64_t end);
void lattice_map_pixels_f32(const lattice_pixel_map *map, const float *x, float *y, int64_t begin, int64_t end);

// dx of planes begin...end: each pixel gets the sum over those that were taken from it.
void lattice_map_pixels_backward_f32_ref(const lattice_pixel_map *map, const float *dy, float *dx, int64_t begin,
                                         int64_t end);
void lattice_map_pixels_backward_f32(const lattice_pixel_map *map, const float *dy, float *dx, int64_t begin,
                                     int64_t end);

#endif // LATTICE_PIXEL_MAP_H
