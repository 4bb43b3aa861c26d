// Stages about calls that overlap.
//
//   together.meet   declares itself parallel; a call waits until another one is under way, and fails after a while
//   together.order  is called for one batch after the other, in the order of the items, or fails
#include "fixture.h"

#include <stdatomic.h>
#include <unistd.h>

static atomic_int calls, met;

static lattice_status meet(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  if (atomic_fetch_add(&calls, 1) > 0) atomic_store(&met, 1);
  for (int i = 0; i < 5000 && !atomic_load(&met); i++) usleep(1000);
  // The first items take longest, so that they are overtaken.
  usleep(40000 >> (stage->host->item_number(batch, 0) % 4));
  atomic_fetch_sub(&calls, 1);
  if (atomic_load(&met)) return fixture_copy(stage, batch);
  stage->host->set_error(stage->context, LATTICE_INPUT, "no other call came");
  return LATTICE_INPUT;
}

static lattice_status order(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  static int64_t last = -1;
  int64_t        number = (int64_t)stage->host->item_number(batch, 0);
  if (number != last + 1) {
    stage->host->set_error(stage->context, LATTICE_INPUT, "an item is not in order");
    return LATTICE_INPUT;
  }
  last = number;
  return fixture_copy(stage, batch);
}

static const lattice_stage meet_stage = {
  .struct_size = sizeof(lattice_stage), .flags = LATTICE_STAGE_PARALLEL, .id = "together.meet", .version = "1.0.0",
  .summary = "For tests.", .inputs = fixture_ports, .n_inputs = 1, .outputs = fixture_ports, .n_outputs = 1,
  .kind = LATTICE_KIND_MAP, .create = fixture_create, .process = meet, .destroy = fixture_destroy};
static const lattice_stage order_stage = FIXTURE_STAGE("together.order", NULL, order);
static const lattice_stage *const stages[] = {&meet_stage, &order_stage};
static const lattice_stage_module module = FIXTURE_MODULE("org.lattice.together", stages);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module;
}
