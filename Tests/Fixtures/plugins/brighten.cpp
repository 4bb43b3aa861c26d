// A stage plugin in C++17: `example.brighten` spreads the tones between `black` and `white` over 0...1.
//
// Build it:
//
//   c++ -std=c++17 -shared -fPIC -O2 -I Sources/CStageABI/include -o brighten.stage.so brighten.cpp
//
// invert.c explains the tables. This one adds a `check` that finds fault with parameters before anything runs, work
// spread over the host's threads, and a wall that no exception passes: none may cross into the host.
#include <lattice_stage.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

namespace {

struct Parameters {
  float black, white;

  // The host has checked the types and filled in the defaults; what two parameters mean together is our part.
  explicit Parameters(const char *json) : black(number(json, "\"black\":")), white(number(json, "\"white\":")) {}

  bool fit() const { return black < white; }

  static float number(const char *json, const char *key) {
    const char *found = std::strstr(json, key);
    if (!found) throw std::invalid_argument(std::string("there is no ") + key);
    return std::stof(found + std::strlen(key));
  }
};

class Brighten {
public:
  explicit Brighten(const lattice_stage_config &config)
    : host(config.host), context(config.context), parameters(config.params_json) {}

  lattice_status process(lattice_batch *batch) {
    const DLTensor *in = host->input(batch, "image");
    DLTensor        out;
    lattice_status  status = host->output_alloc(batch, "image", in->dtype, in->ndim, in->shape, &out);
    if (status != LATTICE_OK) return status;
    Work work{
      this, batch, static_cast<const float *>(in->data), static_cast<float *>(out.data),
      in->shape[1] * in->shape[2] * in->shape[3]};
    return host->parallel_for(context, host->batch_size(batch), 1, Work::run, &work);
  }

  const lattice_host *const host;
  lattice_context *const    context;

private:
  struct Work {
    Brighten      *stage;
    lattice_batch *batch;
    const float   *in;
    float         *out;
    int64_t        values; // Of one item.

    // Runs on several threads at once, each with items of its own.
    static void run(void *argument, uint64_t begin, uint64_t end) {
      const Work &work = *static_cast<const Work *>(argument);
      const auto [black, white] = work.stage->parameters;
      for (uint64_t item = begin; item < end; item++) {
        work.stage->host->item_begin(work.batch, item);
        const float *from = work.in + static_cast<int64_t>(item) * work.values;
        float       *to = work.out + static_cast<int64_t>(item) * work.values;
        for (int64_t i = 0; i < work.values; i++)
          to[i] = std::clamp((from[i] - black) / (white - black), 0.0f, 1.0f);
      }
    }
  };

  Parameters parameters;
};

// Turns exceptions into a status and a sentence.
template <typename Body>
lattice_status guarded(const lattice_host *host, lattice_context *context, Body body) {
  try {
    return body();
  } catch (const std::bad_alloc &) {
    return LATTICE_NOMEM;
  } catch (const std::exception &error) {
    host->set_error(context, LATTICE_INTERNAL, error.what());
  } catch (...) {
    host->set_error(context, LATTICE_INTERNAL, "an unknown exception");
  }
  return LATTICE_INTERNAL;
}

lattice_status check(
  const lattice_stage_config *config, const lattice_tensor_spec *const *inputs, uint32_t n_inputs,
  lattice_check_result *result) {
  return guarded(config->host, config->context, [&] {
    Parameters parameters(config->params_json);
    if (!parameters.fit()) config->host->check_fault(result, "white", "'white' must be greater than 'black'");
    if (n_inputs == 1) config->host->check_output(result, inputs[0]); // Same port name, type and size.
    return LATTICE_OK;
  });
}

lattice_status create(const lattice_stage_config *config, void **self) {
  return guarded(config->host, config->context, [&] {
    *self = new Brighten(*config);
    return LATTICE_OK;
  });
}

lattice_status process(void *self, lattice_batch *batch) {
  auto *stage = static_cast<Brighten *>(self);
  return guarded(stage->host, stage->context, [&] { return stage->process(batch); });
}

void destroy(void *self) { delete static_cast<Brighten *>(self); }

const char *const schema = R"({
  "type": "object", "additionalProperties": false, "required": [], "properties": {
    "black": {"type": "number", "minimum": 0, "maximum": 1, "default": 0, "description": "Becomes 0."},
    "white": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.8, "description": "Becomes 1."}}})";

// C++17 has no designated initialisers, so the tables are filled by functions; each runs once.

const lattice_port *image() {
  static const DLDataType  types[] = {{kDLFloat, 32, 1}};
  static const int64_t     sizes[] = {-1, -1, -1, -1};
  static const char *const names[] = {"N", "H", "W", "C"};
  static lattice_port      port{};
  port.struct_size = sizeof port;
  port.name = "image";
  port.semantic = "image";
  port.doc = "Pictures of 0...1.";
  port.dtypes = types;
  port.n_dtypes = 1;
  port.ndim = 4;
  port.dims = sizes;
  port.dim_names = names;
  return &port;
}

const lattice_stage *stage() {
  static const lattice_port *const ports[] = {image()};
  static lattice_stage             table{};
  table.struct_size = sizeof table;
  table.flags = LATTICE_STAGE_DETERMINISTIC;
  table.id = "example.brighten";
  table.version = "1.0.0";
  table.summary = "Spreads the tones between black and white over 0...1.";
  table.params_schema = schema;
  table.inputs = ports;
  table.n_inputs = 1;
  table.outputs = ports;
  table.n_outputs = 1;
  table.kind = LATTICE_KIND_MAP;
  table.check = check;
  table.create = create;
  table.process = process;
  table.destroy = destroy;
  return &table;
}

} // namespace

extern "C" LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t, const char **) {
  static const lattice_stage *const stages[] = {stage()};
  static lattice_stage_module       module{};
  module.struct_size = sizeof module;
  module.abi_minor = LATTICE_STAGE_ABI_MINOR;
  module.n_stages = 1;
  module.id = "org.lattice.example.brighten";
  module.version = "1.0.0";
  module.vendor = "Lattice";
  module.license = "Apache-2.0";
  module.stages = stages;
  return &module;
}
