// Counts on a model being there.
#include "bad.h"

static lattice_status open_model(void *self) {
  const fixture *stage = self;
  const char    *path = stage->host->model_path(stage->context, "weights", NULL);
  volatile char  first = path[0];
  return first == '/' ? bad_fail(stage, LATTICE_NOTFOUND, "there is no model there") : LATTICE_OK;
}

static lattice_status process(void *self, lattice_batch *batch) { return fixture_copy(self, batch); }

static const char *const slots[] = {"weights"};
static const lattice_stage stage = {
  .struct_size = sizeof(lattice_stage), .id = "bad.model", .version = "1.0.0", .summary = "For tests.",
  .inputs = fixture_ports, .n_inputs = 1, .outputs = fixture_ports, .n_outputs = 1, .model_slots = slots,
  .n_model_slots = 1, .kind = LATTICE_KIND_MAP, .create = fixture_create, .open = open_model, .process = process,
  .destroy = fixture_destroy};
BAD_PLUGIN(stage)
