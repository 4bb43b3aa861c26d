// Puts nothing out when its optional input is missing, and says that all is well.
#include "bad.h"

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  return stage->host->input(batch, "mask") ? fixture_copy(stage, batch) : LATTICE_OK;
}

static const lattice_port mask = {
  .struct_size = sizeof(lattice_port), .flags = LATTICE_PORT_OPTIONAL, .name = "mask", .doc = "Where to look.",
  .dtypes = fixture_types, .n_dtypes = 1, .ndim = 4, .dims = fixture_sizes, .dim_names = fixture_names};
static const lattice_port *const inputs[] = {&fixture_image, &mask};

static const lattice_stage stage = {
  .struct_size = sizeof(lattice_stage), .id = "bad.outputs", .version = "1.0.0", .summary = "For tests.",
  .inputs = inputs, .n_inputs = 2, .outputs = fixture_ports, .n_outputs = 1, .kind = LATTICE_KIND_MAP,
  .create = fixture_create, .process = process, .destroy = fixture_destroy};
BAD_PLUGIN(stage)
