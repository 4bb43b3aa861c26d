// Says everything in words that steer a terminal: `talks.fail` fails its items with them.
#include "fixture.h"

#define WORDS "wipe \033[2J\nforged \xc2\x9b" "2J \xe2\x80\xae" "drow \xff end"

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  fprintf(stderr, "%s\n", WORDS);
  stage->host->log(stage->context, LATTICE_LOG_WARNING, WORDS, "{\"key\":\"\\u001b[2J\xe2\x80\xae\"}");
  for (uint64_t item = 0; item < stage->host->batch_size(batch); item++)
    stage->host->item_fail(batch, item, LATTICE_INPUT, WORDS);
  return fixture_copy(stage, batch);
}

#define SCHEMA                                                                                                      \
  "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[],\"properties\":{\"item\":"                   \
  "{\"type\":\"integer\",\"default\":0,\"description\":\"A \\u001b[2J\\nforged doc.\"}}}"

static const lattice_stage stage = {
  .struct_size = sizeof(lattice_stage), .id = "talks.fail", .version = "1.0.0", .summary = "Says " WORDS,
  .params_schema = SCHEMA, .inputs = fixture_ports, .n_inputs = 1, .outputs = fixture_ports, .n_outputs = 1,
  .kind = LATTICE_KIND_MAP, .create = fixture_create, .process = process, .destroy = fixture_destroy};
static const lattice_stage *const stages[] = {&stage};
static const lattice_stage_module module = FIXTURE_MODULE("org.lattice.talks", stages);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module;
}
