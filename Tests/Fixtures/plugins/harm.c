// Stages around harm that is done on purpose.
//
//   harm.do     copies its input, until the item with number `item` comes; `how` says what it does then
//   harm.probe  copies its input, and fails an item when what all stages share is not as a worker has it
//   harm.make   a source whose second item waits until harm.do, told to `overlap`, has changed something
//   harm.check  has a `check` that crashes, hangs, leaves or says nothing, as `how` says
#define _GNU_SOURCE
#include "fixture.h"

#include <assert.h>
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__x86_64__)
#define FLOAT_CONTROL __builtin_ia32_stmxcsr()
#define SET_FLOAT_CONTROL(bits) __builtin_ia32_ldmxcsr(bits)
#else
#define FLOAT_CONTROL 0u
#define SET_FLOAT_CONTROL(bits) ((void)(bits))
#endif

// FTZ and DAZ.
#define FLUSHING 0x8040u

static int64_t byte_count(const DLTensor *tensor) {
  int64_t count = tensor->dtype.bits / 8;
  for (int32_t i = 0; i < tensor->ndim; i++) count *= tensor->shape[i];
  return count;
}

static void sleep_long(void *arg, uint64_t begin, uint64_t end) {
  (void)arg;
  (void)begin;
  (void)end;
  for (;;) sleep(100);
}

static void *crash_later(void *arg) {
  (void)arg;
  usleep(30000);
  *(volatile int *)8 = 1;
  return NULL;
}

typedef struct {
  const lattice_host *host;
  lattice_batch      *batch;
} named_work;

static void *name_and_stay(void *arg) {
  named_work *work = arg;
  work->host->item_begin(work->batch, 0);
  sleep(30);
  return NULL;
}

static void *write_later(void *arg) {
  usleep(30000);
  *(volatile float *)arg = 1;
  return NULL;
}

static void start(void *(*body)(void *), void *arg) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, body, arg) == 0) pthread_detach(thread);
}

static __attribute__((noinline)) void smash(volatile char *end) {
  volatile char buffer[16];
  for (volatile char *byte = buffer; byte < end; byte++) *byte = 'A';
}

static void panic(void) {
  fputs("thread 'main' panicked at src/lib.rs:7:5:\nharm was asked for\n"
        "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n", stderr);
  abort();
}

// Milliseconds until what should have come counts as missing.
#define PATIENCE 120000

static atomic_int has_changed;

static int is_at_root(void) {
  char directory[4096];
  return getcwd(directory, sizeof directory) && !strcmp(directory, "/");
}

// Changes the working directory, and stays until a call that ends meanwhile has had it put back.
static int change_and_stay(void) {
  if (chdir("/") != 0) return 0;
  atomic_store(&has_changed, 1);
  for (int i = 0; i < PATIENCE && is_at_root(); i++) usleep(1000);
  return 1;
}

// What changes the process, by name; 0 when `how` is none of it.
static int change(const fixture *stage) {
  if (fixture_how(stage, "rounding")) return fesetround(FE_UPWARD), 1;
  if (fixture_how(stage, "flush")) return SET_FLOAT_CONTROL(FLOAT_CONTROL | FLUSHING), 1;
  if (fixture_how(stage, "directory")) return chdir("/") == 0;
  if (fixture_how(stage, "overlap")) return change_and_stay();
  if (fixture_how(stage, "mask")) return umask(0777), 1;
  if (fixture_how(stage, "locale")) return setlocale(LC_ALL, "C.UTF-8") != NULL;
  if (fixture_how(stage, "signals")) return signal(SIGSEGV, SIG_IGN), 1;
  if (fixture_how(stage, "close-output")) return close(1) == 0;
  return 0;
}

static void harm(const fixture *stage, lattice_batch *batch, DLTensor *out) {
  char *bytes = out->data;
  if (fixture_how(stage, "overrun-1")) *(volatile char *)(bytes + byte_count(out)) = 1;
  if (fixture_how(stage, "overrun-4096")) memset(bytes + byte_count(out), 0x5A, 4096);
  if (fixture_how(stage, "underrun")) memset(bytes - 64, 0x5A, 64);
  if (fixture_how(stage, "write-input")) *(volatile float *)stage->host->input(batch, "image")->data = 9;
  if (fixture_how(stage, "heap")) {
    char *memory = stage->host->alloc(stage->context, 100, 16);
    memory[100] = 1;
    stage->host->dealloc(stage->context, memory);
  }
  if (fixture_how(stage, "free-twice")) {
    void *volatile memory = malloc(2000);
    free(memory);
    free(memory);
  }
  if (fixture_how(stage, "smash")) {
    char mark;
    smash(&mark + 4000);
  }
  if (fixture_how(stage, "assert")) assert(!"harm was asked for");
  if (fixture_how(stage, "panic")) panic();
  if (fixture_how(stage, "leave")) {
    fputs("harm leaves\n", stderr);
    exit(3);
  }
  if (fixture_how(stage, "sleep")) sleep(100);
  if (fixture_how(stage, "loop")) stage->host->parallel_for(stage->context, 8, 1, sleep_long, NULL);
  if (fixture_how(stage, "thread-crash")) start(crash_later, NULL);
  if (fixture_how(stage, "thread-write")) start(write_later, bytes);
}

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture  *stage = self;
  const DLTensor *in = stage->host->input(batch, "image");
  int64_t         wanted = fixture_number(stage, "\"item\":", 0), other = fixture_number(stage, "\"trap\":", -1);
  DLTensor        out;
  lattice_status  status = stage->host->output_alloc(batch, "image", in->dtype, in->ndim, in->shape, &out);
  if (status != LATTICE_OK) return status;
  memcpy(out.data, in->data, (size_t)byte_count(in));
  for (uint64_t i = 0; i < stage->host->batch_size(batch); i++) {
    int64_t number = (int64_t)stage->host->item_number(batch, i);
    if (number == other) __builtin_trap();
    // Its thread is about the item before, and is still there when the next one comes.
    if (number == wanted - 1 && fixture_how(stage, "named-thread")) {
      static named_work work;
      work = (named_work){stage->host, batch};
      start(name_and_stay, &work);
      usleep(20000);
    }
    if (number != wanted || change(stage)) continue;
    if (fixture_how(stage, "named-thread")) sleep(100);
    harm(stage, batch, &out);
  }
  return LATTICE_OK;
}

// What is wrong with the process; NULL when nothing is.
static const char *wrong(void) {
  static char      directory[4096];
  struct sigaction action;
  if (fegetround() != FE_TONEAREST) return "the rounding mode is another";
  if (FLOAT_CONTROL & FLUSHING) return "tiny numbers count as zero";
  if (!getcwd(directory, sizeof directory) || !strcmp(directory, "/")) return "the working directory is another";
  if (strcmp(setlocale(LC_ALL, NULL), "C") != 0) return "the locale is another";
  sigaction(SIGSEGV, NULL, &action);
  if (action.sa_handler == SIG_IGN) return "faults are ignored";
  for (int i = 0; i < 3; i++)
    if (fcntl(i, F_GETFD) < 0) return "a descriptor is closed";
  return NULL;
}

static lattice_status probe(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  const char    *fault = wrong();
  if (fault) {
    stage->host->set_error(stage->context, LATTICE_INPUT, fault);
    return LATTICE_INPUT;
  }
  return fixture_copy(stage, batch);
}

static lattice_status make(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  int64_t        shape[4] = {(int64_t)stage->host->batch_size(batch), 2, 2, 3};
  DLTensor       out;
  if (stage->host->item_number(batch, 0) > 0)
    for (int i = 0; i < PATIENCE && !atomic_load(&has_changed); i++) usleep(1000);
  return stage->host->output_alloc(batch, "image", fixture_types[0], 4, shape, &out);
}

static lattice_status check(const lattice_stage_config *config, const lattice_tensor_spec *const *inputs,
                            uint32_t n_inputs, lattice_check_result *result) {
  lattice_tensor_spec spec = *inputs[0];
  static const int64_t flat[] = {-1, 4};
  if (strstr(config->params_json, "\"crash\"")) *(volatile int *)8 = 1;
  if (strstr(config->params_json, "\"assert\"")) assert(!"harm was asked for");
  if (strstr(config->params_json, "\"silent\"")) return LATTICE_OK;
  if (strstr(config->params_json, "\"rank\"")) spec.ndim = 2, spec.dims = flat;
  if (strstr(config->params_json, "\"type\"")) spec.dtype = (DLDataType){kDLInt, 32, 1};
  if (strstr(config->params_json, "\"port\"")) spec.port = "colour";
  if (strstr(config->params_json, "\"minus-three\"")) spec.ndim = -3;
  if (strstr(config->params_json, "\"null\"")) spec.dims = NULL;
  if (strstr(config->params_json, "\"short\"")) spec.struct_size = 8;
  for (uint32_t i = 0; i < n_inputs; i++) config->host->check_output(result, &spec);
  return LATTICE_OK;
}

static lattice_status copy(void *self, lattice_batch *batch) { return fixture_copy(self, batch); }

#define SCHEMA                                                                                                      \
  "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[],\"properties\":{\"item\":"                   \
  "{\"type\":\"integer\",\"default\":0,\"description\":\"Number of the item that does it.\"},\"trap\":"             \
  "{\"type\":\"integer\",\"default\":-1,\"description\":\"An item that runs into an illegal instruction.\"},"       \
  "\"how\":{\"type\":\"string\",\"default\":\"\",\"description\":\"What it does.\"}}}"

static const lattice_stage do_stage = FIXTURE_STAGE("harm.do", SCHEMA, process);
static const lattice_stage probe_stage = FIXTURE_STAGE("harm.probe", NULL, probe);
static const lattice_stage check_stage = {
  .struct_size = sizeof(lattice_stage), .id = "harm.check", .version = "1.0.0", .summary = "For tests.",
  .params_schema = SCHEMA, .inputs = fixture_ports, .n_inputs = 1, .outputs = fixture_ports, .n_outputs = 1,
  .kind = LATTICE_KIND_MAP, .check = check, .create = fixture_create, .process = copy, .destroy = fixture_destroy};
static const int64_t made_sizes[] = {-1, 2, 2, 3};
static const lattice_port made_port = {
  .struct_size = sizeof(lattice_port), .name = "image", .dtypes = fixture_types, .n_dtypes = 1, .ndim = 4,
  .dims = made_sizes};
static const lattice_port *const made_ports[] = {&made_port};
static const lattice_stage make_stage = {
  .struct_size = sizeof(lattice_stage), .id = "harm.make", .version = "1.0.0", .summary = "For tests.",
  .outputs = made_ports, .n_outputs = 1, .kind = LATTICE_KIND_SOURCE, .create = fixture_create, .process = make,
  .destroy = fixture_destroy};
static const lattice_stage *const stages[] = {&do_stage, &probe_stage, &check_stage, &make_stage};
static const lattice_stage_module module = FIXTURE_MODULE("org.lattice.harm", stages);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module;
}
