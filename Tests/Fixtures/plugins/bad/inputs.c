// Writes to its input, which is only lent.
#include "bad.h"

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture  *stage = self;
  const DLTensor *in = stage->host->input(batch, "image");
  volatile float *values = in->data;
  if (bad_count(in) > 0) values[0] = values[0];
  return fixture_copy(stage, batch);
}

static const lattice_stage stage = FIXTURE_STAGE("bad.inputs", NULL, process);
BAD_PLUGIN(stage)
