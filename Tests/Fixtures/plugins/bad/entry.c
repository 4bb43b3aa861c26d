// Opens a file when it is loaded, and keeps it.
#include "bad.h"

#include <fcntl.h>

static lattice_status process(void *self, lattice_batch *batch) { return fixture_copy(self, batch); }

static const lattice_stage stage = FIXTURE_STAGE("bad.entry", NULL, process);
static const lattice_stage *const stages[] = {&stage};
static const lattice_stage_module module = FIXTURE_MODULE("org.lattice.bad", stages);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return open("/dev/null", O_RDONLY) < 0 ? NULL : &module;
}
