// Was built for stage ABI 2: it exports the entry of that major alone.
#include <lattice_stage.h>

LATTICE_EXPORT const void *lattice_stage_module_v2(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return NULL;
}
