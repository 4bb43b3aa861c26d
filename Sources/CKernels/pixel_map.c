#include "lattice_pixel_map.h"

#include "lattice_dispatch.h"

LATTICE_INLINE void take(const lattice_pixel_map *map, const float *restrict x, float *restrict y, int64_t begin,
                         int64_t end, const int64_t block) {
   for (int64_t r = begin; r < end; ++r) {
      const int64_t row = map->rows[r % map->oh];
      const float  *in = x + (r / map->oh * map->h + (row < 0 ? 0 : row)) * map->w * block;
      float        *out = y + r * map->ow * block;
      for (int64_t j = 0; j < map->ow; ++j, out += block) {
         const int64_t column = map->columns[j];
         if (row < 0 || column < 0)
            for (int64_t c = 0; c < block; ++c) out[c] = 0;
         else
            for (int64_t c = 0; c < block; ++c) out[c] = in[column * block + c];
      }
   }
}

LATTICE_INLINE void give(const lattice_pixel_map *map, const float *restrict dy, float *restrict dx, int64_t begin,
                         int64_t end, const int64_t block) {
   const int64_t size = map->h * map->w * block;
   for (int64_t k = begin * size; k < end * size; ++k) dx[k] = 0;
   for (int64_t r = begin * map->oh; r < end * map->oh; ++r) {
      const int64_t row = map->rows[r % map->oh];
      if (row < 0) continue;
      float       *out = dx + (r / map->oh * map->h + row) * map->w * block;
      const float *in = dy + r * map->ow * block;
      for (int64_t j = 0; j < map->ow; ++j, in += block) {
         const int64_t column = map->columns[j];
         if (column < 0) continue;
         for (int64_t c = 0; c < block; ++c) out[column * block + c] += in[c];
      }
   }
}

LATTICE_KERNEL(void, lattice_map_pixels_f32,
   (const lattice_pixel_map *map, const float *x, float *y, int64_t begin, int64_t end), (map, x, y, begin, end)) {
   if (map->block == 16)
      take(map, x, y, begin, end, 16);
   else
      take(map, x, y, begin, end, map->block);
}

LATTICE_KERNEL(void, lattice_map_pixels_backward_f32,
   (const lattice_pixel_map *map, const float *dy, float *dx, int64_t begin, int64_t end), (map, dy, dx, begin, end)) {
   if (map->block == 16)
      give(map, dy, dx, begin, end, 16);
   else
      give(map, dy, dx, begin, end, map->block);
}
