// Stages that take their time before anything runs.
//
//   slow.check   sleeps for a minute when it is checked
//   slow.model   opens a model, so that a spec has to name one
#include "fixture.h"

#include <unistd.h>

static lattice_status process(void *self, lattice_batch *batch) { return fixture_copy(self, batch); }

static lattice_status check(const lattice_stage_config *config, const lattice_tensor_spec *const *inputs,
                            uint32_t n_inputs, lattice_check_result *result) {
  (void)config;
  (void)inputs;
  (void)n_inputs;
  (void)result;
  sleep(60);
  return LATTICE_OK;
}

static const char *const slots[] = {"model"};

#define SCHEMA "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[],\"properties\":{}}"

static const lattice_stage slow_check = {
  .struct_size = sizeof(lattice_stage), .id = "slow.check", .version = "1.0.0", .summary = "For tests.",
  .params_schema = SCHEMA, .inputs = fixture_ports, .n_inputs = 1, .outputs = fixture_ports, .n_outputs = 1,
  .kind = LATTICE_KIND_MAP, .create = fixture_create, .process = process, .destroy = fixture_destroy,
  .check = check};
static const lattice_stage slow_model = {
  .struct_size = sizeof(lattice_stage), .id = "slow.model", .version = "1.0.0", .summary = "For tests.",
  .params_schema = SCHEMA, .inputs = fixture_ports, .n_inputs = 1, .outputs = fixture_ports, .n_outputs = 1,
  .kind = LATTICE_KIND_MAP, .create = fixture_create, .process = process, .destroy = fixture_destroy,
  .model_slots = slots, .n_model_slots = 1};
static const lattice_stage *const stages[] = {&slow_check, &slow_model};
static const lattice_stage_module module = {
  .struct_size = sizeof(lattice_stage_module), .n_stages = 2, .id = "org.lattice.slow", .version = "1.0.0",
  .vendor = "Lattice", .license = "Apache-2.0", .stages = stages};

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module;
}
