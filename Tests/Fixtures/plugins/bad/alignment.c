// Wants inputs at multiples of 64 bytes.
#include "bad.h"

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  if ((uintptr_t)stage->host->input(batch, "image")->data % 64 != 0)
    return bad_fail(stage, LATTICE_INTERNAL, "the input is not aligned");
  return fixture_copy(stage, batch);
}

static const lattice_stage stage = FIXTURE_STAGE("bad.alignment", NULL, process);
BAD_PLUGIN(stage)
