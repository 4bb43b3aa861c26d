// Needs services that came with stage ABI 1.7. Its table has no stages: the host must not look that far.
#include <lattice_stage.h>

static const lattice_stage_module module = {
  .struct_size = sizeof(lattice_stage_module), .abi_minor = 9, .min_host_minor = 7, .id = "org.lattice.newer",
  .version = "1.0.0"};

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module;
}
