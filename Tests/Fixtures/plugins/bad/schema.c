// Has a default outside its own range.
#include "bad.h"

static lattice_status process(void *self, lattice_batch *batch) { return fixture_copy(self, batch); }

static const lattice_stage stage = FIXTURE_STAGE(
  "bad.schema",
  "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"share\":"
  "{\"type\":\"number\",\"minimum\":0,\"maximum\":1,\"default\":2,\"description\":\"A share.\"}}}",
  process);
BAD_PLUGIN(stage)
