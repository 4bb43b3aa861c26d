// Dies of one of the values that its schema allows.
#include "bad.h"

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  if (fixture_number(stage, "\"level\":", 0) == 9) abort();
  return fixture_copy(stage, batch);
}

static const lattice_stage stage = FIXTURE_STAGE(
  "bad.fuzz",
  "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"level\":"
  "{\"type\":\"integer\",\"minimum\":0,\"maximum\":9,\"default\":0,\"description\":\"A level.\"}}}",
  process);
BAD_PLUGIN(stage)
