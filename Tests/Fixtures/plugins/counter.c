// counter.train: a task that "trains" by counting, and goes on from its state after it has died.
//
// Parameters: `steps` to count to, `pause` in milliseconds a step, and `die_at`, the step at which it kills its own
// process once, -1 for never. Every `checkpoint.every` steps (10 if the spec says nothing) it keeps its count. The
// model is its config.json: how far it counted, how many attempts that took, and the items it was given.
#include "fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

typedef struct {
  long items;
  long bytes_of_ids;
  long paths;
} census;

static lattice_status count_item(void *arg, uint64_t number, const char *id, const char *path) {
  census *seen = arg;
  if ((long)number != seen->items) return LATTICE_INTERNAL;
  seen->items++;
  seen->bytes_of_ids += (long)strlen(id);
  seen->paths += path != NULL;
  return LATTICE_OK;
}

static long read_number(const char *folder, const char *name) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "r");
  long  number = 0;
  if (file && fscanf(file, "%ld", &number) != 1) number = 0;
  if (file) fclose(file);
  return number;
}

// Whole or not at all: written beside, synced, renamed.
static int write_number(const char *folder, const char *name, long number) {
  char path[4096], beside[4110];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  snprintf(beside, sizeof beside, "%s.new", path);
  FILE *file = fopen(beside, "w");
  if (!file) return 0;
  int good = fprintf(file, "%ld\n", number) > 0 && fflush(file) == 0 && fsync(fileno(file)) == 0;
  return fclose(file) == 0 && good && rename(beside, path) == 0;
}

static lattice_status run(void *self) {
  const fixture      *stage = self;
  const lattice_task *task = stage->host->get_extension(stage->host, LATTICE_TASK_EXTENSION);
  if (!task || task->struct_size < sizeof *task) return LATTICE_UNSUPPORTED;
  lattice_context *context = stage->context;
  const char      *state = task->state_dir(context);
  const char      *model = task->model_dir(context);
  long steps = fixture_number(stage, "\"steps\":", 1), pause = fixture_number(stage, "\"pause\":", 0);
  long die_at = fixture_number(stage, "\"die_at\":", -1);
  long every = (long)task->checkpoint_every(context);
  if (every == 0) every = 10;
  long attempts = read_number(state, "attempts") + 1;
  if (!write_number(state, "attempts", attempts)) return LATTICE_TRANSIENT;
  census         seen = {0, 0, 0};
  lattice_status status = task->for_each_item(context, count_item, &seen);
  if (status != LATTICE_OK) return status;
  if ((uint64_t)seen.items != task->item_count(context)) return LATTICE_INTERNAL;
  for (long step = read_number(state, "step"); step < steps; step++) {
    if (stage->host->is_cancelled(context)) return LATTICE_CANCELLED;
    stage->host->progress(context, (uint64_t)step, (uint64_t)steps, "steps");
    if (step == die_at && attempts == 1) raise(SIGKILL);
    char metrics[128];
    snprintf(metrics, sizeof metrics, "{\"loss\":%.6f,\"rate\":0.001,\"odd\":\"nan\"}", 1.0 / (1.0 + (double)step));
    status = task->report(context, (uint64_t)step, metrics);
    if (status != LATTICE_OK) return status;
    if (pause > 0) usleep((useconds_t)pause * 1000);
    if ((step + 1) % every == 0 && !write_number(state, "step", step + 1)) return LATTICE_TRANSIENT;
  }
  stage->host->progress(context, (uint64_t)steps, (uint64_t)steps, "steps");
  if (!model) return LATTICE_OK;
  char path[4096];
  snprintf(path, sizeof path, "%s/config.json", model);
  FILE *file = fopen(path, "w");
  if (!file) return LATTICE_NOSPACE;
  fprintf(file, "{\"kind\":\"counter\",\"format\":1,\"steps\":%ld,\"attempts\":%ld,\"items\":%ld,\"paths\":%ld,", steps,
          attempts, seen.items, seen.paths);
  fprintf(file, "\"keep\":%ld,\"seed\":\"%llx\"}\n", (long)task->checkpoint_keep(context),
          (unsigned long long)task->seed(context));
  return fclose(file) == 0 ? LATTICE_OK : LATTICE_NOSPACE;
}

// counter.import: a model of whatever it was given; the task `slow` takes its time.
static lattice_status import(void *self) {
  const fixture      *stage = self;
  const lattice_task *task = stage->host->get_extension(stage->host, LATTICE_TASK_EXTENSION);
  char                path[4096];
  snprintf(path, sizeof path, "%s/config.json", task->model_dir(stage->context));
  FILE *file = fopen(path, "w");
  if (!file) return LATTICE_NOSPACE;
  fprintf(file, "{\"given\":%s}\n", stage->params);
  if (strstr(stage->params, "\"task\":\"slow\"")) {
    stage->host->progress(stage->context, 1, 2, "tensors");
    usleep(2000000);
  }
  stage->host->progress(stage->context, 1, 1, "tensors");
  return fclose(file) == 0 ? LATTICE_OK : LATTICE_NOSPACE;
}

// Ends well and leaves no model.
static lattice_status forget(void *self) {
  (void)self;
  return LATTICE_OK;
}

#define SCHEMA                                                                                                      \
  "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[],\"properties\":{"                            \
  "\"steps\":{\"type\":\"integer\",\"minimum\":1,\"default\":20,\"description\":\"How far to count.\"},"            \
  "\"pause\":{\"type\":\"integer\",\"minimum\":0,\"default\":0,\"description\":\"Milliseconds a step.\"},"          \
  "\"die_at\":{\"type\":\"integer\",\"minimum\":-1,\"default\":-1,\"description\":\"Step that kills.\"}}}"

#define IMPORT_SCHEMA                                                                                               \
  "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"files\",\"config\"],\"properties\":{"          \
  "\"files\":{\"type\":\"array\",\"minItems\":1,\"items\":{\"type\":\"string\"},\"description\":\"The checkpoint.\"},"     \
  "\"config\":{\"type\":\"string\",\"description\":\"Its architecture.\"},"                                          \
  "\"task\":{\"type\":\"string\",\"default\":\"none\",\"description\":\"What it is for.\"}}}"

static const lattice_port files = {
  .struct_size = sizeof(lattice_port), .flags = LATTICE_PORT_FILE | LATTICE_PORT_OPTIONAL, .name = "file",
  .doc = "What is counted."};
static const lattice_port *const inputs[] = {&files};

#define TASK(stage_id, schema, work, stage_flags)                                                                   \
  {.struct_size = sizeof(lattice_stage), .id = stage_id, .version = "1.0.0", .summary = "For tests.",               \
   .flags = stage_flags, .params_schema = schema, .inputs = inputs, .n_inputs = 1, .kind = LATTICE_KIND_TASK,       \
   .create = fixture_create, .run = work, .destroy = fixture_destroy}

static const lattice_stage table[] = {
  TASK("counter.train", SCHEMA, run, LATTICE_STAGE_PUBLISHES),
  TASK("counter.forget", SCHEMA, forget, LATTICE_STAGE_PUBLISHES),
  TASK("counter.count", SCHEMA, run, 0),
  TASK("counter.import", IMPORT_SCHEMA, import, LATTICE_STAGE_PUBLISHES),
};
static const lattice_stage *const   stages[] = {&table[0], &table[1], &table[2], &table[3]};
static const lattice_stage_module module = FIXTURE_MODULE("org.lattice.counter", stages);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module;
}
