// Memory between inaccessible pages, and a sentence about whoever touches them.
#ifndef LATTICE_GUARD_PAGES_H
#define LATTICE_GUARD_PAGES_H

#include <stdint.h>

// A block of memory that ends within `alignment` bytes of a page that can't be touched, and starts after another.
// What lies between it and those pages is filled with a pattern.
typedef struct lattice_guarded {
   void    *data;  // The block.
   uint64_t bytes; // Of the block.
   void    *base;  // Start of the mapping, an inaccessible page.
   uint64_t total; // Bytes of the mapping.
} lattice_guarded;

// Makes a block of `bytes` zeroes at a multiple of `alignment`, a power of two up to a page. `name` is copied; it
// says what the block is. Returns 0 or a negated errno, -ENOMEM when there are 4096 blocks already.
int lattice_guarded_make(uint64_t bytes, uint64_t alignment, const char *name, lattice_guarded *out);

// Forbids writing to the block from now on. Returns 0 or a negated errno.
int lattice_guarded_seal(const lattice_guarded *block);

// Looks at the pattern around the block: 0 when it is whole, -1 when something before the block was written,
// 1 when something after it was.
int lattice_guarded_damage(const lattice_guarded *block);

// Gives the block back.
void lattice_guarded_free(lattice_guarded *block);

// Writes a sentence to standard error if `address`, where a fault was, lies in a guarded mapping: "guard: wrote to NAME,
// which is read-only" or "guard: read byte 840 of NAME, which has 840 bytes". For signal handlers.
void lattice_guarded_explain(const void *address, int is_write);

#endif // LATTICE_GUARD_PAGES_H
