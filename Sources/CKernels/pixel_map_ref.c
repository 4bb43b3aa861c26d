#include "lattice_pixel_map.h"

void lattice_map_pixels_f32_ref(const lattice_pixel_map *map, const float *x, float *y, int64_t begin, int64_t end) {
   for (int64_t r = begin; r < end; ++r)
      for (int64_t j = 0; j < map->ow; ++j)
         for (int64_t c = 0; c < map->block; ++c) {
            const int64_t row = map->rows[r % map->oh], column = map->columns[j];
            const int64_t from = ((r / map->oh * map->h + row) * map->w + column) * map->block + c;
            y[(r * map->ow + j) * map->block + c] = row < 0 || column < 0 ? 0 : x[from];
         }
}

void lattice_map_pixels_backward_f32_ref(const lattice_pixel_map *map, const float *dy, float *dx, int64_t begin,
                                         int64_t end) {
   const int64_t size = map->h * map->w * map->block;
   for (int64_t k = begin * size; k < end * size; ++k) dx[k] = 0;
   for (int64_t r = begin * map->oh; r < end * map->oh; ++r)
      for (int64_t j = 0; j < map->ow; ++j)
         for (int64_t c = 0; c < map->block; ++c) {
            const int64_t row = map->rows[r % map->oh], column = map->columns[j];
            if (row < 0 || column < 0) continue;
            dx[((r / map->oh * map->h + row) * map->w + column) * map->block + c] +=
               dy[(r * map->ow + j) * map->block + c];
         }
}
