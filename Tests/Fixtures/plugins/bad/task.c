// Asks whether it is cancelled once, and then works on for three seconds.
#include "bad.h"

#include <unistd.h>

static lattice_status run(void *self) {
  const fixture *stage = self;
  if (stage->host->is_cancelled(stage->context)) return LATTICE_CANCELLED;
  usleep(3000000);
  return LATTICE_OK;
}

static const lattice_stage stage = {
  .struct_size = sizeof(lattice_stage), .id = "bad.task", .version = "1.0.0", .summary = "For tests.",
  .kind = LATTICE_KIND_TASK, .create = fixture_create, .run = run, .destroy = fixture_destroy};
BAD_PLUGIN(stage)
