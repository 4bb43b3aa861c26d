// Stages that want more memory than there is.
//
//   hungry.shared  fills shared memory that is mapped, 16 MiB at a time
//   hungry.file    fills a file in memory that is only open
//   hungry.throw   lets std::bad_alloc out
//   hungry.write   writes to what malloc did not give
//   hungry.loop    the same on the threads of a parallel loop
//   hungry.thread  the same on a thread of its own, after taking all that there is
//   hungry.host    writes to what the host's alloc did not give
//   hungry.map     writes to what mmap did not give
//   hungry.later   takes a refusal as it should, and writes to NULL in a later call
//   hungry.wild    writes to an address that is none, after a refusal
extern "C" {
#include "fixture.h"
}

#include <cstdint>
#include <memory>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace {

constexpr size_t piece = 16 << 20;

void share() {
  for (int i = 0; i < 256; i++) {
    void *memory = mmap(nullptr, piece, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return;
    memset(memory, 1, piece);
    usleep(20000);
  }
}

void store() {
  int file = memfd_create("hungry", MFD_CLOEXEC);
  std::vector<char> bytes(piece, 1);
  for (int i = 0; i < 256; i++) {
    if (write(file, bytes.data(), piece) < 0) return;
    usleep(20000);
  }
}

void ask() {
  static std::unique_ptr<char[]> kept;
  kept.reset(new char[size_t(64) << 30]);
}

// Hidden from the compiler, which would leave out what nobody reads.
char *volatile refused;

volatile bool is_refused;

void *write_there(void *) {
  while (!is_refused) usleep(1000);
  *refused = 1;
  return nullptr;
}

void write_part(void *, uint64_t, uint64_t) { *refused = 1; }

void write_from_thread() {
  pthread_t thread;
  if (pthread_create(&thread, nullptr, write_there, nullptr) != 0) return;
  // A little is left for the host, whose threads go on.
  while ((refused = static_cast<char *>(malloc(8 << 20)))) {}
  is_refused = true;
  pthread_join(thread, nullptr);
}

void go_on_without(const fixture *stage) {
  const char *how = stage->id + 7;
  if (!strcmp(how, "thread")) return write_from_thread();
  refused = !strcmp(how, "host") ? static_cast<char *>(stage->host->alloc(stage->context, piece * 64, 64))
    : !strcmp(how, "map") ? static_cast<char *>(mmap(nullptr, size_t(64) << 30, PROT_READ | PROT_WRITE,
                                                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
                          : static_cast<char *>(malloc(size_t(64) << 30));
  if (!strcmp(how, "loop")) stage->host->parallel_for(stage->context, 64, 1, write_part, nullptr);
  if (!strcmp(how, "wild")) refused = reinterpret_cast<char *>(uintptr_t(1) << 62);
  *refused = 1;
}

lattice_status process(void *self, lattice_batch *batch) {
  const fixture *stage = static_cast<const fixture *>(self);
  static int     calls = 0;
  if (!strcmp(stage->id, "hungry.later")) {
    if (calls++ == 0) free(malloc(size_t(64) << 30));
    else *refused = 1;
  }
  for (const char *how : {"write", "loop", "thread", "host", "map", "wild"})
    if (!strcmp(stage->id + 7, how)) go_on_without(stage);
  if (!strcmp(stage->id, "hungry.shared")) share();
  if (!strcmp(stage->id, "hungry.file")) store();
  if (!strcmp(stage->id, "hungry.throw")) ask();
  return fixture_copy(stage, batch);
}

const char schema[] =
  "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[],\"properties\":{}}";

lattice_stage made(const char *id) {
  lattice_stage stage = {};
  stage.struct_size = sizeof stage;
  stage.id = id;
  stage.version = "1.0.0";
  stage.summary = "For tests.";
  stage.params_schema = schema;
  stage.inputs = fixture_ports;
  stage.n_inputs = 1;
  stage.outputs = fixture_ports;
  stage.n_outputs = 1;
  stage.kind = LATTICE_KIND_MAP;
  stage.create = fixture_create;
  stage.process = process;
  stage.destroy = fixture_destroy;
  return stage;
}

const lattice_stage table[] = {made("hungry.shared"), made("hungry.file"),   made("hungry.throw"), made("hungry.write"),
                               made("hungry.loop"),   made("hungry.thread"), made("hungry.host"),  made("hungry.map"),
                               made("hungry.later"),  made("hungry.wild")};
const lattice_stage *const stages[] = {&table[0], &table[1], &table[2], &table[3], &table[4],
                                       &table[5], &table[6], &table[7], &table[8], &table[9]};

} // namespace

extern "C" LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t, const char **) {
  static lattice_stage_module module = {};
  module.struct_size = sizeof module;
  module.n_stages = sizeof stages / sizeof stages[0];
  module.id = "org.lattice.hungry";
  module.version = "1.0.0";
  module.vendor = "Lattice";
  module.license = "Apache-2.0";
  module.stages = stages;
  return &module;
}
