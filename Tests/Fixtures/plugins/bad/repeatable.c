// Declares itself deterministic, and counts its items.
#include "bad.h"

static int counter;

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  char           note[40];
  snprintf(note, sizeof note, "{\"count\":%d}", ++counter);
  stage->host->item_set_metadata(batch, 0, note);
  return fixture_copy(stage, batch);
}

static const lattice_stage stage = {
  .struct_size = sizeof(lattice_stage), .flags = LATTICE_STAGE_DETERMINISTIC, .id = "bad.repeatable",
  .version = "1.0.0", .summary = "For tests.", .inputs = fixture_ports, .n_inputs = 1, .outputs = fixture_ports,
  .n_outputs = 1, .kind = LATTICE_KIND_MAP, .create = fixture_create, .process = process,
  .destroy = fixture_destroy};
BAD_PLUGIN(stage)
