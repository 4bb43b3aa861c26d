// Declares itself parallel, and is not.
#include "bad.h"

#include <stdatomic.h>
#include <unistd.h>

static atomic_int calls;

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  int            others = atomic_fetch_add(&calls, 1);
  usleep(5000);
  atomic_fetch_sub(&calls, 1);
  if (others > 0) return bad_fail(stage, LATTICE_INTERNAL, "two calls at once");
  return fixture_copy(stage, batch);
}

static const lattice_stage stage = {
  .struct_size = sizeof(lattice_stage), .flags = LATTICE_STAGE_PARALLEL, .id = "bad.parallel", .version = "1.0.0",
  .summary = "For tests.", .inputs = fixture_ports, .n_inputs = 1, .outputs = fixture_ports, .n_outputs = 1,
  .kind = LATTICE_KIND_MAP, .create = fixture_create, .process = process, .destroy = fixture_destroy};
BAD_PLUGIN(stage)
