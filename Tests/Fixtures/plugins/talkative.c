// A plugin that prints wherever it can: when it is loaded, described, checked, and when its process ends.
#include "fixture.h"

__attribute__((constructor)) static void hello(void) { puts("{\"loaded\": true}"); }
__attribute__((destructor)) static void goodbye(void) {
  puts("unloaded");
  fflush(stdout);
}

static lattice_status check(const lattice_stage_config *config, const lattice_tensor_spec *const *inputs,
                            uint32_t n_inputs, lattice_check_result *result) {
  puts("checked");
  fflush(stdout);
  (void)n_inputs;
  if (inputs[0]) {
    lattice_tensor_spec spec = *inputs[0];
    spec.port = "image";
    config->host->check_output(result, &spec);
  }
  return LATTICE_OK;
}

static lattice_status process(void *self, lattice_batch *batch) {
  puts("processed");
  return fixture_copy(self, batch);
}

static const lattice_stage stage = {
  .struct_size = sizeof(lattice_stage), .id = "talkative.copy", .version = "1.0.0", .summary = "For tests.",
  .inputs = fixture_ports, .n_inputs = 1, .outputs = fixture_ports, .n_outputs = 1, .kind = LATTICE_KIND_MAP,
  .check = check, .create = fixture_create, .process = process, .destroy = fixture_destroy};
static const lattice_stage *const stages[] = {&stage};
static const lattice_stage_module module = FIXTURE_MODULE("org.lattice.talkative", stages);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  puts("described");
  return &module;
}
