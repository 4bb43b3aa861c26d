// meets.all: a source whose calls come to each other: each leaves a file in `folder` and goes on once two are there.
//
// Two workers at the same time end; one after the other never do.
#include "fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

static int files_in(const char *folder) {
  int  count = 0;
  DIR *entries = opendir(folder);
  for (struct dirent *entry; entries && (entry = readdir(entries));) count += entry->d_name[0] != '.';
  if (entries) closedir(entries);
  return count;
}

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  const char    *found = strstr(stage->params, "\"folder\":\"");
  char           folder[2048] = "", file[4096];
  if (found) snprintf(folder, sizeof folder, "%.*s", (int)strcspn(found + 10, "\""), found + 10);
  snprintf(file, sizeof file, "%s/%d", folder, (int)getpid());
  int mark = open(file, O_WRONLY | O_CREAT, 0644);
  if (mark < 0) return LATTICE_INTERNAL;
  close(mark);
  while (files_in(folder) < 2) usleep(5000);
  uint64_t count = stage->host->batch_size(batch);
  int64_t  shape[4] = {(int64_t)count, 2, 2, 3};
  DLTensor out;
  lattice_status status = stage->host->output_alloc(batch, "image", fixture_types[0], 4, shape, &out);
  if (status == LATTICE_OK) memset(out.data, 0, count * 12 * sizeof(float));
  return status;
}

#define SCHEMA                                                                                                      \
  "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"folder\"],\"properties\":{\"folder\":"       \
  "{\"type\":\"string\",\"description\":\"Where each call leaves a file.\"}}}"

static const int64_t sizes[] = {-1, 2, 2, 3};
static const lattice_port port = {
  .struct_size = sizeof(lattice_port), .name = "image", .dtypes = fixture_types, .n_dtypes = 1, .ndim = 4,
  .dims = sizes};
static const lattice_port *const ports[] = {&port};
static const lattice_stage stage = {
  .struct_size = sizeof(lattice_stage), .id = "meets.all", .version = "1.0.0", .summary = "For tests.",
  .params_schema = SCHEMA, .outputs = ports, .n_outputs = 1, .kind = LATTICE_KIND_SOURCE, .create = fixture_create,
  .process = process, .destroy = fixture_destroy};
static const lattice_stage *const stages[] = {&stage};
static const lattice_stage_module module = FIXTURE_MODULE("org.lattice.meets", stages);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module;
}
