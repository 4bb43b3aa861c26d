// What plugins that break one rule share; each breaks the rule of its name, and no other but `fuzz`.
#ifndef BAD_H
#define BAD_H

#include "../fixture.h"

// Status and sentence at once.
static inline lattice_status bad_fail(const fixture *stage, lattice_status status, const char *why) {
  stage->host->set_error(stage->context, status, why);
  return status;
}

// Elements of a tensor.
static inline int64_t bad_count(const DLTensor *tensor) {
  int64_t count = 1;
  for (int32_t i = 0; i < tensor->ndim; i++) count *= tensor->shape[i];
  return count;
}

// The plugin of one stage, `table`.
#define BAD_PLUGIN(table)                                                                                           \
  static const lattice_stage *const bad_stages[] = {&table};                                                       \
  static const lattice_stage_module bad_module = FIXTURE_MODULE("org.lattice.bad", bad_stages);                    \
  LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {      \
    (void)host_minor;                                                                                              \
    (void)why;                                                                                                     \
    return &bad_module;                                                                                            \
  }

#endif // BAD_H
