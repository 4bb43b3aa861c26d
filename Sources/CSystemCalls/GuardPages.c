#define _GNU_SOURCE
#include "GuardPages.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PATTERN 0xA5
#define BLOCKS 4096

typedef struct {
   lattice_guarded block;
   char            name[96];
} entry;

// Changed under the lock; the signal handler reads it without.
static entry           entries[BLOCKS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static uint64_t page_size(void) { return (uint64_t)sysconf(_SC_PAGESIZE); }

static int enter(const lattice_guarded *block, const char *name) {
   int result = -1;
   pthread_mutex_lock(&lock);
   for (int i = 0; i < BLOCKS && result != 0; i++) {
      if (entries[i].block.base) continue;
      snprintf(entries[i].name, sizeof entries[i].name, "%s", name);
      entries[i].block = *block;
      result = 0;
   }
   pthread_mutex_unlock(&lock);
   return result;
}

int lattice_guarded_make(uint64_t bytes, uint64_t alignment, const char *name, lattice_guarded *out) {
   uint64_t page = page_size();
   if (alignment == 0 || alignment > page || bytes > UINT64_MAX / 4) return -EINVAL;
   uint64_t whole = (bytes + page - 1) / page * page + (bytes == 0 ? page : 0);
   uint64_t total = whole + 2 * page;
   char    *base = mmap(NULL, total, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
   if (base == MAP_FAILED) return -errno;
   if (mprotect(base + page, whole, PROT_READ | PROT_WRITE) != 0) {
      int code = -errno;
      munmap(base, total);
      return code;
   }
   uint64_t room = (bytes + alignment - 1) / alignment * alignment;
   char    *data = base + page + whole - room;
   memset(base + page, PATTERN, whole);
   memset(data, 0, bytes);
   *out = (lattice_guarded){.data = data, .bytes = bytes, .base = base, .total = total};
   if (enter(out, name) == 0) return 0;
   munmap(base, total);
   return -ENOMEM;
}

int lattice_guarded_seal(const lattice_guarded *block) {
   uint64_t page = page_size();
   return mprotect((char *)block->base + page, block->total - 2 * page, PROT_READ) == 0 ? 0 : -errno;
}

int lattice_guarded_damage(const lattice_guarded *block) {
   uint64_t             page = page_size();
   const unsigned char *start = (const unsigned char *)block->base + page;
   const unsigned char *end = (const unsigned char *)block->base + block->total - page;
   const unsigned char *data = block->data;
   for (const unsigned char *p = start; p < data; p++) {
      if (*p != PATTERN) return -1;
   }
   for (const unsigned char *p = data + block->bytes; p < end; p++) {
      if (*p != PATTERN) return 1;
   }
   return 0;
}

void lattice_guarded_free(lattice_guarded *block) {
   pthread_mutex_lock(&lock);
   for (int i = 0; i < BLOCKS; i++) {
      if (entries[i].block.base == block->base) entries[i].block.base = NULL;
   }
   pthread_mutex_unlock(&lock);
   munmap(block->base, block->total);
   *block = (lattice_guarded){0};
}

void lattice_guarded_explain(const void *where, int is_write) {
   const char *address = where;
   for (int i = 0; i < BLOCKS; i++) {
      const lattice_guarded *block = &entries[i].block;
      const char            *base = block->base;
      if (!base || address < base || address >= base + block->total) continue;
      const char *data = block->data;
      const char *verb = is_write ? "wrote" : "read";
      char        line[256];
      int         length;
      if (address >= data + block->bytes) {
         length = snprintf(line, sizeof line, "guard: %s byte %lld of %s, which has %lld bytes\n", verb,
                           (long long)(address - data), entries[i].name, (long long)block->bytes);
      } else if (address < data) {
         length = snprintf(line, sizeof line, "guard: %s %lld bytes before the start of %s\n", verb,
                           (long long)(data - address), entries[i].name);
      } else {
         length = snprintf(line, sizeof line, "guard: %s to %s, which is read-only\n", verb, entries[i].name);
      }
      if (length >= (int)sizeof line) length = sizeof line - 1;
      if (length > 0) (void)!write(STDERR_FILENO, line, (size_t)length);
      return;
   }
}
