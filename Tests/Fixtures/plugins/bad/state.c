// Counts its items, saves the number, and forgets it when it is loaded.
#include "bad.h"

typedef struct {
  fixture base;
  long    items;
} counter;

static lattice_status create(const lattice_stage_config *config, void **self) {
  counter *stage = calloc(1, sizeof *stage);
  if (!stage) return LATTICE_NOMEM;
  stage->base.host = config->host;
  stage->base.context = config->context;
  *self = stage;
  return LATTICE_OK;
}

static lattice_status process(void *self, lattice_batch *batch) {
  counter *stage = self;
  stage->items += (long)stage->base.host->batch_size(batch);
  return LATTICE_OK;
}

static lattice_status save_state(void *self, const char *directory) {
  const counter *stage = self;
  char           path[4096];
  snprintf(path, sizeof path, "%s/count.txt", directory);
  FILE *file = fopen(path, "w");
  if (!file) return bad_fail(&stage->base, LATTICE_NOSPACE, "the count can't be written");
  fprintf(file, "%ld\n", stage->items);
  fclose(file);
  return LATTICE_OK;
}

static lattice_status load_state(void *self, const char *directory) {
  (void)self;
  (void)directory;
  return LATTICE_OK;
}

static const lattice_stage stage = {
  .struct_size = sizeof(lattice_stage), .flags = LATTICE_STAGE_REDUCES, .id = "bad.state", .version = "1.0.0",
  .summary = "For tests.", .inputs = fixture_ports, .n_inputs = 1, .kind = LATTICE_KIND_SINK, .create = create,
  .process = process, .save_state = save_state, .load_state = load_state, .destroy = fixture_destroy};
BAD_PLUGIN(stage)
