// The contract between Lattice and a stage plugin: one C header, ABI major 1.
//
// A plugin is a shared library named `*.stage.so` that exports one function, `lattice_stage_module_v1`,
// and imports nothing from the host: every host service is a function pointer in a `lattice_host` table.
//
// Rules that hold for every declaration below:
//   * Every struct that crosses starts with `struct_size`, set by whoever fills it, and only ever grows at
//     its end. A reader uses a field only if `LATTICE_HAS(pointer, type, field)`.
//   * Strings are NUL-terminated UTF-8. A string given to a function is copied by the callee before it
//     returns; a string returned or found in a table is owned by the giver.
//   * Whoever allocates frees: no malloc/free pair crosses.
//   * Stages of one job share a process. A call leaves as it found them: the rounding mode and how tiny numbers are
//     treated, the working directory, umask, locale, signal handlers, and descriptors 0 to 2. The host puts back what
//     was changed and says so; a call that closes one of the descriptors ends its worker.
//   * No C enums but DLPack's own, no bit-fields, variadics, atomics or data symbols cross, so that the header can
//     be used from C11, C++17, Swift, Rust and Zig alike.
//
// Each function says on which thread it may be called:
//   [any]       any thread of the plugin, at any time between `create` and the return of `destroy`
//   [call]      only on the thread of the running call into the plugin, before that call returns
//   [host]      called by the host, never by two threads at once for one instance, unless it says otherwise
#ifndef LATTICE_STAGE_H
#define LATTICE_STAGE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Layout. A host loads only plugins whose entry function carries its own major.
#define LATTICE_STAGE_ABI_MAJOR 1
// Additions. A plugin built against a higher minor still loads if its `min_host_minor` allows it.
#define LATTICE_STAGE_ABI_MINOR 1

// True when the struct at `p`, of type `T`, is long enough to hold `field`, and the field is not null.
#define LATTICE_HAS(p, T, field) \
   ((p)->struct_size >= offsetof(T, field) + sizeof((p)->field) && (p)->field != 0)

// ---------------------------------------------------------------------------------------------- tensors
//
// The tensor structs are those of DLPack 1.1 (https://dmlc.github.io/dlpack), declared here in our own words with
// the same names, types and layout, so that a tensor can be handed to numpy, PyTorch or JAX without a copy. They stand
// under the original's include guard: whichever of the two headers comes first declares them, and the other one adds
// nothing. A file that needs what came after DLPack 1.1 includes the original first.
#ifdef DLPACK_DLPACK_H_
#if !defined(DLPACK_MAJOR_VERSION) || DLPACK_MAJOR_VERSION != 1
#error "lattice_stage.h needs DLPack 1.x, and another dlpack.h was included before it"
#endif
#else
#define DLPACK_DLPACK_H_

#define DLPACK_MAJOR_VERSION 1
#define DLPACK_MINOR_VERSION 1
#define DLPACK_FLAG_BITMASK_READ_ONLY (1UL << 0UL)
#define DLPACK_FLAG_BITMASK_IS_COPIED (1UL << 1UL)
#define DLPACK_FLAG_BITMASK_IS_SUBBYTE_TYPE_PADDED (1UL << 2UL)

// Where memory lies. Lattice passes kDLCPU and no other. The one C enum that crosses: it has 32 bits.
#ifdef __cplusplus
typedef enum : int32_t {
#else
typedef enum {
#endif
   kDLCPU = 1,
   kDLCUDA = 2,
   kDLCUDAHost = 3,
   kDLOpenCL = 4,
   kDLVulkan = 7,
   kDLMetal = 8,
   kDLVPI = 9,
   kDLROCM = 10,
   kDLROCMHost = 11,
   kDLExtDev = 12,
   kDLCUDAManaged = 13,
   kDLOneAPI = 14,
   kDLWebGPU = 15,
   kDLHexagon = 16,
   kDLMAIA = 17,
   kDLTrn = 18,
} DLDeviceType;

// `DLDataType.code`. Lattice passes kDLInt, kDLUInt, kDLFloat, kDLBfloat and kDLBool.
typedef enum {
   kDLInt = 0U,
   kDLUInt = 1U,
   kDLFloat = 2U,
   kDLOpaqueHandle = 3U,
   kDLBfloat = 4U,
   kDLComplex = 5U,
   kDLBool = 6U,
   kDLFloat8_e3m4 = 7U,
   kDLFloat8_e4m3 = 8U,
   kDLFloat8_e4m3b11fnuz = 9U,
   kDLFloat8_e4m3fn = 10U,
   kDLFloat8_e4m3fnuz = 11U,
   kDLFloat8_e5m2 = 12U,
   kDLFloat8_e5m2fnuz = 13U,
   kDLFloat8_e8m0fnu = 14U,
   kDLFloat6_e2m3fn = 15U,
   kDLFloat6_e3m2fn = 16U,
   kDLFloat4_e2m1fn = 17U,
} DLDataTypeCode;

typedef struct {
   uint32_t major;
   uint32_t minor;
} DLPackVersion;

typedef struct {
   DLDeviceType device_type; // kDLCPU.
   int32_t      device_id;   // 0 on the CPU.
} DLDevice;

typedef struct {
   uint8_t  code;  // A DLDataTypeCode: kDLInt, kDLUInt, kDLFloat, kDLBfloat or kDLBool.
   uint8_t  bits;  // Of one lane: 8, 16, 32 or 64.
   uint16_t lanes; // 1: Lattice passes no vector types.
} DLDataType;

// A strided view of memory that somebody else owns.
//
// What the host gives out: `strides` never NULL when ndim > 0, `byte_offset` 0, `data` 256-byte aligned and
// NULL when a dimension is 0. What the host takes: NULL strides (dense, row-major), any stride on a dimension
// of size 1, a `byte_offset` other than 0 and unaligned data.
typedef struct {
   void      *data;
   DLDevice   device;
   int32_t    ndim;    // 0 for a scalar.
   DLDataType dtype;
   int64_t   *shape;   // `ndim` sizes, outermost first, in elements.
   int64_t   *strides; // `ndim` steps, in elements.
   uint64_t   byte_offset;
} DLTensor;

// A tensor with its owner as DLPack 0.x had it. Lattice neither gives nor takes it.
typedef struct DLManagedTensor {
   DLTensor dl_tensor;
   void    *manager_ctx;
   // Frees the tensor with all that belongs to it. [any]
   void   (*deleter)(struct DLManagedTensor *self);
} DLManagedTensor;

// A tensor with its owner. Who takes it calls `deleter(self)` exactly once, from any thread; a consumer that
// meets another major version may touch `version` and `deleter` only.
typedef struct DLManagedTensorVersioned {
   DLPackVersion version;
   void         *manager_ctx;
   // Frees the tensor with all that belongs to it. [any]
   void        (*deleter)(struct DLManagedTensorVersioned *self);
   uint64_t      flags; // DLPACK_FLAG_BITMASK_…
   DLTensor      dl_tensor;
} DLManagedTensorVersioned;

#endif // DLPACK_DLPACK_H_

// ----------------------------------------------------------------------------------------------- status

// What a call returns, and what follows.
//
// INPUT, INTERNAL and NOTFOUND of `process` are about items: a batch of several is tried again item by item, each that
// gets the status by itself fails, and the others go on, as long as the spec's `max_failed_items` allows it. The same
// holds for what the host refuses, such as an output that isn't there or isn't what the port or `check` promised. A call
// that doesn't return LATTICE_OK counts as not made, so it must leave no trace in what the stage gathers. Of every other
// function these three fail the job. Any other number is taken for LATTICE_INTERNAL.
typedef int32_t lattice_status;
#define LATTICE_OK 0
#define LATTICE_CONFIG 1      // The parameters can't be met, whatever the item. Never retried; the job fails.
#define LATTICE_INPUT 2       // This item's data is bad. The item fails, the others go on.
#define LATTICE_TRANSIENT 3   // It may work later. Retried after a growing pause, as often as `retry.attempts` says.
#define LATTICE_NOMEM 4       // Out of memory. Tried with halves of the batch; one item that gets it twice fails.
#define LATTICE_NOSPACE 5     // Disk full. The job pauses; no attempt is used up.
#define LATTICE_CANCELLED 6   // The stage saw `is_cancelled` and stopped. Not having been asked to, it is INTERNAL.
#define LATTICE_INTERNAL 7    // The stage's own fault, with this item at least. Never retried.
#define LATTICE_UNSUPPORTED 8 // The host or machine lacks something the stage needs. Never retried; the job fails.
#define LATTICE_NOTFOUND 9    // A file or model isn't there. Never retried.

#define LATTICE_LOG_DEBUG 0
#define LATTICE_LOG_INFO 1
#define LATTICE_LOG_WARNING 2
#define LATTICE_LOG_ERROR 3

// ------------------------------------------------------------------------------------------ host services

// The host's side of one stage instance; opaque. Valid from `create` to the return of `destroy`, and during
// `check` for that call alone.
typedef struct lattice_context lattice_context;

// Items that travel together through one `process` call; opaque. Valid until that call returns.
typedef struct lattice_batch lattice_batch;

// What `check` adds its findings to; opaque. Valid until `check` returns.
typedef struct lattice_check_result lattice_check_result;

struct lattice_tensor_spec;

// The services of the host. Immortal, read-only, the same for all instances.
typedef struct lattice_host {
   uint32_t    struct_size;
   uint32_t    abi_minor; // LATTICE_STAGE_ABI_MINOR of the host.
   const char *name;      // "lattice-worker".
   const char *version;

   // Gives the extension `id` ("lattice.task/1"), an immortal table owned by the host, or NULL if the host has none of
   // that name. [any]
   const void *(*get_extension)(const struct lattice_host *host, const char *id);

   // Writes a line to the stage's log. `fields_json` is a JSON object or NULL. [any]
   void (*log)(lattice_context *context, int32_t level, const char *message, const char *fields_json);

   // Says why the running call is about to return `status`. The last one set before the return counts. [call]
   void (*set_error)(lattice_context *context, lattice_status status, const char *message);

   // Tells how far the running call is; `total` 0 when unknown. It is also the heartbeat: a stage that
   // reports nothing for the job's `stall` time is taken for hung and killed. [any]
   void (*progress)(lattice_context *context, uint64_t done, uint64_t total, const char *unit);

   // 1 once the job is being cancelled: return LATTICE_CANCELLED soon, at most a second later. [any]
   int32_t (*is_cancelled)(lattice_context *context);

   // A directory for scratch files, emptied when the attempt ends. Owned by the host. [any]
   const char *(*temp_dir)(lattice_context *context);

   // The directory or file of the model in `slot`, or NULL when the job names none. `sha256`, if not NULL,
   // receives the digest in hexadecimal. Both owned by the host, valid until `destroy`. [any]
   const char *(*model_path)(lattice_context *context, const char *slot, const char **sha256);

   // Threads this stage may keep busy, at least 1. [any]
   uint32_t (*thread_budget)(lattice_context *context);

   // Calls `body(arg, begin, end)` for ranges that together cover 0..<count, on at most the budget's threads,
   // and returns when all have returned. `grain` is the smallest range worth a thread, at least 1. [call]
   lattice_status (*parallel_for)(lattice_context *context, uint64_t count, uint64_t grain,
                                  void (*body)(void *arg, uint64_t begin, uint64_t end), void *arg);

   // Memory counted against the job's limit, the plugin's until `dealloc`; `alignment` is a power of two. NULL when
   // the limit is reached. [any]
   void *(*alloc)(lattice_context *context, uint64_t size, uint64_t alignment);

   // Takes back memory that `alloc` of the same context gave; NULL does nothing. [any]
   void (*dealloc)(lattice_context *context, void *memory);

   // Adds an output to the result of `check`. The spec is copied. [call, check only]
   void (*check_output)(lattice_check_result *result, const struct lattice_tensor_spec *spec);

   // Finds fault with a parameter; `parameter` may be NULL. Each call adds one. [call, check only]
   void (*check_fault)(lattice_check_result *result, const char *parameter, const char *message);

   // Items in this batch, at least 1. [any, during process]
   uint64_t (*batch_size)(const lattice_batch *batch);

   // The item's id: its path below the input directory, or its number; bytes that are not UTF-8 stand as "\\xE9". Owned
   // by the batch. [any, process]
   const char *(*item_id)(const lattice_batch *batch, uint64_t index);

   // The item's place in the job, from 0; the same in every attempt and for every shard size. [any, process]
   uint64_t (*item_number)(const lattice_batch *batch, uint64_t index);

   // The absolute path of the item's file, or NULL for an item without one. Where the file's own path is not UTF-8, it
   // is a link to it. Owned by the batch. [any, process]
   const char *(*item_path)(const lattice_batch *batch, uint64_t index);

   // What earlier stages said of the item, as a JSON object. Owned by the batch, valid until the next
   // item_set_metadata of the same item. [any, process]
   const char *(*item_metadata)(const lattice_batch *batch, uint64_t index);

   // Merges the keys of a JSON object into the item's metadata. [any, process]
   lattice_status (*item_set_metadata)(lattice_batch *batch, uint64_t index, const char *json);

   // 64 random bits for this item and stage; the same on every attempt, shard and machine. [any, process]
   uint64_t (*item_seed)(const lattice_batch *batch, uint64_t index);

   // Names the item that is worked on by this thread, for the report if the process dies. [any, process]
   void (*item_begin)(lattice_batch *batch, uint64_t index);

   // Fails one item, with the reason; the rest of the batch goes on. Its row of the outputs is not read.
   // [any, process]
   void (*item_fail)(lattice_batch *batch, uint64_t index, lattice_status status, const char *message);

   // The tensor at an input port: dense, read-only, first dimension = batch_size. NULL when nothing is
   // connected to an optional port. Borrowed until process returns. [any, process]
   const DLTensor *(*input)(const lattice_batch *batch, const char *port);

   // The same tensor, kept alive until its deleter is called. [any, process]
   DLManagedTensorVersioned *(*input_retain)(const lattice_batch *batch, const char *port);

   // Makes the tensor of an output port in host memory, zeroed, and describes it in `out`, whose shape and
   // strides stay owned by the batch. Write in place: nothing is copied afterwards. Once for each port and call:
   // LATTICE_INTERNAL the second time. [call]
   lattice_status (*output_alloc)(lattice_batch *batch, const char *port, DLDataType dtype, int32_t ndim,
                                  const int64_t *shape, DLTensor *out);

   // Gives a tensor of the plugin's own to an output port. Always consumes it, also on error. [call]
   lattice_status (*output_give)(lattice_batch *batch, const char *port, DLManagedTensorVersioned *tensor);

   // Reserves an output file and writes the path to create into `path` (at most `capacity` bytes with NUL).
   // `batch` and `index` name the item it belongs to; `batch` NULL: the file belongs to the whole stage.
   // `name` is relative to the job's output folder and may hold {item.…} and {job.…} placeholders.
   // `exists` is "error", "skip" or "replace", or NULL for the job's own setting.
   // `role` tells the report what it is: "result" (or NULL), "preview" (a picture to show), "table" (CSV).
   // The file becomes visible in the output folder only when the shard is published. [any]
   lattice_status (*output_file)(lattice_context *context, lattice_batch *batch, uint64_t index, const char *name,
                                 const char *exists, const char *role, char *path, uint64_t capacity);
} lattice_host;

// ------------------------------------------------------------------------------------------ descriptions
//
// Everything reached from `lattice_stage_module` is immortal: it stays valid until the process ends.

// `lattice_port.flags`.
#define LATTICE_PORT_OPTIONAL 1u // May be left unconnected.
#define LATTICE_PORT_FILE 2u     // Not a tensor: the item's file, found through item_path.

// A named input or output of a stage.
typedef struct lattice_port {
   uint32_t           struct_size;
   uint32_t           flags;
   const char        *name;
   const char        *semantic;  // What the numbers mean: "image.rgb", "tokens.fsq"; NULL for anything.
   const char        *doc;       // One line.
   const DLDataType  *dtypes;    // `n_dtypes` types that will do; an output lists those it may give.
   uint32_t           n_dtypes;  // 0 for a file port.
   int32_t            ndim;      // With the batch dimension; -1 for any rank.
   const int64_t     *dims;      // `ndim` sizes, -1 where the name below stands for it. NULL when ndim is -1.
   const char *const *dim_names; // `ndim` names: "N" is the batch; one name is one size within a stage. May be NULL.
} lattice_port;

// The type and size of a tensor before it exists.
typedef struct lattice_tensor_spec {
   uint32_t       struct_size;
   uint32_t       reserved;
   const char    *port;
   const char    *semantic; // NULL: that of the port.
   DLDataType     dtype;
   int32_t        ndim;
   const int64_t *dims; // -1 where unknown or different from item to item.
} lattice_tensor_spec;

// The parameters of a stage are what a spec says under `params`. `lattice_stage.params_schema` is their JSON Schema
// (draft 2020-12, https://json-schema.org), an object; NULL for a stage without parameters. Before `check` and `create`
// the host holds the parameters against it, and each keyword means what that draft says.
//
// Keywords that are checked:
//      type enum const
//      minimum maximum exclusiveMinimum exclusiveMaximum multipleOf
//      minLength maxLength
//      items prefixItems contains minContains maxContains minItems maxItems uniqueItems
//      properties required additionalProperties propertyNames minProperties maxProperties
//      dependentRequired dependentSchemas
//      allOf anyOf oneOf not if then else
// Keywords that describe, for `lattice plugin inspect` and for messages:
//      $schema $comment title description default examples deprecated
// Keywords of Lattice's own, true or false, on a member of the root's `properties` whose type is "string":
//      x-lattice-template      The name of an output below the job's output folder, with {item.…} and {job.…}
//                              placeholders. The host checks it, looks for two outputs of one name, and knows by it
//                              what is there already. Give it to `output_file` as it is.
//      x-lattice-may-be-empty  With a template: an empty text stands for "no such file", and is no fault.
//      x-lattice-path          A file or folder that the stage reads. The host looks whether it is there, and gives the
//                              stage its absolute path.
//      x-lattice-beside-items  A file or folder that the stage reads, and whose relative path is seen from each item's
//                              own folder. Before a run `check` is also asked with its absolute path, for some of the
//                              items' folders; the stage gets the path as it is written.
// Keywords that are not in this list (pattern, format, $ref, …) make the stage broken, with a sentence that names them:
// what a schema says is checked. Others that begin with "x-" are yours, and nobody looks at them.
//
// The host fills in `default` along properties, items and prefixItems. It writes 2.0 as 2 where the type is "integer",
// and a whole number as a text where the type is ["string", "integer"], a name that needs no quotes in a spec.
// Without additionalProperties a misspelt parameter passes: say `"additionalProperties": false`.

// How one use of a stage in a pipeline is set up. Valid until the call that receives it returns, but for
// `host` and `context`, which live as long as the instance.
typedef struct lattice_stage_config {
   uint32_t            struct_size;
   uint32_t            reserved;
   const char         *stage_id;      // The stage of this module that is meant.
   const char         *instance_name; // Its `id` in the pipeline spec.
   const char         *params_json;   // A JSON object, checked against the schema, defaults filled in.
   const lattice_host *host;
   lattice_context    *context;
} lattice_stage_config;

// `lattice_stage.kind`.
#define LATTICE_KIND_SOURCE 0 // Items in, tensors out: a reader or a generator.
#define LATTICE_KIND_MAP 1    // Tensors in, tensors out.
#define LATTICE_KIND_SINK 2   // Tensors in, files out.
#define LATTICE_KIND_TASK 3   // Runs once for the whole job: a trainer.

// `lattice_stage.flags`.
#define LATTICE_STAGE_DETERMINISTIC 1u // The same inputs and parameters give the same bytes.
#define LATTICE_STAGE_NEEDS_SEED 2u    // Draws random numbers from item_seed.
#define LATTICE_STAGE_PARALLEL 4u      // process may run on several threads at once, for different batches: up to
                                       // four of the job's threads take batches through it. With
                                       // LATTICE_STAGE_REDUCES it is called for one after the other all the same.
#define LATTICE_STAGE_REDUCES 8u       // Gathers over the whole job: each shard ends with save_state; once all
                                       // are done, a new instance gets load_state for each of them in order
                                       // and then finish.
#define LATTICE_STAGE_PUBLISHES 16u    // A task that fills lattice_task.model_dir, so that the spec has to name
                                       // the model with `output: { model: … }`. Since minor 1.

// A stage: the unit a pipeline is made of.
typedef struct lattice_stage {
   uint32_t    struct_size;
   uint32_t    flags;
   const char *id;            // "fsq.quantize".
   const char *version;       // Semantic version (2.0), "1.2.0". Without one the stage is broken.
   const char *summary;       // One line.
   const char *params_schema; // JSON Schema of the parameters, see there. NULL: it has none.
   const lattice_port *const *inputs;
   uint32_t    n_inputs;
   uint32_t    n_outputs;
   const lattice_port *const *outputs;
   const char *const *model_slots; // Names of the models it opens; the first is what `model:` means.
   uint32_t    n_model_slots;
   int32_t     kind;
   uint32_t    preferred_batch; // Items per process call; 0 leaves it to the host.
   uint32_t    reserved;

   // Tells the outputs' types and sizes from the inputs', and finds fault with parameters. Opens no model, and no
   // file but those that parameters name by absolute paths; under 50 ms, 5 s with such files. NULL: sizes follow
   // from the ports' dimension names. [host, any thread]
   lattice_status (*check)(const lattice_stage_config *config, const lattice_tensor_spec *const *inputs,
                           uint32_t n_inputs, lattice_check_result *result);

   // Makes an instance. Cheap: weights are loaded by open. On failure returns a status after set_error. [host]
   lattice_status (*create)(const lattice_stage_config *config, void **self);

   // Loads what processing needs. Called once, after create, before anything below. May be NULL. [host]
   lattice_status (*open)(void *self);

   // Works on one batch. Source, map and sink. Concurrent calls only with LATTICE_STAGE_PARALLEL. [host]
   lattice_status (*process)(void *self, lattice_batch *batch);

   // No more batches follow: flush, or the reduce step after load_state. May be NULL. [host]
   lattice_status (*finish)(void *self);

   // Does the whole work of a task. NULL for other kinds. [host]
   lattice_status (*run)(void *self);

   // Writes all that a later load_state needs into the empty directory `directory`. May be NULL. [host]
   lattice_status (*save_state)(void *self, const char *directory);

   // Takes in what save_state wrote; called several times, it adds up. May be NULL. [host]
   lattice_status (*load_state)(void *self, const char *directory);

   // Lets go of what open took. Called once, also after an error. May be NULL. [host]
   void (*close)(void *self);

   // Frees the instance. [host]
   void (*destroy)(void *self);

   // Gives the stage's extension `id`, a table owned by the plugin and valid until `destroy`, or NULL. May itself be
   // NULL. [host]
   const void *(*get_extension)(void *self, const char *id);
} lattice_stage;

// A plugin's table of contents.
typedef struct lattice_stage_module {
   uint32_t    struct_size;
   uint32_t    abi_minor;      // The minor it was built against.
   uint32_t    min_host_minor; // The oldest host that will do.
   uint32_t    n_stages;
   const char *id;             // "org.lattice.image".
   const char *version;
   const char *vendor;
   const char *license;        // SPDX identifier.
   const char *build_info;     // Compiler and flags, for support; may be NULL.
   const lattice_stage *const *stages;
} lattice_stage_module;

// ------------------------------------------------------------------------------- extension lattice.task/1
//
// What the host does for a stage of kind LATTICE_KIND_TASK besides the services of `lattice_host`. Immortal and
// read-only like that table; since minor 1:
//
//    const lattice_task *task = host->get_extension(host, LATTICE_TASK_EXTENSION);
//
// A task runs once for the whole job, in one process. When that process dies (a crash, kill -9, a power cut) or
// is asked to stop (`is_cancelled`: the job pauses, the machine goes down), a new instance is made and runs from
// the start; it goes on from what its predecessor left in `state_dir`.
#define LATTICE_TASK_EXTENSION "lattice.task/1"

typedef struct lattice_task {
   uint32_t struct_size;
   uint32_t reserved;

   // A directory that lives as long as the job: what one attempt leaves there, the next one finds. Write a file
   // under another name, fsync it and rename it, as the process may die at any moment. NULL when the stage is no
   // task. Owned by the host, valid until `destroy`. [any]
   const char *(*state_dir)(lattice_context *context);

   // A directory, empty when the attempt begins, for the files of the model: config.json, model.safetensors and
   // what else belongs to it. Once the task has ended well the host adds MANIFEST and publishes it under the
   // spec's `output: { model: … }`, exactly once, never to be changed. NULL when the spec names no model. Owned
   // by the host, valid until `destroy`. [any]
   const char *(*model_dir)(lattice_context *context);

   // Steps between two checkpoints, from the spec's `checkpoint: { every: 500 steps }`; 0 leaves it to the
   // stage. [any]
   uint64_t (*checkpoint_every)(lattice_context *context);

   // How many of the newest checkpoints to keep, from `checkpoint: { keep: 3 }`; 0 leaves it to the stage. [any]
   uint64_t (*checkpoint_keep)(lattice_context *context);

   // 64 random bits for this stage of the job; the same on every attempt and machine. [any]
   uint64_t (*seed)(lattice_context *context);

   // Notes what was measured at `step`: a JSON object whose members are numbers, or "nan", "inf", "-inf". It
   // becomes a line of the job's metrics/STAGE.jsonl, and the report plots every name over the steps; when a
   // step is reported again, by an attempt that goes on from before it, the later line counts. Also a sign of
   // life. LATTICE_INTERNAL when it is no such object, LATTICE_NOSPACE when the disk is full. [any]
   lattice_status (*report)(lattice_context *context, uint64_t step, const char *metrics_json);

   // Items of the job, at least 1: an input without files, or none at all, has items without a path. [any]
   uint64_t (*item_count)(lattice_context *context);

   // Calls `body(arg, number, id, path)` for each item of the job in order, on the calling thread; `path` is NULL
   // for an item without a file. The strings are the host's and valid until `body` returns. Ends early when
   // `body` returns anything but LATTICE_OK, with that status. [call]
   lattice_status (*for_each_item)(lattice_context *context,
                                   lattice_status (*body)(void *arg, uint64_t number, const char *id,
                                                          const char *path),
                                   void *arg);
} lattice_task;

#if defined(_WIN32)
#define LATTICE_EXPORT __declspec(dllexport)
#else
#define LATTICE_EXPORT __attribute__((visibility("default")))
#endif

// The one function a plugin exports. Returns its immortal table, or NULL after pointing `why` at an immortal
// sentence. Opens no file, starts no thread, under 20 ms. [host, once]
typedef const lattice_stage_module *(*lattice_stage_module_v1_fn)(uint32_t host_minor, const char **why);
#define LATTICE_STAGE_ENTRY "lattice_stage_module_v1"

#ifdef __cplusplus
} // extern "C"
#endif

#endif // LATTICE_STAGE_H
