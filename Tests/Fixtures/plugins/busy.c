// Stages that watch how many of their calls are under way at once.
//
//   busy.make   a source as ramp.make, counted
//   busy.work   declares itself parallel; counted
//   busy.loop   starts a parallel loop, in which as many rounds as the budget has threads wait for one another
//   busy.alone  fails when another process is inside a stage of this name; waits for one for a while
//   busy.pair   waits until another process is inside a stage of this name
//
// Counted calls of one process fail when more are under way than the budget has threads. `folder` is where processes see
// one another.
#define _GNU_SOURCE
#include "fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <unistd.h>

// Milliseconds until what should have come counts as missing.
#define PATIENCE 120000

static atomic_int calls, most;

static lattice_status refuse(const fixture *stage, const char *why) {
  stage->host->set_error(stage->context, LATTICE_INPUT, why);
  return LATTICE_INPUT;
}

static void enter(void) {
  int now = atomic_fetch_add(&calls, 1) + 1, seen = atomic_load(&most);
  while (seen < now && !atomic_compare_exchange_weak(&most, &seen, now)) {}
  // Long enough for all others to come in, if they may.
  usleep(15000);
}

static lattice_status leave(const fixture *stage, lattice_status status) {
  atomic_fetch_sub(&calls, 1);
  if (status != LATTICE_OK) return status;
  return atomic_load(&most) > (int)stage->host->thread_budget(stage->context)
           ? refuse(stage, "more calls are under way than there are threads")
           : LATTICE_OK;
}

static lattice_status make(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  int64_t        shape[4] = {(int64_t)stage->host->batch_size(batch), 2, 2, 3};
  DLTensor       out;
  enter();
  return leave(stage, stage->host->output_alloc(batch, "image", fixture_types[0], 4, shape, &out));
}

static lattice_status work(void *self, lattice_batch *batch) {
  enter();
  return leave(self, fixture_copy(self, batch));
}

typedef struct {
  int        wanted;
  atomic_int inside, came, most;
} meeting;

static void meet(void *arg, uint64_t begin, uint64_t end) {
  (void)begin;
  (void)end;
  meeting *all = arg;
  int      now = atomic_fetch_add(&all->inside, 1) + 1, seen = atomic_load(&all->most);
  while (seen < now && !atomic_compare_exchange_weak(&all->most, &seen, now)) {}
  atomic_fetch_add(&all->came, 1);
  for (int i = 0; i < PATIENCE && atomic_load(&all->came) < all->wanted; i++) usleep(1000);
  usleep(5000);
  atomic_fetch_sub(&all->inside, 1);
}

static lattice_status loop(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  int            budget = (int)stage->host->thread_budget(stage->context);
  meeting        all = {.wanted = budget};
  char           json[64];
  stage->host->parallel_for(stage->context, (uint64_t)budget * 4, 1, meet, &all);
  snprintf(json, sizeof json, "{\"budget\":%d,\"most\":%d}", budget, atomic_load(&all.most));
  for (uint64_t i = 0; i < stage->host->batch_size(batch); i++) stage->host->item_set_metadata(batch, i, json);
  return fixture_copy(stage, batch);
}

// Files in the folder that begin with `prefix`.
static int count(const char *folder, const char *prefix) {
  int  found = 0;
  DIR *stream = opendir(folder);
  if (!stream) return 0;
  for (struct dirent *entry; (entry = readdir(stream));) found += !strncmp(entry->d_name, prefix, strlen(prefix));
  closedir(stream);
  return found;
}

static lattice_status with_others(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  char           folder[2048], path[4096];
  const char    *found = strstr(stage->params, "\"folder\":\"");
  int            is_pair = !strcmp(stage->id, "busy.pair");
  snprintf(folder, sizeof folder, "%.*s", found ? (int)strcspn(found + 10, "\"") : 0, found ? found + 10 : "");
  snprintf(path, sizeof path, "%s/%s-%d", folder, stage->id, (int)getpid());
  int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644), others = 0;
  if (file < 0) return refuse(stage, "the folder is not there");
  close(file);
  for (int i = 0; i < (is_pair ? PATIENCE : 1500) && !others; i++) {
    others = count(folder, stage->id) - 1;
    usleep(1000);
  }
  // Of a pair the first to go leaves its mark for the other one.
  if (!is_pair) unlink(path);
  if (is_pair && !others) return refuse(stage, "no other process came");
  if (!is_pair && others) return refuse(stage, "another process is at work");
  return fixture_copy(stage, batch);
}

#define SCHEMA                                                                                                      \
  "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"folder\"],\"properties\":{\"folder\":"       \
  "{\"type\":\"string\",\"description\":\"Where processes see one another.\"}}}"

static const int64_t busy_sizes[] = {-1, 2, 2, 3};
static const lattice_port busy_port = {
  .struct_size = sizeof(lattice_port), .name = "image", .dtypes = fixture_types, .n_dtypes = 1, .ndim = 4,
  .dims = busy_sizes};
static const lattice_port *const busy_ports[] = {&busy_port};
static const lattice_stage make_stage = {
  .struct_size = sizeof(lattice_stage), .id = "busy.make", .version = "1.0.0", .summary = "For tests.",
  .outputs = busy_ports, .n_outputs = 1, .kind = LATTICE_KIND_SOURCE, .create = fixture_create, .process = make,
  .destroy = fixture_destroy};
static const lattice_stage work_stage = {
  .struct_size = sizeof(lattice_stage), .flags = LATTICE_STAGE_PARALLEL, .id = "busy.work", .version = "1.0.0",
  .summary = "For tests.", .inputs = fixture_ports, .n_inputs = 1, .outputs = fixture_ports, .n_outputs = 1,
  .kind = LATTICE_KIND_MAP, .create = fixture_create, .process = work, .destroy = fixture_destroy};
static const lattice_stage table[] = {
  FIXTURE_STAGE("busy.loop", NULL, loop), FIXTURE_STAGE("busy.alone", SCHEMA, with_others),
  FIXTURE_STAGE("busy.pair", SCHEMA, with_others)};
static const lattice_stage *const stages[] = {&make_stage, &work_stage, &table[0], &table[1], &table[2]};
static const lattice_stage_module module = FIXTURE_MODULE("org.lattice.busy", stages);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module;
}
