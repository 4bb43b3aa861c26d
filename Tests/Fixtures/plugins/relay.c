// Stage `relay.c` adds one, and notes where its input and its output lie. Stage `relay.note` writes down what was noted
// of an item, and where its own input lies.
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

static lattice_status note(void *self, lattice_batch *batch) {
  const fixture      *stage = self;
  const lattice_host *host = stage->host;
  const DLTensor     *in = host->input(batch, "image");
  char                path[4096];
  lattice_status status = host->output_file(stage->context, batch, 0, "addresses.json", NULL, NULL, path, sizeof path);
  if (status != LATTICE_OK) return status;
  FILE *file = fopen(path, "w");
  int   good = file && fprintf(file, "{\"into\":%llu,\"relays\":%s}\n", (unsigned long long)(uintptr_t)in->data,
                               host->item_metadata(batch, 0)) > 0;
  if (file && fclose(file) != 0) good = 0;
  return good ? LATTICE_OK : LATTICE_NOSPACE;
}

static const lattice_stage stage = FIXTURE_STAGE("relay.c", NULL, process);
static const lattice_stage noting = {
  .struct_size = sizeof(lattice_stage), .id = "relay.note", .version = "1.0.0", .summary = "For tests.",
  .inputs = fixture_ports, .n_inputs = 1, .kind = LATTICE_KIND_SINK, .create = fixture_create, .process = note,
  .destroy = fixture_destroy};
static const lattice_stage *const stages[] = {&stage, &noting};
static const lattice_stage_module module = FIXTURE_MODULE("org.lattice.relay", stages);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module;
}
