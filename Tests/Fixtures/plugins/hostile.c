// Values that no host should trust; `how` says which.
//
//   hostile.make   output of 2 x 3 values: second, second-given, rank, minus-rank, no-sizes, offset, strides, loop,
//                  largest-loop (covers 0..<2^63 - 1 in ranges that do not overlap), damage (a status below 0)
//   hostile.types  copies an input of any type and rank
//
// With -DPORT=… the port of `hostile.make` is wrong: 1 too short a struct, 2 rank 2^30, 3 2^31 types.
#include "fixture.h"

#include <stdatomic.h>

#ifndef PORT
#define PORT 0
#endif

static _Atomic uint64_t covered, ranges;

static void cover(void *arg, uint64_t begin, uint64_t end) {
  (void)arg;
  atomic_fetch_add(&covered, end - begin);
  atomic_fetch_add(&ranges, 1);
}

static float         values[6] = {1, 2, 3, 4, 5, 6};
static int64_t       sizes[] = {2, 3}, strides[] = {3, 1}, far_strides[] = {INT64_MAX, INT64_MAX / 2};
static const int64_t shape[] = {2, 3};

static void keep(DLManagedTensorVersioned *managed) { (void)managed; }

static lattice_status give(const fixture *stage, lattice_batch *batch, int64_t *steps, uint64_t offset) {
  static DLManagedTensorVersioned managed;
  managed = (DLManagedTensorVersioned){
    .version = {DLPACK_MAJOR_VERSION, DLPACK_MINOR_VERSION}, .deleter = keep,
    .dl_tensor = {.data = values, .device = {kDLCPU, 0}, .ndim = 2, .dtype = {kDLFloat, 32, 1}, .shape = sizes,
                  .strides = steps, .byte_offset = offset}};
  return stage->host->output_give(batch, "values", &managed);
}

static lattice_status loop(const fixture *stage, uint64_t count) {
  atomic_store(&covered, 0);
  atomic_store(&ranges, 0);
  lattice_status status = stage->host->parallel_for(stage->context, count, 1, cover, NULL);
  if (status != LATTICE_OK || atomic_load(&covered) == count) return status;
  stage->host->set_error(stage->context, LATTICE_INTERNAL, "the ranges do not add up");
  return LATTICE_INTERNAL;
}

static lattice_status make(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  DLDataType     type = {kDLFloat, 32, 1};
  DLTensor       out;
  if (fixture_how(stage, "rank")) return stage->host->output_alloc(batch, "values", type, 1 << 30, shape, &out);
  if (fixture_how(stage, "minus-rank")) return stage->host->output_alloc(batch, "values", type, -3, shape, &out);
  if (fixture_how(stage, "no-sizes")) return stage->host->output_alloc(batch, "values", type, 2, NULL, &out);
  if (fixture_how(stage, "offset")) return give(stage, batch, strides, UINT64_MAX);
  if (fixture_how(stage, "strides")) return give(stage, batch, far_strides, 0);
  if (fixture_how(stage, "loop")) return loop(stage, UINT64_MAX);
  if (fixture_how(stage, "damage")) return -1;
  lattice_status status = stage->host->output_alloc(batch, "values", type, 2, shape, &out);
  if (status != LATTICE_OK) return status;
  memcpy(out.data, values, sizeof values);
  if (fixture_how(stage, "largest-loop")) return loop(stage, INT64_MAX);
  if (fixture_how(stage, "second")) return stage->host->output_alloc(batch, "values", type, 2, shape, &out);
  if (fixture_how(stage, "second-given")) return give(stage, batch, strides, 0);
  if (fixture_how(stage, "own-words")) {
    (void)stage->host->output_alloc(batch, "values", type, 2, shape, &out);
    stage->host->set_error(stage->context, LATTICE_INPUT, "these are my own words");
    return LATTICE_INPUT;
  }
  return LATTICE_OK;
}

static lattice_status copy(void *self, lattice_batch *batch) { return fixture_copy(self, batch); }

static const DLDataType all_types[] = {
  {kDLBool, 8, 1}, {kDLUInt, 8, 1}, {kDLInt, 8, 1}, {kDLUInt, 16, 1}, {kDLInt, 16, 1}, {kDLUInt, 32, 1},
  {kDLInt, 32, 1}, {kDLUInt, 64, 1}, {kDLInt, 64, 1}, {kDLFloat, 16, 1}, {kDLBfloat, 16, 1}, {kDLFloat, 32, 1},
  {kDLFloat, 64, 1}};
static const lattice_port any_port = {
  .struct_size = sizeof(lattice_port), .name = "image", .dtypes = all_types,
  .n_dtypes = sizeof all_types / sizeof *all_types, .ndim = -1};
static const lattice_port *const any_ports[] = {&any_port};
static const lattice_port values_port = {
  .struct_size = PORT == 1 ? 16 : sizeof(lattice_port), .name = "values", .dtypes = fixture_types,
  .n_dtypes = PORT == 3 ? UINT32_C(1) << 31 : 1, .ndim = PORT == 2 ? 1 << 30 : 2};
static const lattice_port *const values_ports[] = {&values_port};

static const lattice_stage make_stage = {
  .struct_size = sizeof(lattice_stage), .id = "hostile.make", .version = "1.0.0", .outputs = values_ports,
  .n_outputs = 1, .kind = LATTICE_KIND_SOURCE, .create = fixture_create, .process = make,
  .destroy = fixture_destroy};
static const lattice_stage types_stage = {
  .struct_size = sizeof(lattice_stage), .id = "hostile.types", .version = "1.0.0", .inputs = any_ports,
  .n_inputs = 1, .outputs = any_ports, .n_outputs = 1, .kind = LATTICE_KIND_MAP, .create = fixture_create,
  .process = copy, .destroy = fixture_destroy};
static const lattice_stage *const stages[] = {&make_stage, &types_stage};
static const lattice_stage_module module = FIXTURE_MODULE("org.lattice.hostile", stages);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module;
}
