// A stage plugin in plain C: `example.invert` turns pictures into their negatives.
//
// Build it, and put the result where Lattice looks for plugins:
//
//   cc -shared -fPIC -O2 -I Sources/CStageABI/include -o invert.stage.so invert.c
//
// A plugin imports nothing from the host. It exports one function, at the end of this file, that hands out tables;
// the host calls the functions in them, in this order:
//
//   create    once for each use of the stage in a pipeline
//   process   once for each batch
//   destroy   once, at the end
#include <lattice_stage.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// One use of the stage. What it holds is the plugin's own affair: the host keeps the pointer and gives it back.
typedef struct {
  const lattice_host *host;
  lattice_context    *context;
  float               strength;
} invert;

// The host has checked the parameters against the schema below and filled in the defaults, so the number is there. A
// stage with texts or lists among its parameters takes a JSON parser instead.
static float strength_of(const char *params_json) {
  const char *found = strstr(params_json, "\"strength\":");
  return found ? strtof(found + strlen("\"strength\":"), NULL) : 1;
}

static lattice_status create(const lattice_stage_config *config, void **self) {
  invert *stage = malloc(sizeof *stage);
  if (!stage) return LATTICE_NOMEM;
  // `host` and `context` live as long as the instance; everything else in `config` is gone when this returns.
  stage->host = config->host;
  stage->context = config->context;
  stage->strength = strength_of(config->params_json);
  *self = stage;
  return LATTICE_OK;
}

static void destroy(void *self) { free(self); }

// Blends `count` values of 0...1 with their negatives; gives the index of the first that is no number, or -1.
static int64_t invert_values(const float *in, float *out, int64_t count, float strength) {
  for (int64_t i = 0; i < count; i++) {
    if (!isfinite(in[i])) return i;
    out[i] = (1 - strength) * in[i] + strength * (1 - in[i]);
  }
  return -1;
}

static lattice_status process(void *self, lattice_batch *batch) {
  const invert       *stage = self;
  const lattice_host *host = stage->host;

  // Inputs are dense and row-major, the first size is the number of items. They are borrowed: don't write there.
  const DLTensor *in = host->input(batch, "image");
  int64_t         values = in->shape[1] * in->shape[2] * in->shape[3];

  // Outputs are made by the host and written in place, so that nothing is copied on the way to the next stage.
  DLTensor       out;
  lattice_status status = host->output_alloc(batch, "image", in->dtype, in->ndim, in->shape, &out);
  if (status != LATTICE_OK) return status; // The host knows why: it refused.

  for (uint64_t item = 0; item < host->batch_size(batch); item++) {
    if (host->is_cancelled(stage->context)) return LATTICE_CANCELLED;
    host->item_begin(batch, item); // Names the item in the report, should this process die.

    const float *from = (const float *)in->data + (int64_t)item * values;
    float       *to = (float *)out.data + (int64_t)item * values;
    int64_t      bad = invert_values(from, to, values, stage->strength);
    if (bad >= 0) {
      // One bad item doesn't fail the others. The sentence ends up in the job's report.
      char message[96];
      snprintf(message, sizeof message, "value %lld of the picture is not a finite number", (long long)bad);
      host->item_fail(batch, item, LATTICE_INPUT, message);
    }
  }
  return LATTICE_OK;
}

// The tables. All of them, and every text in them, stay valid until the process ends.

static const DLDataType  types[] = {{kDLFloat, 32, 1}};
static const int64_t     sizes[] = {-1, -1, -1, -1};
static const char *const names[] = {"N", "H", "W", "C"}; // One name is one size: out is as large as in.

static const lattice_port image_in = {
  .struct_size = sizeof(lattice_port), .name = "image", .doc = "Pictures of 0...1.", .semantic = "image",
  .dtypes = types, .n_dtypes = 1, .ndim = 4, .dims = sizes, .dim_names = names};
static const lattice_port image_out = {
  .struct_size = sizeof(lattice_port), .name = "image", .doc = "Their negatives.", .semantic = "image",
  .dtypes = types, .n_dtypes = 1, .ndim = 4, .dims = sizes, .dim_names = names};
static const lattice_port *const inputs[] = {&image_in};
static const lattice_port *const outputs[] = {&image_out};

static const char schema[] =
  "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[],\"properties\":{"
  "\"strength\":{\"type\":\"number\",\"minimum\":0,\"maximum\":1,\"default\":1,"
  "\"description\":\"Share of the negative: 0 leaves the picture as it is.\"}}}";

static const lattice_stage stage = {
  .struct_size = sizeof(lattice_stage), .flags = LATTICE_STAGE_DETERMINISTIC | LATTICE_STAGE_PARALLEL,
  .id = "example.invert", .version = "1.0.0", .summary = "Turns pictures into their negatives.",
  .params_schema = schema, .inputs = inputs, .n_inputs = 1, .outputs = outputs, .n_outputs = 1,
  .kind = LATTICE_KIND_MAP, .preferred_batch = 16,
  // `check` stays NULL: the output's size follows from the ports' dimension names.
  .create = create, .process = process, .destroy = destroy};
static const lattice_stage *const stages[] = {&stage};

static const lattice_stage_module module = {
  .struct_size = sizeof(lattice_stage_module), .abi_minor = LATTICE_STAGE_ABI_MINOR, .min_host_minor = 0,
  .n_stages = 1, .id = "org.lattice.example.invert", .version = "1.0.0", .vendor = "Lattice",
  .license = "Apache-2.0", .stages = stages};

// The one function the host looks up by name.
LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor; // Any host of this major will do; else set `*why` to a sentence and return NULL.
  (void)why;
  return &module;
}
