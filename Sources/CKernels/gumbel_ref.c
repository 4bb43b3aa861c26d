#include "lattice_gumbel.h"

#include <math.h>

// Ten rounds of Philox over one counter; `words` becomes the four random numbers.
static void philox(uint32_t words[4], uint32_t low, uint32_t high) {
   for (int round = 0; round < 10; ++round, low += 0x9E3779B9u, high += 0xBB67AE85u) {
      const uint64_t first = (uint64_t)0xD2511F53u * words[0], second = (uint64_t)0xCD9E8D57u * words[2];
      const uint32_t one = words[1], three = words[3];
      words[0] = (uint32_t)(second >> 32) ^ one ^ low;
      words[1] = (uint32_t)second;
      words[2] = (uint32_t)(first >> 32) ^ three ^ high;
      words[3] = (uint32_t)first;
   }
}

int64_t lattice_gumbel_max_f32_ref(const float *x, float inverse_temperature, uint64_t seed, uint64_t stream,
                                   int64_t cols) {
   int64_t best = 0;
   double  most = -INFINITY;
   for (int64_t c = 0; c < cols; ++c) {
      const uint64_t block = (uint64_t)c / 4;
      uint32_t       words[4] = {(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)stream, (uint32_t)(stream >> 32)};
      philox(words, (uint32_t)seed, (uint32_t)(seed >> 32));
      const double uniform = ((words[c % 4] >> 9) + 0.5) / 8388608.0;
      const double score = (double)x[c] * inverse_temperature - log(-log(uniform));
      if (score > most) {
         most = score;
         best = c;
      }
   }
   return best;
}
