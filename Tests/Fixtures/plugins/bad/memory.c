// Does not look whether the host had memory for its output.
#include "bad.h"

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture  *stage = self;
  const DLTensor *in = stage->host->input(batch, "image");
  DLTensor        out = {0};
  stage->host->output_alloc(batch, "image", in->dtype, in->ndim, in->shape, &out);
  for (int64_t i = 0; i < bad_count(in); i++) ((volatile float *)out.data)[i] = ((const float *)in->data)[i];
  return LATTICE_OK;
}

static const lattice_stage stage = FIXTURE_STAGE("bad.memory", NULL, process);
BAD_PLUGIN(stage)
