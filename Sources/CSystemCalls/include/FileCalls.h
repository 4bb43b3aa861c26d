// Calls about files that Swift's Glibc module lacks. A result below 0 is a negated errno.
#ifndef LATTICE_FILE_CALLS_H
#define LATTICE_FILE_CALLS_H

#include <stdint.h>

// Renames without replacing: -EEXIST when `to` is there. Falls back to link and unlink where the filesystem
// lacks RENAME_NOREPLACE. Returns 0.
int lattice_rename_without_replacing(const char *from, const char *to);

// The `f_type` of the filesystem that holds `path`, or a negated errno.
int64_t lattice_filesystem_type(const char *path);

// Whether any process has the file open for writing; `descriptor` is open for reading only. 1 or 0, or a negated errno where
// the kernel doesn't tell this process: the file is somebody else's, or its filesystem has no leases.
int lattice_has_writer(int descriptor);

// The environment of this process, ended by NULL.
char **lattice_environment(void);

// Aligned 64-bit words of shared memory, read and written whole by several processes.
uint64_t lattice_word_load(const uint64_t *word);
void lattice_word_store(uint64_t *word, uint64_t value);
uint64_t lattice_word_add(uint64_t *word, uint64_t value);

#endif
