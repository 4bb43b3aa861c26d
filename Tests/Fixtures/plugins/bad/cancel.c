// Takes its time to leave a cancelled job.
#include "bad.h"

#include <unistd.h>

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  if (stage->host->is_cancelled(stage->context)) usleep(1500000);
  return fixture_copy(stage, batch);
}

static const lattice_stage stage = FIXTURE_STAGE("bad.cancel", NULL, process);
BAD_PLUGIN(stage)
