#ifndef LATTICE_SHA256_BLOCKS_H
#define LATTICE_SHA256_BLOCKS_H

#include <stdint.h>

// Takes `count` blocks of 64 bytes into `state`, 8 words. Source: FIPS 180-4, sections 4.1.2 and 6.2.2.
// In C, so that it is optimised in debug builds too: plugins are digested whenever they are first met.
void lattice_sha256_compress(uint32_t *state, const void *blocks, int64_t count);

#endif
