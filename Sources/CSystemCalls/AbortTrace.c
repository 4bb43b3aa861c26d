#define _GNU_SOURCE
#include "AbortTrace.h"

#include "CrashWatch.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FRAMES 64

static struct sigaction      previous;
static volatile sig_atomic_t traced;

int lattice_abort_was_traced(void) { return traced; }

static void write_frame(int number, void *address) {
   char        line[512];
   const char *library = "?", *slash;
   Dl_info     info;
   int         length;
   int         is_known = dladdr(address, &info) != 0 && info.dli_fname != NULL;
   if (is_known) library = (slash = strrchr(info.dli_fname, '/')) != NULL ? slash + 1 : info.dli_fname;
   if (is_known && info.dli_sname != NULL)
      length = snprintf(line, sizeof line, "%d 0x%016lx %s + %ld in %s\n", number, (unsigned long)address,
                        info.dli_sname, (long)((char *)address - (char *)info.dli_saddr), library);
   else if (is_known)
      length = snprintf(line, sizeof line, "%d 0x%016lx %s+0x%lx in %s\n", number, (unsigned long)address, library,
                        (unsigned long)((char *)address - (char *)info.dli_fbase), library);
   else
      length = snprintf(line, sizeof line, "%d 0x%016lx ? in ?\n", number, (unsigned long)address);
   if (length >= (int)sizeof line) length = sizeof line - 1;
   if (length > 0 && write(STDERR_FILENO, line, (size_t)length) < 0) return;
}

static void on_abort(int signal, siginfo_t *info, void *context) {
   (void)context;
   // Whoever ends a worker that hangs sends this signal too: that is no thread's doing.
   if (info->si_pid == getpid()) lattice_crash_note();
   void *frames[FRAMES];
   int   count = backtrace(frames, FRAMES);
   static const char head[] = "*** Signal 6: abort was called, its stack:\n";
   if (write(STDERR_FILENO, head, sizeof head - 1) < 0) return;
   // The first two are this function and the signal's own frame.
   for (int i = 2; i < count; i++) write_frame(i - 2, frames[i]);
   // Raised again while it is blocked: it arrives where it went before, once this returns.
   traced = 1;
   sigaction(SIGABRT, &previous, NULL);
   raise(signal);
}

void lattice_trace_aborts(void) {
   void            *frames[4];
   struct sigaction action = {.sa_sigaction = on_abort, .sa_flags = SA_SIGINFO | SA_ONSTACK};
   backtrace(frames, 4); // Loads the unwinder now: there may be no memory for it later.
   sigemptyset(&action.sa_mask);
   sigaction(SIGABRT, &action, &previous);
}
