// Stages that do harm on purpose: each copies its input, until the item with number `item` comes.
//
//   trouble.trap    runs into an illegal instruction
//   trouble.abort   calls abort
//   trouble.hang    sleeps forever and does not look whether it is cancelled
//   trouble.leak    takes 4 GiB in pieces of 4 MiB and writes to them, whether it got them or not
//   trouble.shape   puts out pictures that are a row too high
//   trouble.forget  puts nothing out and says all is well
//   trouble.type    puts out f64 where its port promises f32
#include "fixture.h"

#include <unistd.h>

static int has_item(const fixture *stage, lattice_batch *batch) {
  int64_t wanted = fixture_number(stage, "\"item\":", 0);
  for (uint64_t i = 0; i < stage->host->batch_size(batch); i++) {
    stage->host->item_begin(batch, i);
    if ((int64_t)stage->host->item_number(batch, i) == wanted) return 1;
  }
  return 0;
}

static lattice_status put_wrong(const fixture *stage, lattice_batch *batch, int more_rows, DLDataType type) {
  const DLTensor *in = stage->host->input(batch, "image");
  int64_t         shape[4] = {in->shape[0], in->shape[1] + more_rows, in->shape[2], in->shape[3]};
  DLTensor        out;
  return stage->host->output_alloc(batch, "image", type, 4, shape, &out);
}

static void leak(void) {
  for (int piece = 0; piece < 1024; piece++) {
    volatile char *memory = malloc(4 << 20);
    for (size_t page = 0; page < (4 << 20); page += 4096) memory[page] = 1;
  }
}

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  const char    *what = strchr(stage->id, '.') + 1;
  if (!has_item(stage, batch)) return fixture_copy(stage, batch);
  if (!strcmp(what, "shape")) return put_wrong(stage, batch, 1, fixture_types[0]);
  if (!strcmp(what, "type")) return put_wrong(stage, batch, 0, (DLDataType){kDLFloat, 64, 1});
  if (!strcmp(what, "forget")) return LATTICE_OK;
  if (!strcmp(what, "trap")) __builtin_trap();
  if (!strcmp(what, "abort")) abort();
  if (!strcmp(what, "leak")) leak();
  while (!strcmp(what, "hang")) sleep(100);
  return fixture_copy(stage, batch);
}

#define SCHEMA                                                                                                      \
  "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[],\"properties\":{\"item\":"                   \
  "{\"type\":\"integer\",\"minimum\":0,\"default\":0,\"description\":\"Number of the item that does it.\"}}}"

static const lattice_stage table[] = {
  FIXTURE_STAGE("trouble.trap", SCHEMA, process),   FIXTURE_STAGE("trouble.abort", SCHEMA, process),
  FIXTURE_STAGE("trouble.hang", SCHEMA, process),   FIXTURE_STAGE("trouble.leak", SCHEMA, process),
  FIXTURE_STAGE("trouble.shape", SCHEMA, process),  FIXTURE_STAGE("trouble.forget", SCHEMA, process),
  FIXTURE_STAGE("trouble.type", SCHEMA, process),
};
static const lattice_stage *const stages[] = {
  &table[0], &table[1], &table[2], &table[3], &table[4], &table[5], &table[6]};
static const lattice_stage_module module = FIXTURE_MODULE("org.lattice.trouble", stages);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module;
}
