// Changes what all stages share while it processes: the rounding mode, or what -DCHANGES says; with -DLOADING when it is
// loaded.
#define _GNU_SOURCE
#include "bad.h"

#include <fenv.h>
#include <locale.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROUNDING 1
#define DIRECTORY 2
#define MASK 3
#define LOCALE 4
#define SIGNALS 5
#define DESCRIPTORS 6
#ifndef CHANGES
#define CHANGES ROUNDING
#endif

static int change(void) {
  switch (CHANGES) {
  case ROUNDING: return fesetround(FE_UPWARD);
  case DIRECTORY: return chdir("/");
  case MASK: return umask(0777) == 0777;
  case LOCALE: return setlocale(LC_ALL, "C.UTF-8") == NULL;
  case SIGNALS: return signal(SIGSEGV, SIG_IGN) == SIG_ERR;
  default: return close(1);
  }
}

#ifdef LOADING
__attribute__((constructor)) static void loading(void) { (void)change(); }
static lattice_status process(void *self, lattice_batch *batch) { return fixture_copy(self, batch); }
#else
static lattice_status process(void *self, lattice_batch *batch) {
  return change() == 0 ? fixture_copy(self, batch) : LATTICE_INTERNAL;
}
#endif

static const lattice_stage stage = FIXTURE_STAGE("bad.ambient", NULL, process);
BAD_PLUGIN(stage)
