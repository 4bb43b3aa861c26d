// Reads one value past the end of its input, or, with WRITES, writes one past the end of its output.
#include "bad.h"

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture  *stage = self;
  const DLTensor *in = stage->host->input(batch, "image");
  int64_t         count = bad_count(in);
  DLTensor        out;
  lattice_status  status = stage->host->output_alloc(batch, "image", in->dtype, in->ndim, in->shape, &out);
  if (status != LATTICE_OK || count == 0) return status;
  const volatile float *from = in->data;
  volatile float       *to = out.data;
  for (int64_t i = 0; i < count; i++) to[i] = from[i];
#ifdef WRITES
  to[count] = 0;
#else
  (void)from[count];
#endif
  return LATTICE_OK;
}

static const lattice_stage stage = FIXTURE_STAGE("bad.bounds", NULL, process);
BAD_PLUGIN(stage)
