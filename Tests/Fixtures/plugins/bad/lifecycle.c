// Opens a file for each use, and never closes it; with -DCHILDREN it leaves a process instead.
#include "bad.h"

#include <fcntl.h>
#include <unistd.h>

static lattice_status create(const lattice_stage_config *config, void **self) {
#ifdef CHILDREN
  // Its child's child, in a session of its own.
  if (fork() == 0) {
    if (setsid() > 0 && fork() == 0) sleep(100);
    _exit(0);
  }
  return fixture_create(config, self);
#endif
  if (open("/dev/null", O_RDONLY) < 0) return LATTICE_INTERNAL;
  return fixture_create(config, self);
}

static lattice_status process(void *self, lattice_batch *batch) { return fixture_copy(self, batch); }

static const lattice_stage stage = {
  .struct_size = sizeof(lattice_stage), .id = "bad.lifecycle", .version = "1.0.0", .summary = "For tests.",
  .inputs = fixture_ports, .n_inputs = 1, .outputs = fixture_ports, .n_outputs = 1, .kind = LATTICE_KIND_MAP,
  .create = create, .process = process, .destroy = fixture_destroy};
BAD_PLUGIN(stage)
