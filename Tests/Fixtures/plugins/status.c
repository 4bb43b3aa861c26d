// Stages whose calls return what they are told to.
//
//   status.do    copies its input; the call named `call` returns `status`, `process` only when it has the item `item`
//   status.twice fails the item with number 1 twice, each time with another reason
//   status.file  copies its input, and writes an empty file `name` for each item, `times` times over
//   status.seed  copies its input, and notes each item's seed as its metadata
//
// With `once`, a path, a status is returned while there is no file of that name, and then the file is made.
#include "fixture.h"

#include <inttypes.h>

// The text at `key`; the empty one if there is none.
static void text_of(const char *params, const char *key, char *text, size_t size) {
  char wanted[64];
  snprintf(wanted, sizeof wanted, "\"%s\":\"", key);
  const char *found = strstr(params, wanted);
  size_t      length = 0;
  if (found) found += strlen(wanted), length = strcspn(found, "\"");
  snprintf(text, size, "%.*s", (int)length, found ? found : "");
}

static int64_t number_of(const char *params, const char *key, int64_t missing) {
  const char *found = strstr(params, key);
  return found ? strtoll(found + strlen(key), NULL, 10) : missing;
}

// What the call `name` returns.
static lattice_status told(const lattice_host *host, lattice_context *context, const char *params, const char *name) {
  char call[32], once[4096], message[64];
  text_of(params, "call", call, sizeof call);
  text_of(params, "once", once, sizeof once);
  lattice_status status = (lattice_status)number_of(params, "\"status\":", 0);
  if (strcmp(call, name) != 0 || status == LATTICE_OK) return LATTICE_OK;
  if (once[0]) {
    FILE *mark = fopen(once, "wx");
    if (!mark) return LATTICE_OK;
    fclose(mark);
  }
  host->set_error(context, status, "this is not what is said");
  snprintf(message, sizeof message, "'%s' was told to return %d", name, (int)status);
  host->set_error(context, status, message);
  return status;
}

static lattice_status told_stage(void *self, const char *name) {
  const fixture *stage = self;
  return told(stage->host, stage->context, stage->params, name);
}

static lattice_status create(const lattice_stage_config *config, void **self) {
  lattice_status status = told(config->host, config->context, config->params_json, "create");
  return status == LATTICE_OK ? fixture_create(config, self) : status;
}

static lattice_status open_stage(void *self) { return told_stage(self, "open"); }
static lattice_status finish(void *self) { return told_stage(self, "finish"); }

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  int64_t        wanted = fixture_number(stage, "\"item\":", -1);
  for (uint64_t i = 0; i < stage->host->batch_size(batch); i++) {
    if (wanted >= 0 && (int64_t)stage->host->item_number(batch, i) != wanted) continue;
    lattice_status status = told_stage(self, "process");
    if (status != LATTICE_OK) return status;
  }
  return fixture_copy(stage, batch);
}

static lattice_status twice(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  for (uint64_t i = 0; i < stage->host->batch_size(batch); i++) {
    if (stage->host->item_number(batch, i) != 1) continue;
    stage->host->item_fail(batch, i, LATTICE_INPUT, "the first reason");
    stage->host->item_fail(batch, i, LATTICE_INPUT, "the second reason");
  }
  return fixture_copy(stage, batch);
}

static lattice_status write_files(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  char           name[256], path[4096];
  text_of(stage->params, "name", name, sizeof name);
  for (uint64_t i = 0; i < stage->host->batch_size(batch); i++)
    for (int64_t n = 0; n < fixture_number(stage, "\"times\":", 1); n++) {
      lattice_status status =
        stage->host->output_file(stage->context, batch, i, name, NULL, NULL, path, sizeof path);
      if (status != LATTICE_OK) return status;
      FILE *file = fopen(path, "w");
      if (file) fclose(file);
    }
  return fixture_copy(stage, batch);
}

static lattice_status note_seeds(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  char           json[128];
  for (uint64_t i = 0; i < stage->host->batch_size(batch); i++) {
    snprintf(json, sizeof json, "{\"seed\":\"%016" PRIx64 "\"}", stage->host->item_seed(batch, i));
    stage->host->item_set_metadata(batch, i, json);
  }
  return fixture_copy(stage, batch);
}

#define TEXT(name) "\"" name "\":{\"type\":\"string\",\"default\":\"\",\"description\":\"See status.c.\"}"
#define NUMBER(name, value) "\"" name "\":{\"type\":\"integer\",\"default\":" value ",\"description\":\"See status.c.\"}"
#define SCHEMA(members) "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[],\"properties\":{" members "}}"

static const lattice_stage do_stage = {
  .struct_size = sizeof(lattice_stage), .id = "status.do", .version = "1.0.0", .summary = "For tests.",
  .params_schema = SCHEMA(TEXT("call") "," TEXT("once") "," NUMBER("status", "0") "," NUMBER("item", "-1")),
  .inputs = fixture_ports, .n_inputs = 1, .outputs = fixture_ports, .n_outputs = 1, .kind = LATTICE_KIND_MAP,
  .create = create, .open = open_stage, .process = process, .finish = finish, .destroy = fixture_destroy};
static const lattice_stage table[] = {
  FIXTURE_STAGE("status.twice", NULL, twice),
  FIXTURE_STAGE("status.file", SCHEMA(TEXT("name") "," NUMBER("times", "1")), write_files),
  FIXTURE_STAGE("status.seed", NULL, note_seeds),
};
static const lattice_stage *const stages[] = {&do_stage, &table[0], &table[1], &table[2]};
static const lattice_stage_module module = FIXTURE_MODULE("org.lattice.status", stages);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module;
}
