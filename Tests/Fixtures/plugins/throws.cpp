// A source that throws an exception through the boundary when the item with number 2 comes: `throws.make`.
#include <lattice_stage.h>

#include <stdexcept>

namespace {

const lattice_host *host;
int                 instance;

lattice_status create(const lattice_stage_config *config, void **self) {
  host = config->host;
  *self = &instance;
  return LATTICE_OK;
}

lattice_status process(void *, lattice_batch *batch) {
  for (uint64_t i = 0; i < host->batch_size(batch); i++)
    if (host->item_number(batch, i) == 2) throw std::runtime_error("harm was asked for");
  return LATTICE_OK;
}

void destroy(void *) {}

lattice_stage make_stage() {
  lattice_stage stage = {};
  stage.struct_size = sizeof stage;
  stage.id = "throws.make";
  stage.version = "1.0.0";
  stage.kind = LATTICE_KIND_SOURCE;
  stage.create = create;
  stage.process = process;
  stage.destroy = destroy;
  return stage;
}

const lattice_stage        stage = make_stage();
const lattice_stage *const stages[] = {&stage};

lattice_stage_module make_module() {
  lattice_stage_module module = {};
  module.struct_size = sizeof module;
  module.n_stages = 1;
  module.id = "org.lattice.throws";
  module.version = "1.0.0";
  module.stages = stages;
  return module;
}

const lattice_stage_module module = make_module();

} // namespace

extern "C" LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t, const char **) {
  return &module;
}
