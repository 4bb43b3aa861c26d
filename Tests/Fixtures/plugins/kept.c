// What a job was planned with, told by its outputs: pictures of 2 x 2 x 3 equal values.
//
//   kept.value  the value this file was compiled with
//   kept.model  the first byte of the model's file, or of `weights` in its folder
//
// Each waits `pause` milliseconds an item.
#include "fixture.h"

#include <unistd.h>

#ifndef VALUE
#define VALUE 1
#endif

static lattice_status fill(const fixture *stage, lattice_batch *batch, float value) {
  uint64_t       count = stage->host->batch_size(batch);
  int64_t        shape[4] = {(int64_t)count, 2, 2, 3};
  DLTensor       out;
  lattice_status status = stage->host->output_alloc(batch, "image", fixture_types[0], 4, shape, &out);
  if (status != LATTICE_OK) return status;
  for (uint64_t i = 0; i < count * 12; i++) ((float *)out.data)[i] = value;
  usleep((useconds_t)(fixture_number(stage, "\"pause\":", 0) * 1000 * (int64_t)count));
  return LATTICE_OK;
}

static lattice_status give_value(void *self, lattice_batch *batch) { return fill(self, batch, VALUE); }

static lattice_status give_model(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  const char    *model = stage->host->model_path(stage->context, "weights", NULL);
  char           path[4096];
  snprintf(path, sizeof path, "%s/weights", model);
  FILE *file = fopen(path, "r");
  if (!file) file = fopen(model, "r");
  int byte = file ? fgetc(file) : -1;
  if (file) fclose(file);
  return byte < 0 ? LATTICE_NOTFOUND : fill(stage, batch, (float)byte);
}

static const int64_t kept_sizes[] = {-1, 2, 2, 3};
static const lattice_port kept_port = {
  .struct_size = sizeof(lattice_port), .name = "image", .dtypes = fixture_types, .n_dtypes = 1, .ndim = 4,
  .dims = kept_sizes};
static const lattice_port *const kept_ports[] = {&kept_port};
static const char *const slots[] = {"weights"};

#define SCHEMA                                                                                                      \
  "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[],\"properties\":{\"pause\":"                  \
  "{\"type\":\"integer\",\"minimum\":0,\"default\":0,\"description\":\"Milliseconds an item.\"}}}"

static const lattice_stage table[] = {
  {.struct_size = sizeof(lattice_stage), .id = "kept.value", .version = "1.0.0", .summary = "For tests.",
   .params_schema = SCHEMA, .outputs = kept_ports, .n_outputs = 1, .kind = LATTICE_KIND_SOURCE,
   .create = fixture_create, .process = give_value, .destroy = fixture_destroy},
  {.struct_size = sizeof(lattice_stage), .id = "kept.model", .version = "1.0.0", .summary = "For tests.",
   .params_schema = SCHEMA, .outputs = kept_ports, .n_outputs = 1, .kind = LATTICE_KIND_SOURCE,
   .model_slots = slots, .n_model_slots = 1, .create = fixture_create, .process = give_model,
   .destroy = fixture_destroy},
};
static const lattice_stage *const stages[] = {&table[0], &table[1]};
static const lattice_stage_module module = FIXTURE_MODULE("org.lattice.kept", stages);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module;
}
