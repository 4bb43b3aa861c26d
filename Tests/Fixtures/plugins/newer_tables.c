// A plugin of some later minor: its tables are longer, and it uses a service that came later where there is one.
#include "fixture.h"

// What lattice_host may look like one day.
typedef struct {
  lattice_host base;
  float      (*twice)(lattice_context *context, float value);
} newer_host;

static float value_twice(const fixture *stage, float value) {
  const newer_host *host = (const newer_host *)stage->host;
  int has_it = host->base.struct_size >= offsetof(newer_host, twice) + sizeof host->twice && host->twice;
  return has_it ? host->twice(stage->context, value) : 2 * value;
}

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture  *stage = self;
  const DLTensor *in = stage->host->input(batch, "image");
  DLTensor        out;
  lattice_status  status = stage->host->output_alloc(batch, "image", in->dtype, in->ndim, in->shape, &out);
  if (status != LATTICE_OK) return status;
  int64_t count = in->shape[0] * in->shape[1] * in->shape[2] * in->shape[3];
  for (int64_t i = 0; i < count; i++) ((float *)out.data)[i] = value_twice(stage, ((const float *)in->data)[i]);
  if (stage->host->struct_size < sizeof(newer_host))
    stage->host->log(stage->context, LATTICE_LOG_INFO, "without the newer service", NULL);
  return LATTICE_OK;
}

// The tables of that day: what this host does not know stands at their ends.
typedef struct {
  lattice_stage base;
  const char   *category;
} newer_stage;

typedef struct {
  lattice_stage_module base;
  const char          *homepage;
} newer_module;

static const newer_stage stage = {
  .base = {.struct_size = sizeof(newer_stage), .id = "newer.double", .version = "1.0.0", .summary = "For tests.",
           .inputs = fixture_ports, .n_inputs = 1, .outputs = fixture_ports, .n_outputs = 1,
           .kind = LATTICE_KIND_MAP, .create = fixture_create, .process = process, .destroy = fixture_destroy},
  .category = "later"};
static const lattice_stage *const stages[] = {&stage.base};
static const newer_module module = {
  .base = {.struct_size = sizeof(newer_module), .abi_minor = LATTICE_STAGE_ABI_MINOR + 1, .min_host_minor = 0,
           .n_stages = 1, .id = "org.lattice.newer", .version = "1.0.0", .vendor = "Lattice",
           .license = "Apache-2.0", .stages = stages},
  .homepage = "later"};

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module.base;
}
