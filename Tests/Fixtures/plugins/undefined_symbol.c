// Calls a function that nobody has; found out when it is loaded, not in the middle of a job.
#include <lattice_stage.h>

int lattice_nobody_has_this(void);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  lattice_nobody_has_this();
  return NULL;
}
