// Fails the job when the file of one item is not there.
#include "bad.h"

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  uint64_t       count = stage->host->batch_size(batch);
  int64_t        shape[4] = {(int64_t)count, 1, 1, 1};
  DLTensor       out;
  for (uint64_t item = 0; item < count; item++) {
    FILE *file = fopen(stage->host->item_path(batch, item), "rb");
    if (!file) return bad_fail(stage, LATTICE_CONFIG, "a file is not there");
    fclose(file);
  }
  return stage->host->output_alloc(batch, "image", fixture_types[0], 4, shape, &out);
}

static const int64_t sizes[] = {-1, 1, 1, 1};
static const lattice_port out_port = {
  .struct_size = sizeof(lattice_port), .name = "image", .doc = "Nothing.", .dtypes = fixture_types, .n_dtypes = 1,
  .ndim = 4, .dims = sizes};
static const lattice_port file_port = {
  .struct_size = sizeof(lattice_port), .flags = LATTICE_PORT_FILE, .name = "file", .doc = "Any file."};
static const lattice_port *const inputs[] = {&file_port};
static const lattice_port *const outputs[] = {&out_port};

static const lattice_stage stage = {
  .struct_size = sizeof(lattice_stage), .id = "bad.files", .version = "1.0.0", .summary = "For tests.",
  .inputs = inputs, .n_inputs = 1, .outputs = outputs, .n_outputs = 1, .kind = LATTICE_KIND_SOURCE,
  .create = fixture_create, .process = process, .destroy = fixture_destroy};
BAD_PLUGIN(stage)
