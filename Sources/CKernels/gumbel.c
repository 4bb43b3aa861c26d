#include "lattice_gumbel.h"

#include "vector_math.h"

// Blocks of four numbers that are made together; the compiler turns loops over them into vectors.
#define BLOCKS 16

// uniforms[i][b] is number i of block first + b.
LATTICE_INLINE void uniforms_of(float uniforms[4][BLOCKS], uint64_t first, uint64_t seed, uint64_t stream) {
   uint32_t a[BLOCKS], b[BLOCKS], c[BLOCKS], d[BLOCKS];
   for (int i = 0; i < BLOCKS; ++i) {
      a[i] = (uint32_t)(first + (uint64_t)i);
      b[i] = (uint32_t)((first + (uint64_t)i) >> 32);
      c[i] = (uint32_t)stream;
      d[i] = (uint32_t)(stream >> 32);
   }
   uint32_t low = (uint32_t)seed, high = (uint32_t)(seed >> 32);
   for (int round = 0; round < 10; ++round, low += 0x9E3779B9u, high += 0xBB67AE85u)
      for (int i = 0; i < BLOCKS; ++i) {
         const uint64_t one = (uint64_t)0xD2511F53u * a[i], two = (uint64_t)0xCD9E8D57u * c[i];
         a[i] = (uint32_t)(two >> 32) ^ b[i] ^ low;
         c[i] = (uint32_t)(one >> 32) ^ d[i] ^ high;
         b[i] = (uint32_t)two;
         d[i] = (uint32_t)one;
      }
   for (int i = 0; i < BLOCKS; ++i) {
      uniforms[0][i] = ((float)(int32_t)(a[i] >> 9) + 0.5f) * 0x1p-23f;
      uniforms[1][i] = ((float)(int32_t)(b[i] >> 9) + 0.5f) * 0x1p-23f;
      uniforms[2][i] = ((float)(int32_t)(c[i] >> 9) + 0.5f) * 0x1p-23f;
      uniforms[3][i] = ((float)(int32_t)(d[i] >> 9) + 0.5f) * 0x1p-23f;
   }
}

LATTICE_KERNEL(int64_t, lattice_gumbel_max_f32,
   (const float *x, float inverse_temperature, uint64_t seed, uint64_t stream, int64_t cols),
   (x, inverse_temperature, seed, stream, cols)) {
   float   lanes[4][BLOCKS], uniforms[4][BLOCKS];
   int32_t firsts[4][BLOCKS];
   for (int n = 0; n < 4; ++n)
      for (int i = 0; i < BLOCKS; ++i) {
         lanes[n][i] = -__builtin_inff();
         firsts[n][i] = 0;
      }
   int64_t c = 0;
   for (; c < cols; c += 4 * BLOCKS) {
      uniforms_of(uniforms, (uint64_t)c / 4, seed, stream);
      const int64_t left = cols - c;
      for (int n = 0; n < 4; ++n)
         for (int i = 0; i < BLOCKS; ++i) {
            const int64_t at = 4 * i + n < left ? c + 4 * i + n : c;
            const float   noise = -log_of(-log_of(uniforms[n][i]));
            const float   score = 4 * i + n < left ? x[at] * inverse_temperature + noise : -__builtin_inff();
            const int     better = score > lanes[n][i];
            lanes[n][i] = better ? score : lanes[n][i];
            firsts[n][i] = better ? (int32_t)at : firsts[n][i];
         }
   }
   float   most = lanes[0][0];
   int64_t best = firsts[0][0];
   for (int i = 0; i < BLOCKS; ++i)
      for (int n = 0; n < 4; ++n)
         if (lanes[n][i] > most || (lanes[n][i] == most && firsts[n][i] < best)) {
            most = lanes[n][i];
            best = firsts[n][i];
         }
   return best;
}
