// Stages that want more memory than there is.
//
//   hungry.shared  fills shared memory that is mapped, 16 MiB at a time
//   hungry.file    fills a file in memory that is only open
//   hungry.throw   lets std::bad_alloc out
//   hungry.write   writes to what malloc did not give
extern "C" {
#include "fixture.h"
}

#include <cstdint>
#include <memory>
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

lattice_status process(void *self, lattice_batch *batch) {
  const fixture *stage = static_cast<const fixture *>(self);
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

const lattice_stage table[] = {made("hungry.shared"), made("hungry.file"), made("hungry.throw")};
const lattice_stage *const stages[] = {&table[0], &table[1], &table[2]};

} // namespace

extern "C" LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t, const char **) {
  static lattice_stage_module module = {};
  module.struct_size = sizeof module;
  module.n_stages = 3;
  module.id = "org.lattice.hungry";
  module.version = "1.0.0";
  module.vendor = "Lattice";
  module.license = "Apache-2.0";
  module.stages = stages;
  return &module;
}
