// Has an id that is no id.
#include "bad.h"

static lattice_status process(void *self, lattice_batch *batch) { return fixture_copy(self, batch); }

static const lattice_stage stage = FIXTURE_STAGE("Bad Tables", NULL, process);
BAD_PLUGIN(stage)
