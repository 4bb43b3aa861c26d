#define _GNU_SOURCE
#include "FileCalls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

int lattice_rename_without_replacing(const char *from, const char *to) {
   if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
   if (errno != EINVAL && errno != ENOSYS) return -errno;
   if (link(from, to) != 0) {
      // A network filesystem may report failure after the link was made: the link count tells.
      int first = errno;
      struct stat status;
      if (stat(from, &status) != 0 || status.st_nlink != 2) return -first;
   }
   return unlink(from) == 0 ? 0 : -errno;
}

int64_t lattice_filesystem_type(const char *path) {
   struct statfs status;
   return statfs(path, &status) == 0 ? (int64_t)status.f_type : -errno;
}

char **lattice_environment(void) { return environ; }

uint64_t lattice_word_load(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }

void lattice_word_store(uint64_t *word, uint64_t value) { __atomic_store_n(word, value, __ATOMIC_RELEASE); }

uint64_t lattice_word_add(uint64_t *word, uint64_t value) {
   return __atomic_add_fetch(word, value, __ATOMIC_ACQ_REL);
}
