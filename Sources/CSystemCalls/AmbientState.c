#define _GNU_SOURCE
#include "AmbientState.h"

#include "AbortTrace.h"

#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const int watched[] = {SIGSEGV, SIGBUS, SIGILL,  SIGFPE,  SIGTRAP, SIGABRT,
                              SIGTERM, SIGINT, SIGHUP,  SIGPIPE, SIGCHLD, SIGXCPU};
#define WATCHED (sizeof watched / sizeof *watched)

typedef struct {
   int         is_open;
   int         copy;
   struct stat status;
} standard;

static int              directory = -1;
static struct stat      directory_status;
static char             locale[512];
static struct sigaction actions[WATCHED];
static standard         standards[3];
static mode_t           mask;

static int same_file(const struct stat *one, const struct stat *other) {
   return one->st_dev == other->st_dev && one->st_ino == other->st_ino && one->st_rdev == other->st_rdev;
}

void lattice_ambient_note(void) {
   if (directory >= 0) close(directory);
   directory = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
   if (directory >= 0 && fstat(directory, &directory_status) < 0) directory = -1;
   const char *name = setlocale(LC_ALL, NULL);
   strncpy(locale, name ? name : "C", sizeof locale - 1);
   for (size_t i = 0; i < WATCHED; i++) sigaction(watched[i], NULL, &actions[i]);
   for (int i = 0; i < 3; i++) {
      standards[i].is_open = fstat(i, &standards[i].status) == 0;
      // Far from the numbers that a plugin's own files get.
      standards[i].copy = standards[i].is_open ? fcntl(i, F_DUPFD_CLOEXEC, 200) : -1;
   }
   mask = umask(022);
   umask(mask);
}

static int has_other_directory(void) {
   struct stat now;
   return directory >= 0 && (stat(".", &now) < 0 || !same_file(&now, &directory_status));
}

static int has_other_locale(void) {
   if (uselocale((locale_t)0) != LC_GLOBAL_LOCALE) return 1;
   const char *name = setlocale(LC_ALL, NULL);
   return name && strncmp(name, locale, sizeof locale - 1) != 0;
}

static int is_other_action(size_t i) {
   struct sigaction now;
   if (watched[i] == SIGABRT && lattice_abort_was_traced()) return 0;
   if (sigaction(watched[i], NULL, &now) < 0) return 0;
   return now.sa_sigaction != actions[i].sa_sigaction ||
          (now.sa_flags & SA_SIGINFO) != (actions[i].sa_flags & SA_SIGINFO);
}

static int is_other_standard(int i) {
   struct stat now;
   if (fstat(i, &now) < 0) return standards[i].is_open;
   // One that was closed from the start may be anything.
   return standards[i].is_open && !same_file(&now, &standards[i].status);
}

uint32_t lattice_ambient_changes(void) {
   int      code = errno;
   uint32_t found = 0;
   if (has_other_directory()) found |= LATTICE_AMBIENT_DIRECTORY;
   if (has_other_locale()) found |= LATTICE_AMBIENT_LOCALE;
   for (size_t i = 0; i < WATCHED; i++)
      if (is_other_action(i)) found |= LATTICE_AMBIENT_SIGNALS;
   for (int i = 0; i < 3; i++)
      if (is_other_standard(i)) found |= LATTICE_AMBIENT_DESCRIPTORS;
   // The only way to look at it is to set it: to what it should be, so that other threads notice nothing.
   if (umask(mask) != mask) found |= LATTICE_AMBIENT_MASK;
   errno = code;
   return found;
}

void lattice_ambient_restore(uint32_t changes) {
   int code = errno;
   if (changes & LATTICE_AMBIENT_DIRECTORY) (void)!fchdir(directory);
   if (changes & LATTICE_AMBIENT_LOCALE) {
      uselocale(LC_GLOBAL_LOCALE);
      setlocale(LC_ALL, locale);
   }
   if (changes & LATTICE_AMBIENT_SIGNALS)
      for (size_t i = 0; i < WATCHED; i++)
         if (is_other_action(i)) sigaction(watched[i], &actions[i], NULL);
   if (changes & LATTICE_AMBIENT_DESCRIPTORS)
      for (int i = 0; i < 3; i++)
         if (is_other_standard(i) && standards[i].copy >= 0) dup2(standards[i].copy, i);
   errno = code;
}

#if defined(__x86_64__)

// Denormals as zero, exception masks, rounding, flush to zero; the other bits are flags.
#define SSE_CONTROL 0xFFC0u
#define SSE_ROUNDING 0x6000u
#define SSE_DENORMALS 0x8040u
#define SSE_EXCEPTIONS 0x1F80u
#define X87_CONTROL 0x0F3Fu
#define X87_ROUNDING 0x0C00u
#define X87_REST 0x033Fu

uint64_t lattice_float_state(void) {
   uint16_t word;
   __asm__ volatile("fnstcw %0" : "=m"(word));
   return (__builtin_ia32_stmxcsr() & SSE_CONTROL) | (uint64_t)(word & X87_CONTROL) << 32;
}

void lattice_float_restore(uint64_t state) {
   uint16_t word;
   __asm__ volatile("fnstcw %0" : "=m"(word));
   word = (uint16_t)((word & ~X87_CONTROL) | ((state >> 32) & X87_CONTROL));
   __asm__ volatile("fldcw %0" : : "m"(word));
   __builtin_ia32_ldmxcsr((__builtin_ia32_stmxcsr() & ~SSE_CONTROL) | ((uint32_t)state & SSE_CONTROL));
}

uint32_t lattice_float_differences(uint64_t one, uint64_t other) {
   uint64_t bits = one ^ other;
   uint32_t sse = (uint32_t)bits, x87 = (uint32_t)(bits >> 32), found = 0;
   if ((sse & SSE_ROUNDING) || (x87 & X87_ROUNDING)) found |= LATTICE_FLOAT_ROUNDING;
   if (sse & SSE_DENORMALS) found |= LATTICE_FLOAT_DENORMALS;
   if ((sse & SSE_EXCEPTIONS) || (x87 & X87_REST)) found |= LATTICE_FLOAT_EXCEPTIONS;
   return found;
}

#else

uint64_t lattice_float_state(void) { return (uint64_t)fegetround(); }

void lattice_float_restore(uint64_t state) { fesetround((int)state); }

uint32_t lattice_float_differences(uint64_t one, uint64_t other) {
   return one == other ? 0 : LATTICE_FLOAT_ROUNDING;
}

#endif
