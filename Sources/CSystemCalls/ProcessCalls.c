#define _GNU_SOURCE
#include "ProcessCalls.h"

#include <errno.h>
#include <malloc.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

static int file_actions(posix_spawn_file_actions_t *actions, int input, int output, int lifeline) {
   int error = posix_spawn_file_actions_adddup2(actions, lifeline, 3);
   if (!error) error = posix_spawn_file_actions_adddup2(actions, input, 0);
   if (!error) error = posix_spawn_file_actions_adddup2(actions, output, 1);
   if (!error) error = posix_spawn_file_actions_adddup2(actions, output, 2);
   if (!error) error = posix_spawn_file_actions_addclosefrom_np(actions, 4);
   return error;
}

static int attributes(posix_spawnattr_t *attributes) {
   sigset_t none, all;
   sigemptyset(&none);
   sigfillset(&all);
   int error = posix_spawnattr_setflags(
      attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
   if (!error) error = posix_spawnattr_setsigmask(attributes, &none);
   if (!error) error = posix_spawnattr_setsigdefault(attributes, &all);
   return error;
}

// The descriptors must not be 0 to 3 themselves: a dup2 would overwrite one that is still needed.
static int above_standard(int descriptor) { return fcntl(descriptor, F_DUPFD_CLOEXEC, 4); }

pid_t lattice_spawn(const char *path, char *const arguments[], char *const environment[], int input,
                    int output, int lifeline) {
   posix_spawn_file_actions_t actions;
   posix_spawnattr_t attribute;
   pid_t pid = 0;
   int copies[3] = {above_standard(input), above_standard(output), above_standard(lifeline)};
   int error = copies[0] < 0 || copies[1] < 0 || copies[2] < 0 ? errno : 0;
   if (!error) {
      posix_spawn_file_actions_init(&actions);
      posix_spawnattr_init(&attribute);
      error = file_actions(&actions, copies[0], copies[1], copies[2]);
      if (!error) error = attributes(&attribute);
      if (!error) error = posix_spawn(&pid, path, &actions, &attribute, arguments, environment);
      if (!error) lattice_note_child(pid);
      posix_spawnattr_destroy(&attribute);
      posix_spawn_file_actions_destroy(&actions);
   }
   for (int i = 0; i < 3; i++)
      if (copies[i] >= 0) close(copies[i]);
   return error ? -error : pid;
}

void lattice_ignore_broken_pipes(void) { signal(SIGPIPE, SIG_IGN); }

int lattice_pidfd_open(pid_t pid) {
   long descriptor = syscall(SYS_pidfd_open, pid, 0);
   return descriptor < 0 ? -errno : (int)descriptor;
}

int lattice_pidfd_send_signal(int pidfd, int signal) {
   return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}

int lattice_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC) < 0 ? -errno : 0; }

int lattice_stop_signals(void) {
   sigset_t signals;
   sigemptyset(&signals);
   sigaddset(&signals, SIGTERM);
   sigaddset(&signals, SIGINT);
   sigaddset(&signals, SIGHUP);
   if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0) return -errno;
   int descriptor = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
   return descriptor < 0 ? -errno : descriptor;
}

int lattice_next_signal(int descriptor) {
   struct signalfd_siginfo information;
   ssize_t count = read(descriptor, &information, sizeof information);
   return count == sizeof information ? (int)information.ssi_signo : 0;
}

int lattice_tie_to_parent(pid_t parent, uint64_t cpu_seconds) {
   if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) return -errno;
   // The parent may have died before the call above.
   if (getppid() != parent) return -ESRCH;
   // A soft limit says what it was, SIGXCPU; the hard one can't be caught.
   struct rlimit limit = {.rlim_cur = cpu_seconds, .rlim_max = cpu_seconds + 1};
   return setrlimit(RLIMIT_CPU, &limit) < 0 ? -errno : 0;
}

int64_t lattice_heap_bytes(void) {
   struct mallinfo2 info = mallinfo2();
   return (int64_t)(info.uordblks + info.hblkhd);
}
