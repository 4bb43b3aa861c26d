// Divides by the height of its pictures.
#include "bad.h"

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture   *stage = self;
  volatile int64_t height = stage->host->input(batch, "image")->shape[1];
  volatile int64_t share = 100 / height;
  (void)share;
  return fixture_copy(stage, batch);
}

static const lattice_stage stage = FIXTURE_STAGE("bad.sizes", NULL, process);
BAD_PLUGIN(stage)
