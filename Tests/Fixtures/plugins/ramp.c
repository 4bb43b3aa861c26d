// A source without files: `ramp.make` gives each item a picture of 2 x 2 x 3 values that are its number / 16.
#include "fixture.h"

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  uint64_t       count = stage->host->batch_size(batch);
  int64_t        shape[4] = {(int64_t)count, 2, 2, 3};
  DLTensor       out;
  lattice_status status = stage->host->output_alloc(batch, "image", fixture_types[0], 4, shape, &out);
  if (status != LATTICE_OK) return status;
  for (uint64_t item = 0; item < count; item++) {
    float *values = (float *)out.data + item * 12;
    for (int i = 0; i < 12; i++) values[i] = (float)stage->host->item_number(batch, item) / 16;
  }
  return LATTICE_OK;
}

static const int64_t ramp_sizes[] = {-1, 2, 2, 3};
static const lattice_port ramp_port = {
  .struct_size = sizeof(lattice_port), .name = "image", .dtypes = fixture_types, .n_dtypes = 1, .ndim = 4,
  .dims = ramp_sizes};
static const lattice_port *const ramp_ports[] = {&ramp_port};

static const lattice_stage stage = {
  .struct_size = sizeof(lattice_stage), .id = "ramp.make", .version = "1.0.0", .summary = "For tests.",
  .outputs = ramp_ports, .n_outputs = 1, .kind = LATTICE_KIND_SOURCE, .create = fixture_create,
  .process = process, .destroy = fixture_destroy};
static const lattice_stage *const stages[] = {&stage};
static const lattice_stage_module module = FIXTURE_MODULE("org.lattice.ramp", stages);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module;
}
