// Opens a file each time it is asked for sizes, and keeps it; with -DSILENT it says nothing of its output instead.
#include "bad.h"

#include <fcntl.h>

static lattice_status check(const lattice_stage_config *config, const lattice_tensor_spec *const *inputs,
                            uint32_t n_inputs, lattice_check_result *result) {
#ifdef SILENT
  (void)config, (void)inputs, (void)n_inputs, (void)result;
  return LATTICE_OK;
#endif
  for (uint32_t i = 0; i < n_inputs; i++) config->host->check_output(result, inputs[i]);
  return open("/dev/null", O_RDONLY) < 0 ? LATTICE_INTERNAL : LATTICE_OK;
}

static lattice_status process(void *self, lattice_batch *batch) { return fixture_copy(self, batch); }

static const lattice_stage stage = {
  .struct_size = sizeof(lattice_stage), .id = "bad.check", .version = "1.0.0", .summary = "For tests.",
  .inputs = fixture_ports, .n_inputs = 1, .outputs = fixture_ports, .n_outputs = 1, .kind = LATTICE_KIND_MAP,
  .check = check, .create = fixture_create, .process = process, .destroy = fixture_destroy};
BAD_PLUGIN(stage)
