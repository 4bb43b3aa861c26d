#define _GNU_SOURCE
#include "FileCalls.h"
#include "FolderCalls.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

int lattice_rename_without_replacing(const char *from, const char *to) {
   return lattice_rename_at(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int64_t lattice_filesystem_type(const char *path) {
   struct statfs status;
   return statfs(path, &status) == 0 ? (int64_t)status.f_type : -errno;
}

int lattice_has_writer(int descriptor) {
   // Who opens the file for writing before the lease is given back breaks it; that signal is ignored unless asked for.
   if (fcntl(descriptor, F_SETSIG, SIGURG) != 0) return -errno;
   if (fcntl(descriptor, F_SETLEASE, F_RDLCK) != 0) return errno == EAGAIN ? 1 : -errno;
   return fcntl(descriptor, F_SETLEASE, F_UNLCK) == 0 ? 0 : -errno;
}

char **lattice_environment(void) { return environ; }

uint64_t lattice_word_load(const uint64_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }

void lattice_word_store(uint64_t *word, uint64_t value) { __atomic_store_n(word, value, __ATOMIC_RELEASE); }

uint64_t lattice_word_add(uint64_t *word, uint64_t value) {
   return __atomic_add_fetch(word, value, __ATOMIC_ACQ_REL);
}
