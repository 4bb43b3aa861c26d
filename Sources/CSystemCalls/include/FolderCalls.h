// Calls that take a folder by its descriptor, so that nobody can put another in its place. A result below 0 is a
// negated errno.
#ifndef LATTICE_FOLDER_CALLS_H
#define LATTICE_FOLDER_CALLS_H

#include <stdint.h>

// Opens `path`, which is relative to the folder `root`, and never anything outside of `root`; close-on-exec is added.
//
// `follows` allows symbolic links on the way that stay inside; else, and on a kernel without openat2, a link is refused
// with -ELOOP (or -ENOTDIR in the middle of the path). What would leave the folder is refused with -EXDEV.
int lattice_open_beneath(int root, const char *path, int flags, int follows);

// Renames from one folder to another. Unless `replaces`, a name that is taken gives -EEXIST. Returns 0.
int lattice_rename_at(int from_folder, const char *from, int to_folder, const char *to, int replaces);

// When the file of a descriptor came into being, in nanoseconds since 1970; 0 where the filesystem doesn't say.
int64_t lattice_birth_nanoseconds(int descriptor);

// Makes `to`, which is empty, share all blocks of `from` until one of them is written to. Returns 0, or a negated errno
// where the filesystem can't.
int lattice_share_blocks(int from, int to);

// Copies all of `from` behind what is in `to`, without the bytes passing through this process where the system can.
// Returns the number of bytes.
int64_t lattice_copy_all(int from, int to);

#endif
