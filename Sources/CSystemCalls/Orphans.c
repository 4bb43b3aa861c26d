#define _GNU_SOURCE
#include "ProcessCalls.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// The parent of a process, or 0 when it is gone.
static pid_t parent_of(const char *pid) {
   char path[64], text[1024];
   snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
   int descriptor = open(path, O_RDONLY | O_CLOEXEC);
   if (descriptor < 0) return 0;
   ssize_t count = read(descriptor, text, sizeof text - 1);
   close(descriptor);
   if (count <= 0) return 0;
   text[count] = 0;
   // The name is in parentheses and may hold anything, so fields are counted from the last one.
   const char *end = strrchr(text, ')');
   int         parent = 0;
   return end && sscanf(end + 1, " %*c %d", &parent) == 1 ? parent : 0;
}

// Asks every process of the system for its parent.
static void each_child_of_all(void (*body)(pid_t child)) {
   DIR *folder = opendir("/proc");
   if (!folder) return;
   pid_t          own = getpid();
   struct dirent *entry;
   while ((entry = readdir(folder)))
      if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && parent_of(entry->d_name) == own)
         body(atoi(entry->d_name));
   closedir(folder);
}

// Calls `body` with each child of this process, whichever of its threads has it.
static void each_child(void (*body)(pid_t child)) {
   DIR           *threads = opendir("/proc/self/task");
   struct dirent *entry;
   char           path[64];
   int            child;
   if (!threads) return each_child_of_all(body);
   while ((entry = readdir(threads))) {
      if (entry->d_name[0] == '.') continue;
      snprintf(path, sizeof path, "/proc/self/task/%.20s/children", entry->d_name);
      FILE *list = fopen(path, "re");
      if (!list) {
         // The thread has ended, or the kernel was built without such lists.
         snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
         if (access(path, F_OK) == 0) continue;
         closedir(threads);
         return each_child_of_all(body);
      }
      while (list && fscanf(list, "%d", &child) == 1) body(child);
      if (list) fclose(list);
   }
   closedir(threads);
}

int lattice_adopt_orphans(void) {
   if (lattice_adopts_orphans()) return 0;
   // A shell that has become this process may have left it some of its own.
   each_child(lattice_note_child);
   return prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 ? -errno : 0;
}

int lattice_adopts_orphans(void) {
   int adopts = 0;
   return prctl(PR_GET_CHILD_SUBREAPER, &adopts) == 0 && adopts;
}

// Whether a process was started by a worker: the first process of a system also gets the orphans of others.
static int is_workers(pid_t pid) {
   char path[64], text[1 << 15];
   snprintf(path, sizeof path, "/proc/%d/environ", (int)pid);
   int descriptor = open(path, O_RDONLY | O_CLOEXEC);
   if (descriptor < 0) return 0;
   ssize_t count = read(descriptor, text, sizeof text);
   close(descriptor);
   return count > 0 && memmem(text, (size_t)count, "LATTICE_JOB=", 12) != NULL;
}

static _Thread_local int found;

static void end(pid_t pid) {
   if (lattice_is_noted_child(pid)) return;
   if (getpid() != 1 || is_workers(pid)) {
      found++;
      kill(pid, SIGKILL);
   }
   waitpid(pid, NULL, WNOHANG);
}

int lattice_end_orphans(void) {
   found = 0;
   each_child(end);
   // The list can lack some while others end; asking all is slow but sure.
   if (found == 0) each_child_of_all(end);
   return found;
}
