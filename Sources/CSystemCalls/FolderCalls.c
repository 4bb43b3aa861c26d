#define _GNU_SOURCE
#include "FolderCalls.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Opens one part after the other, and no link.
static int open_parts(int root, const char *path, int flags) {
   char        part[NAME_MAX + 1];
   int         folder = fcntl(root, F_DUPFD_CLOEXEC, 0);
   const char *rest = path;
   if (folder < 0) return -errno;
   while (1) {
      while (*rest == '/') rest++;
      size_t length = strcspn(rest, "/");
      if (length > NAME_MAX || (length == 2 && !strncmp(rest, "..", 2))) {
         close(folder);
         return length > NAME_MAX ? -ENAMETOOLONG : -EXDEV;
      }
      memcpy(part, length ? rest : ".", length ? length : 1);
      part[length ? length : 1] = 0;
      rest += length;
      int is_last = rest[strspn(rest, "/")] == 0;
      int next = openat(folder, part, (is_last ? flags : O_PATH | O_DIRECTORY) | O_NOFOLLOW | O_CLOEXEC, 0);
      int error = errno;
      close(folder);
      if (next < 0) return -error;
      if (is_last) return next;
      folder = next;
   }
}

int lattice_open_beneath(int root, const char *path, int flags, int follows) {
   if (path[0] == '/') return -EXDEV;
   struct open_how how = {.flags = (uint64_t)(flags | O_CLOEXEC)};
   how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | (follows ? 0 : RESOLVE_NO_SYMLINKS);
   long descriptor = -1;
   // EAGAIN: something was renamed on the way, and the kernel can't tell whether it left the folder.
   for (int tries = 0; tries < 1000; tries++) {
      descriptor = syscall(SYS_openat2, root, path[0] ? path : ".", &how, sizeof how);
      if (descriptor >= 0 || (errno != EINTR && errno != EAGAIN)) break;
   }
   if (descriptor >= 0) return (int)descriptor;
   // Older kernels lack the call, and some sandboxes forbid what they don't know.
   return errno == ENOSYS || errno == EPERM ? open_parts(root, path, flags) : -errno;
}

int lattice_rename_at(int from_folder, const char *from, int to_folder, const char *to, int replaces) {
   if (replaces) return renameat(from_folder, from, to_folder, to) == 0 ? 0 : -errno;
   if (renameat2(from_folder, from, to_folder, to, RENAME_NOREPLACE) == 0) return 0;
   if (errno != EINVAL && errno != ENOSYS) return -errno;
   if (linkat(from_folder, from, to_folder, to, 0) != 0) {
      // A network filesystem may report failure after the link was made: the link count tells.
      int         first = errno;
      struct stat status;
      if (fstatat(from_folder, from, &status, AT_SYMLINK_NOFOLLOW) != 0 || status.st_nlink != 2) return -first;
   }
   return unlinkat(from_folder, from, 0) == 0 ? 0 : -errno;
}

int64_t lattice_birth_nanoseconds(int descriptor) {
   struct statx found;
   if (statx(descriptor, "", AT_EMPTY_PATH, STATX_BTIME, &found) != 0 || !(found.stx_mask & STATX_BTIME)) return 0;
   return (int64_t)found.stx_btime.tv_sec * 1000000000 + found.stx_btime.tv_nsec;
}

int lattice_share_blocks(int from, int to) { return ioctl(to, FICLONE, from) == 0 ? 0 : -errno; }

static int64_t copy_by_hand(int from, int to) {
   char    buffer[1 << 16];
   int64_t total = 0;
   while (1) {
      ssize_t count = read(from, buffer, sizeof buffer);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return -errno;
      if (count == 0) return total;
      for (ssize_t done = 0; done < count;) {
         ssize_t put = write(to, buffer + done, (size_t)(count - done));
         if (put < 0 && errno == EINTR) continue;
         if (put < 0) return -errno;
         done += put;
      }
      total += count;
   }
}

int64_t lattice_copy_all(int from, int to) {
   int64_t total = 0;
   while (1) {
      ssize_t count = copy_file_range(from, NULL, to, NULL, 1 << 30, 0);
      if (count > 0) {
         total += count;
         continue;
      }
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP && errno != EPERM)
         return -errno;
      // At its end, or on a filesystem that can't or says 0 though there is more.
      int64_t rest = copy_by_hand(from, to);
      return rest < 0 ? rest : total + rest;
   }
}
