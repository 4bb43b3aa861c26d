// Describes itself wrongly; FAULT says how.
#include "fixture.h"

enum {
  SHORT_MODULE,
  NO_MODULE_ID,
  NO_STAGES,
  NULL_STAGE,
  TWICE,
  SHORT_STAGE,
  NO_ID,
  VERSION,
  KIND,
  NO_PROCESS,
  SCHEMA,
  KEYWORD,
  REDUCES,
  PORT_TWICE,
  NO_TYPES,
  FOREIGN_TYPE
};

static const DLDataType complex_type[] = {{5, 64, 1}};
static const lattice_port bad_port = {
  .struct_size = sizeof(lattice_port), .name = "image", .ndim = -1,
  .dtypes = FAULT == FOREIGN_TYPE ? complex_type : NULL, .n_dtypes = FAULT == FOREIGN_TYPE ? 1 : 0};
static const lattice_port *const bad_ports[] = {
  FAULT == NO_TYPES || FAULT == FOREIGN_TYPE ? &bad_port : &fixture_image, &fixture_image};

static lattice_status process(void *self, lattice_batch *batch) { return fixture_copy(self, batch); }

static const lattice_stage stage = {
  .struct_size = FAULT == SHORT_STAGE ? 40 : sizeof(lattice_stage),
  .flags = FAULT == REDUCES ? LATTICE_STAGE_REDUCES : 0,
  .id = FAULT == NO_ID ? NULL : "bad.table", .version = FAULT == VERSION ? "1.0" : "1.0.0",
  .params_schema = FAULT == SCHEMA ? "{\"type\":"
                   : FAULT == KEYWORD ? "{\"properties\":{\"name\":{\"pattern\":\"^a\"}}}" : NULL, .inputs = bad_ports,
  .n_inputs = FAULT == PORT_TWICE ? 2 : 1, .kind = FAULT == KIND ? 4 : LATTICE_KIND_MAP, .create = fixture_create,
  .process = FAULT == NO_PROCESS ? NULL : process, .destroy = fixture_destroy};
#ifdef WITH_A_GOOD_STAGE
static const lattice_stage good = {
  .struct_size = sizeof(lattice_stage), .id = "good.table", .version = "1.0.0", .inputs = fixture_ports, .n_inputs = 1,
  .kind = LATTICE_KIND_MAP, .create = fixture_create, .process = process, .destroy = fixture_destroy};
static const lattice_stage *const stages[] = {&stage, &good};
#define COUNT 2
#else
static const lattice_stage *const stages[] = {FAULT == NULL_STAGE ? NULL : &stage, &stage};
#define COUNT (FAULT == NO_STAGES ? 0 : FAULT == TWICE ? 2 : 1)
#endif

static const lattice_stage_module module = {
  .struct_size = FAULT == SHORT_MODULE ? 32 : sizeof(lattice_stage_module),
  .n_stages = COUNT, .id = FAULT == NO_MODULE_ID ? "" : "org.lattice.bad",
  .version = "1.0.0", .stages = stages};

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module;
}
