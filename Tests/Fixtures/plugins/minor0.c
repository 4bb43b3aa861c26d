// A plugin as it was built against minor 0 of the stage ABI: `minor0.stage.so` beside this file is kept for ever.
//
// It includes no header: its structs are written out as they were then, so that no later header changes it. The binary
// was made with gcc 12 by
//
//   cc -shared -fPIC -Os -nostdlib -fno-asynchronous-unwind-tables -Wl,--build-id=none -Wl,-z,noseparate-code \
//     -Wl,--hash-style=gnu -s -o minor0.stage.so minor0.c
//
// Its stage `minor0.half` gives each picture times a half.
typedef unsigned int       u32;
typedef unsigned long long u64;
typedef long long          i64;

typedef struct {
  unsigned char  code, bits;
  unsigned short lanes;
} data_type;

typedef struct {
  void     *data;
  int       device[2];
  int       ndim;
  data_type dtype;
  i64      *shape, *strides;
  u64       byte_offset;
} tensor;

// The table of host services: two numbers, two texts, then 27 functions.
typedef struct {
  u32         struct_size, abi_minor;
  const char *name, *version;
  void       *before[13]; // get_extension ... check_fault
  u64       (*batch_size)(const void *batch);
  void       *between[8]; // item_id ... item_fail
  const tensor *(*input)(const void *batch, const char *port);
  void       *input_retain;
  int       (*output_alloc)(void *batch, const char *port, data_type dtype, int ndim, const i64 *shape, tensor *out);
  void       *output_give, *output_file;
} host;

typedef struct {
  u32         struct_size, reserved;
  const char *stage_id, *instance_name, *params_json;
  const host *services;
  void       *context;
} config;

typedef struct {
  u32                struct_size, flags;
  const char        *name, *semantic, *doc;
  const data_type   *dtypes;
  u32                n_dtypes;
  int                ndim;
  const i64         *dims;
  const char *const *dim_names;
} port;

typedef struct {
  u32                struct_size, flags;
  const char        *id, *version, *summary, *params_schema;
  const port *const *inputs;
  u32                n_inputs, n_outputs;
  const port *const *outputs;
  const char *const *model_slots;
  u32                n_model_slots;
  int                kind;
  u32                preferred_batch, reserved;
  void              *check;
  int              (*create)(const config *, void **);
  void              *open;
  int              (*process)(void *, void *);
  void              *finish, *run, *save_state, *load_state, *close;
  void             (*destroy)(void *);
  void              *get_extension;
} stage;

typedef struct {
  u32                 struct_size, abi_minor, min_host_minor, n_stages;
  const char         *id, *version, *vendor, *license, *build_info;
  const stage *const *stages;
} module;

static int create(const config *config, void **self) {
  *self = (void *)config->services; // Immortal, and all this stage needs.
  return 0;
}

static void destroy(void *self) { (void)self; }

static int process(void *self, void *batch) {
  const host   *services = self;
  const tensor *in = services->input(batch, "image");
  tensor        out;
  int           status = services->output_alloc(batch, "image", in->dtype, in->ndim, in->shape, &out);
  if (status != 0) return status;
  i64 count = in->shape[0] * in->shape[1] * in->shape[2] * in->shape[3];
  for (i64 i = 0; i < count; i++) ((float *)out.data)[i] = ((const float *)in->data)[i] * 0.5f;
  return 0;
}

static const data_type   types[] = {{2, 32, 1}};
static const i64         sizes[] = {-1, -1, -1, -1};
static const char *const names[] = {"N", "H", "W", "C"};
static const port        image = {sizeof(port), 0, "image", 0, "Pictures.", types, 1, 4, sizes, names};
static const port *const ports[] = {&image};

static const stage half = {
  .struct_size = sizeof(stage), .flags = 1, .id = "minor0.half", .version = "1.0.0", .summary = "Halves pictures.",
  .inputs = ports, .n_inputs = 1, .outputs = ports, .n_outputs = 1, .kind = 1, .create = create, .process = process,
  .destroy = destroy};
static const stage *const stages[] = {&half};
static const module       table = {
  sizeof(module), 0, 0, 1, "org.lattice.minor0", "1.0.0", "Lattice", "Apache-2.0", 0, stages};

__attribute__((visibility("default"))) const module *lattice_stage_module_v1(u32 host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &table;
}
