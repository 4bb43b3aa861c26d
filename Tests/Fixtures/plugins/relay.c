// Stage `relay.c` adds one, and notes where its input and its output lie.
#include "fixture.h"

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture  *stage = self;
  const DLTensor *in = stage->host->input(batch, "image");
  DLTensor        out;
  lattice_status  status = stage->host->output_alloc(batch, "image", in->dtype, in->ndim, in->shape, &out);
  if (status != LATTICE_OK) return status;
  int64_t count = in->shape[0] * in->shape[1] * in->shape[2] * in->shape[3];
  for (int64_t i = 0; i < count; i++) ((float *)out.data)[i] = ((const float *)in->data)[i] + 1;
  char note[120];
  snprintf(note, sizeof note, "{\"c\":[%llu,%llu]}", (unsigned long long)(uintptr_t)in->data,
           (unsigned long long)(uintptr_t)out.data);
  return stage->host->item_set_metadata(batch, 0, note);
}

static const lattice_stage stage = FIXTURE_STAGE("relay.c", NULL, process);
static const lattice_stage *const stages[] = {&stage};
static const lattice_stage_module module = FIXTURE_MODULE("org.lattice.relay", stages);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module;
}
