// `alloc.try` copies its input and tries the host's `alloc` and `dealloc`; the first thing that isn't as the header says
// fails the items. The job's memory limit has to be 256 MiB.
#include "fixture.h"

#define MUCH ((uint64_t)160 << 20)

static const char *fault(const lattice_host *host, lattice_context *context) {
  static char outside[16];
  for (uint64_t alignment = 1; alignment <= 65536; alignment *= 2) {
    char *memory = host->alloc(context, 100, alignment);
    if (!memory) return "100 bytes are refused";
    if ((uintptr_t)memory % alignment != 0) return "the alignment is not kept";
    memset(memory, 1, 100);
    host->dealloc(context, memory);
  }
  if (host->alloc(context, 0, 16)) return "no bytes at all are given";
  if (host->alloc(context, 16, 0) || host->alloc(context, 16, 24)) return "an alignment that is no power of two does";
  if (host->alloc(context, UINT64_MAX, 16)) return "more than there is in the world is given";
  host->dealloc(context, NULL);
  host->dealloc(context, outside);
  for (int i = 0; i < 8; i++) {
    void *first = host->alloc(context, MUCH, 64);
    if (!first) return i == 0 ? "what is below the limit is refused" : "what was given back still counts";
    void *second = host->alloc(context, MUCH, 64);
    if (second) return "the limit does not count";
    host->dealloc(context, first);
    // Given back once is enough.
    host->dealloc(context, first);
  }
  void *whole = host->alloc(context, MUCH, 64);
  void *rest = host->alloc(context, MUCH, 64);
  host->dealloc(context, whole);
  host->dealloc(context, rest);
  return rest ? "memory that was given back twice counts twice" : NULL;
}

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  const char    *found = fault(stage->host, stage->context);
  // Kept on purpose: the host takes it back with the instance.
  if (!stage->host->alloc(stage->context, 1 << 20, 64)) found = found ? found : "one more MiB is refused";
  if (!found) return fixture_copy(stage, batch);
  stage->host->set_error(stage->context, LATTICE_INPUT, found);
  return LATTICE_INPUT;
}

static const lattice_stage stage = FIXTURE_STAGE("alloc.try", NULL, process);
static const lattice_stage *const stages[] = {&stage};
static const lattice_stage_module module = FIXTURE_MODULE("org.lattice.alloc", stages);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module;
}
