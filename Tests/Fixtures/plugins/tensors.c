// Stages that try how the host deals with tensors; `how` says what they do.
//
//   tensors.give  gives a tensor of its own, 2 x 3 values 1...6 where nothing else is said:
//                 dense, null-strides, transposed, reversed, one-row, one-column, one-value, offset, unaligned, empty, scalar;
//                 refused: newer (DLPack 2.0), device, lanes, type, negative, rows, without-data
//   tensors.ask   asks the host for an output: right, port, type, unknown-type, rows, rank, size, negative, huge
//   tensors.keep  keeps its input until the instance is destroyed, and puts out what came in
//
// `tensors_alive` counts the tensors given away whose deleter has not been called.
#include "fixture.h"

#include <stdatomic.h>

static atomic_int alive;

LATTICE_EXPORT int tensors_alive(void) { return atomic_load(&alive); }

// A tensor with its owner and memory.
typedef struct {
  DLManagedTensorVersioned managed;
  int64_t                  shape[2];
  int64_t                  strides[2];
  _Alignas(64) float       values[16];
} given;

static void delete_given(DLManagedTensorVersioned *managed) {
  atomic_fetch_sub(&alive, 1);
  free(managed->manager_ctx);
}

static given *make_given(void) {
  given *tensor = aligned_alloc(64, sizeof *tensor);
  memset(tensor, 0, sizeof *tensor);
  atomic_fetch_add(&alive, 1);
  for (int i = 0; i < 16; i++) tensor->values[i] = (float)(i + 1);
  tensor->shape[0] = 2;
  tensor->shape[1] = 3;
  tensor->strides[0] = 3;
  tensor->strides[1] = 1;
  tensor->managed = (DLManagedTensorVersioned){
    .version = {DLPACK_MAJOR_VERSION, DLPACK_MINOR_VERSION}, .manager_ctx = tensor, .deleter = delete_given,
    .dl_tensor = {
      .data = tensor->values, .device = {kDLCPU, 0}, .ndim = 2, .dtype = {kDLFloat, 32, 1},
      .shape = tensor->shape, .strides = tensor->strides}};
  return tensor;
}

// Column-major memory: the same six values, the first index fastest.
static void transpose(given *tensor) {
  static const float columns[] = {1, 4, 2, 5, 3, 6};
  memcpy(tensor->values, columns, sizeof columns);
  tensor->strides[0] = 1;
  tensor->strides[1] = 2;
}

// Read from its end: rows 2, 1 of 6 5 4 / 3 2 1.
static void reverse(given *tensor) {
  tensor->managed.dl_tensor.data = tensor->values + 5;
  tensor->strides[0] = -3;
  tensor->strides[1] = -1;
}

static void unalign(given *tensor) {
  char *odd = (char *)tensor->values + 1;
  memmove(odd, tensor->values, 6 * sizeof(float));
  tensor->managed.dl_tensor.data = odd;
}

static lattice_status give(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  given         *tensor = make_given();
  DLTensor      *view = &tensor->managed.dl_tensor;
  if (fixture_how(stage, "null-strides")) view->strides = NULL;
  if (fixture_how(stage, "transposed")) transpose(tensor);
  if (fixture_how(stage, "reversed")) reverse(tensor);
  if (fixture_how(stage, "one-row") || fixture_how(stage, "one-value")) tensor->strides[0] = 0;
  if (fixture_how(stage, "one-column") || fixture_how(stage, "one-value")) tensor->strides[1] = 0;
  if (fixture_how(stage, "offset")) view->byte_offset = 2 * sizeof(float);
  if (fixture_how(stage, "unaligned")) unalign(tensor);
  if (fixture_how(stage, "empty")) tensor->shape[1] = 0, view->data = NULL;
  if (fixture_how(stage, "scalar")) view->ndim = 0;
  if (fixture_how(stage, "newer")) tensor->managed.version = (DLPackVersion){2, 0};
  if (fixture_how(stage, "device")) view->device.device_type = 2;
  if (fixture_how(stage, "lanes")) view->dtype.lanes = 4;
  if (fixture_how(stage, "type")) view->dtype = (DLDataType){kDLInt, 32, 1};
  if (fixture_how(stage, "negative")) tensor->shape[1] = -3;
  if (fixture_how(stage, "rows")) tensor->shape[0] = 1;
  if (fixture_how(stage, "without-data")) view->data = NULL;
  return stage->host->output_give(batch, "values", &tensor->managed);
}

static lattice_status ask(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  const char    *port = fixture_how(stage, "port") ? "colour" : "image";
  DLDataType     type = {kDLFloat, 32, 1};
  int64_t        shape[4] = {(int64_t)stage->host->batch_size(batch), 2, 2, 3};
  int32_t        rank = fixture_how(stage, "rank") ? 3 : 4;
  DLTensor       out;
  if (fixture_how(stage, "type")) type = (DLDataType){kDLInt, 32, 1};
  if (fixture_how(stage, "unknown-type")) type = (DLDataType){kDLFloat, 128, 1};
  if (fixture_how(stage, "rows")) shape[0] += 1;
  if (fixture_how(stage, "size")) shape[3] = 4;
  if (fixture_how(stage, "negative")) shape[1] = -2;
  if (fixture_how(stage, "huge")) shape[1] = shape[2] = INT64_C(1) << 40;
  return stage->host->output_alloc(batch, port, type, rank, shape, &out);
}

typedef struct {
  fixture                   base;
  DLManagedTensorVersioned *kept;
} keeper;

static lattice_status keep_create(const lattice_stage_config *config, void **self) {
  keeper *stage = calloc(1, sizeof *stage);
  if (!stage) return LATTICE_NOMEM;
  stage->base.host = config->host;
  stage->base.context = config->context;
  *self = stage;
  return LATTICE_OK;
}

static lattice_status keep(void *self, lattice_batch *batch) {
  keeper *stage = self;
  if (!stage->kept) stage->kept = stage->base.host->input_retain(batch, "image");
  return fixture_copy(&stage->base, batch);
}

static void keep_destroy(void *self) {
  keeper *stage = self;
  if (stage->kept) stage->kept->deleter(stage->kept);
  free(stage);
}

static const int64_t ask_sizes[] = {-1, -1, -1, 3};
static const lattice_port ask_port = {
  .struct_size = sizeof(lattice_port), .name = "image", .dtypes = fixture_types, .n_dtypes = 1, .ndim = 4,
  .dims = ask_sizes};
static const lattice_port *const ask_ports[] = {&ask_port};
static const lattice_port values_port = {
  .struct_size = sizeof(lattice_port), .name = "values", .dtypes = fixture_types, .n_dtypes = 1, .ndim = -1};
static const lattice_port *const values_ports[] = {&values_port};

static const lattice_stage give_stage = {
  .struct_size = sizeof(lattice_stage), .id = "tensors.give", .version = "1.0.0", .outputs = values_ports,
  .n_outputs = 1, .kind = LATTICE_KIND_SOURCE, .create = fixture_create, .process = give,
  .destroy = fixture_destroy};
static const lattice_stage ask_stage = {
  .struct_size = sizeof(lattice_stage), .id = "tensors.ask", .version = "1.0.0", .outputs = ask_ports,
  .n_outputs = 1, .kind = LATTICE_KIND_SOURCE, .create = fixture_create, .process = ask,
  .destroy = fixture_destroy};
static const lattice_stage keep_stage = {
  .struct_size = sizeof(lattice_stage), .id = "tensors.keep", .version = "1.0.0", .inputs = fixture_ports,
  .n_inputs = 1, .outputs = fixture_ports, .n_outputs = 1, .kind = LATTICE_KIND_MAP, .create = keep_create,
  .process = keep, .destroy = keep_destroy};
static const lattice_stage *const stages[] = {&give_stage, &ask_stage, &keep_stage};
static const lattice_stage_module module = FIXTURE_MODULE("org.lattice.tensors", stages);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module;
}
