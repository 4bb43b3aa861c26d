// Gives up altogether when it meets a NaN.
#include "bad.h"

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture  *stage = self;
  const DLTensor *in = stage->host->input(batch, "image");
  const float    *values = in->data;
  for (int64_t i = 0; i < bad_count(in); i++) {
    if (values[i] != values[i]) return bad_fail(stage, LATTICE_INTERNAL, "this can't be");
  }
  return fixture_copy(stage, batch);
}

static const lattice_stage stage = FIXTURE_STAGE("bad.extremes", NULL, process);
BAD_PLUGIN(stage)
