// Both ends of a hand-over, in C, with nothing but the structs of lattice_stage.h.
//
// `bridge_make` makes sample tensors that numpy takes; `bridge_read` writes down what a tensor of numpy's holds,
// reading it through shape, strides and byte offset. numpy before 2.1 knows the unversioned struct of DLPack 0.x
// alone, which is declared below and nowhere else in Lattice; it wraps the same DLTensor.
#include <lattice_stage.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// DLPack 0.x: no version, no flags.
typedef struct unversioned {
  DLTensor dl_tensor;
  void    *manager_ctx;
  void   (*deleter)(struct unversioned *self);
} unversioned;

typedef struct {
  const char   *name;
  DLDataType    type;
  int32_t       ndim;
  int64_t       shape[4];
  int64_t       strides[4];
  uint64_t      byte_offset;
  const void   *values;
  size_t        size;
} sample;

static const uint8_t  u8s[] = {1, 2, 3, 253, 254, 255};
static const uint16_t u16s[] = {1, 2, 3, 65533, 65534, 65535};
static const int32_t  i32s[] = {1, -2, 3, -4, INT32_MAX, INT32_MIN};
static const int64_t  i64s[] = {1, -2, 3, -4, INT64_MAX, INT64_MIN};
static const uint16_t f16s[] = {0x3C00, 0xC000, 0x3800, 0x7BFF, 0x0001, 0x0000}; // 1 -2 0.5 65504 2^-24 0
static const float    f32s[] = {1, -2, 0.5f, 1.25f, 16777216, 0.125f, 7, 8};
static const double   f64s[] = {1, -2, 0.5, 1.25, 9007199254740992, 0.125};

#define DENSE {2, 3}, {3, 1}, 0

static const sample samples[] = {
  {"u8", {kDLUInt, 8, 1}, 2, DENSE, u8s, sizeof u8s},
  {"u16", {kDLUInt, 16, 1}, 2, DENSE, u16s, sizeof u16s},
  {"i32", {kDLInt, 32, 1}, 2, DENSE, i32s, sizeof i32s},
  {"i64", {kDLInt, 64, 1}, 2, DENSE, i64s, sizeof i64s},
  {"f16", {kDLFloat, 16, 1}, 2, DENSE, f16s, sizeof f16s},
  {"f32", {kDLFloat, 32, 1}, 2, DENSE, f32s, sizeof f32s},
  {"f64", {kDLFloat, 64, 1}, 2, DENSE, f64s, sizeof f64s},
  {"picture", {kDLFloat, 32, 1}, 4, {1, 2, 1, 3}, {6, 3, 3, 1}, 0, f32s, sizeof f32s},
  {"transposed", {kDLFloat, 32, 1}, 2, {3, 2}, {1, 3}, 0, f32s, sizeof f32s},
  {"every-second", {kDLFloat, 32, 1}, 1, {4}, {2}, 0, f32s, sizeof f32s},
  {"offset", {kDLFloat, 32, 1}, 1, {2}, {1}, 24, f32s, sizeof f32s},
  {"scalar", {kDLFloat, 32, 1}, 0, {0}, {0}, 0, f32s, sizeof f32s},
};

// A sample with its own copy of everything, in both structs.
typedef struct {
  DLManagedTensorVersioned versioned;
  unversioned              old;
  int64_t                  shape[4];
  int64_t                  strides[4];
  char                    *memory;
} owner;

static atomic_int alive;

// Tensors of `bridge_make` whose deleter has not been called.
int bridge_alive(void) { return atomic_load(&alive); }

static void free_owner(owner *all) {
  atomic_fetch_sub(&alive, 1);
  free(all->memory);
  free(all);
}

static void delete_versioned(DLManagedTensorVersioned *self) { free_owner(self->manager_ctx); }
static void delete_unversioned(unversioned *self) { free_owner(self->manager_ctx); }

// Makes the sample `name`; gives the unversioned struct if `is_old`. NULL if there is no such sample.
void *bridge_make(const char *name, int is_old) {
  const sample *found = NULL;
  for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
    if (!strcmp(samples[i].name, name)) found = &samples[i];
  if (!found) return NULL;
  owner *all = calloc(1, sizeof *all);
  atomic_fetch_add(&alive, 1);
  all->memory = aligned_alloc(256, 256);
  memcpy(all->memory, found->values, found->size);
  memcpy(all->shape, found->shape, sizeof all->shape);
  memcpy(all->strides, found->strides, sizeof all->strides);
  DLTensor view = {
    .data = all->memory, .device = {kDLCPU, 0}, .ndim = found->ndim, .dtype = found->type, .shape = all->shape,
    .strides = all->strides, .byte_offset = found->byte_offset};
  all->versioned = (DLManagedTensorVersioned){
    .version = {DLPACK_MAJOR_VERSION, DLPACK_MINOR_VERSION}, .manager_ctx = all, .deleter = delete_versioned,
    .flags = DLPACK_FLAG_BITMASK_READ_ONLY, .dl_tensor = view};
  all->old = (unversioned){.dl_tensor = view, .manager_ctx = all, .deleter = delete_unversioned};
  return is_old ? (void *)&all->old : (void *)&all->versioned;
}

// Where the first element of a tensor lies.
uint64_t bridge_address(const void *managed, int is_old) {
  const DLTensor *view =
    is_old ? &((const unversioned *)managed)->dl_tensor : &((const DLManagedTensorVersioned *)managed)->dl_tensor;
  return (uint64_t)(uintptr_t)view->data + view->byte_offset;
}

static int write_element(char *text, size_t room, const void *at, DLDataType type) {
  if (type.code == kDLFloat && type.bits == 32) return snprintf(text, room, " %.9g", (double)*(const float *)at);
  if (type.code == kDLFloat && type.bits == 64) return snprintf(text, room, " %.17g", *(const double *)at);
  if (type.code == kDLInt && type.bits == 32) return snprintf(text, room, " %d", *(const int32_t *)at);
  if (type.code == kDLInt && type.bits == 64) return snprintf(text, room, " %lld", (long long)*(const int64_t *)at);
  if (type.bits == 16) return snprintf(text, room, " %#06x", *(const uint16_t *)at);
  return snprintf(text, room, " %u", *(const uint8_t *)at);
}

// Strides as the tensor has them, or those of dense memory where it has none: numpy 1.24 leaves them out.
static void strides_of(const DLTensor *view, int64_t *strides) {
  int64_t step = 1;
  for (int i = view->ndim - 1; i >= 0; i--) {
    strides[i] = view->strides ? view->strides[i] : step;
    step *= view->shape[i];
  }
}

static void read_view(const DLTensor *view, char *text, size_t room) {
  DLDataType type = view->dtype;
  int64_t    count = 1, position[8] = {0}, strides[8];
  size_t     used = (size_t)snprintf(
    text, room, "device %d type %d/%d/%d", view->device.device_type, type.code, type.bits,
    type.lanes);
  strides_of(view, strides);
  for (int i = 0; i < view->ndim; i++) {
    used += (size_t)snprintf(
      text + used, room - used, " %lld:%lld", (long long)view->shape[i], (long long)strides[i]);
    count *= view->shape[i];
  }
  used += (size_t)snprintf(text + used, room - used, " =");
  for (int64_t element = 0; element < count && used < room; element++) {
    int64_t offset = 0;
    for (int i = 0; i < view->ndim; i++) offset += position[i] * strides[i];
    const char *at = (const char *)view->data + view->byte_offset + offset * (type.bits / 8);
    used += (size_t)write_element(text + used, room - used, at, type);
    for (int i = view->ndim - 1; i >= 0 && ++position[i] == view->shape[i]; i--) position[i] = 0;
  }
}

// Writes down a tensor that somebody else made: device, type, `size:stride` of each dimension, values in row-major
// order (16-bit ones as hexadecimal). Then calls its deleter, as a consumer has to.
void bridge_read(void *managed, int is_old, char *text, uint64_t room) {
  if (is_old) {
    unversioned *tensor = managed;
    read_view(&tensor->dl_tensor, text, room);
    if (tensor->deleter) tensor->deleter(tensor);
  } else {
    DLManagedTensorVersioned *tensor = managed;
    size_t used = (size_t)snprintf(
      text, room, "major %u %s ", tensor->version.major,
      tensor->flags & DLPACK_FLAG_BITMASK_READ_ONLY ? "read-only" : "writable");
    read_view(&tensor->dl_tensor, text + used, room - used);
    if (tensor->deleter) tensor->deleter(tensor);
  }
}
