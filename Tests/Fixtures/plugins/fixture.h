// What the plugins made for tests share: an instance, its parameters, picture ports, tables in one line.
//
// Not a model to follow: `invert.c` and `brighten.cpp` are.
#ifndef FIXTURE_H
#define FIXTURE_H

#include <lattice_stage.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  const lattice_host *host;
  lattice_context    *context;
  char                id[32]; // Of the stage.
  char                params[4096];
} fixture;

static inline lattice_status fixture_create(const lattice_stage_config *config, void **self) {
  fixture *stage = (fixture *)calloc(1, sizeof *stage);
  if (!stage) return LATTICE_NOMEM;
  stage->host = config->host;
  stage->context = config->context;
  snprintf(stage->id, sizeof stage->id, "%s", config->stage_id);
  snprintf(stage->params, sizeof stage->params, "%s", config->params_json);
  *self = stage;
  return LATTICE_OK;
}

static inline void fixture_destroy(void *self) { free(self); }

// The whole number at `key`, which is written with quotes and colon; `missing` if there is none.
static inline int64_t fixture_number(const fixture *stage, const char *key, int64_t missing) {
  const char *found = strstr(stage->params, key);
  return found ? strtoll(found + strlen(key), NULL, 10) : missing;
}

// True when the parameter `how` is `word`.
static inline int fixture_how(const fixture *stage, const char *word) {
  char wanted[64];
  snprintf(wanted, sizeof wanted, "\"how\":\"%s\"", word);
  return strstr(stage->params, wanted) != NULL;
}

// Puts out what came in.
static inline lattice_status fixture_copy(const fixture *stage, lattice_batch *batch) {
  const DLTensor *in = stage->host->input(batch, "image");
  DLTensor        out;
  lattice_status  status = stage->host->output_alloc(batch, "image", in->dtype, in->ndim, in->shape, &out);
  if (status != LATTICE_OK) return status;
  int64_t count = in->dtype.bits / 8;
  for (int32_t i = 0; i < in->ndim; i++) count *= in->shape[i];
  if (count > 0) memcpy(out.data, in->data, (size_t)count);
  return LATTICE_OK;
}

static const DLDataType fixture_types[] = {{kDLFloat, 32, 1}};
static const int64_t fixture_sizes[] = {-1, -1, -1, -1};
static const char *const fixture_names[] = {"N", "H", "W", "C"};
static const lattice_port fixture_image = {
  .struct_size = sizeof(lattice_port), .name = "image", .doc = "Pictures.", .dtypes = fixture_types,
  .n_dtypes = 1, .ndim = 4, .dims = fixture_sizes, .dim_names = fixture_names};
static const lattice_port *const fixture_ports[] = {&fixture_image};

// A map stage from picture to picture.
#define FIXTURE_STAGE(stage_id, schema, work)                                                                       \
  {.struct_size = sizeof(lattice_stage), .id = stage_id, .version = "1.0.0", .summary = "For tests.",               \
   .params_schema = schema, .inputs = fixture_ports, .n_inputs = 1, .outputs = fixture_ports, .n_outputs = 1,       \
   .kind = LATTICE_KIND_MAP, .create = fixture_create, .process = work, .destroy = fixture_destroy}

// A module with the stages of the array `table`.
#define FIXTURE_MODULE(module_id, table)                                                                            \
  {.struct_size = sizeof(lattice_stage_module), .n_stages = sizeof(table) / sizeof(table)[0], .id = module_id,      \
   .version = "1.0.0", .vendor = "Lattice", .license = "Apache-2.0", .stages = table}

#endif // FIXTURE_H
