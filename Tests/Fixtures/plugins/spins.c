// Works for ever, and does not ask whether it should.
#include "fixture.h"

static lattice_status process(void *self, lattice_batch *batch) {
  (void)self;
  (void)batch;
  for (volatile int turns = 1; turns > 0; turns = 1) {}
  return LATTICE_OK;
}

static const lattice_stage stage = FIXTURE_STAGE("spins.forever", NULL, process);
static const lattice_stage *const stages[] = {&stage};
static const lattice_stage_module module = FIXTURE_MODULE("org.lattice.spins", stages);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module;
}
