// Needs libabsent.so, which is no longer there when this one is loaded.
#include <lattice_stage.h>

int absent_answer(void);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  absent_answer();
  return NULL;
}
