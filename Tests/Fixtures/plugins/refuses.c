// Refuses the host: with a reason of its own, or without one if SILENT is defined.
#include <lattice_stage.h>

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
#ifdef SILENT
  (void)why;
#else
  *why = "it needs an AVX-512 processor";
#endif
  return NULL;
}
