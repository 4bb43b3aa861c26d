/// A plugin in C++17.
enum CPlusPlusTemplate {
  static func files(_ kind: PluginTemplate.Kind) -> [(path: String, text: String)] {
    [
      (
        "Makefile",
        CTemplate.makefile(compiler: "CXX", flags: "CXXFLAGS", standard: "c++17", ending: "cpp")
      ),
      ("@NAME@.cpp", head(kind) + CPlusPlusStages.body(kind) + walls(kind) + tables(kind)),
      ("unit-test.cpp", test(kind)), ("stage.map", CTemplate.symbols),
    ]
  }

  private static func head(_ kind: PluginTemplate.Kind) -> String {
    """
    // The plugin @NAME@ in C++17. lattice_stage.h says owner, state and thread of every call.
    #include <lattice_stage.h>

    #include <algorithm>
    #include <cmath>
    #include <cstring>
    #include <exception>
    #include <fstream>
    #include <iomanip>
    #include <new>
    #include <stdexcept>
    #include <string>

    namespace {

    // A status with its sentence.
    struct Failure : std::runtime_error {
      Failure(lattice_status status, const std::string &why) : std::runtime_error(why), status(status) {}
      lattice_status status;
    };

    // The host refused and knows why; only the status is handed on.
    struct Refusal {
      lattice_status status;
    };

    void require(lattice_status status) {
      if (status != LATTICE_OK) throw Refusal{status};
    }

    // The host has checked the parameters against the schema and filled in the defaults, so the number is there.
    double number(const char *params_json, const char *key) {
      const char *found = std::strstr(params_json, key);
      if (!found) throw Failure(LATTICE_CONFIG, std::string("there is no ") + key);
      return std::stod(found + std::strlen(key));
    }


    """
  }

  /// From C to C++ and back: no exception may cross into the host.
  private static func walls(_ kind: PluginTemplate.Kind) -> String {
    let work =
      kind == .task
      ? """
      lattice_status run(void *self) {
        auto *stage = static_cast<Stage *>(self);
        return guarded(stage->host, stage->context, [&] { stage->run(); });
      }
      """
      : """
      lattice_status process(void *self, lattice_batch *batch) {
        auto *stage = static_cast<Stage *>(self);
        return guarded(stage->host, stage->context, [&] { stage->process(batch); });
      }
      """
    return """
      // Turns exceptions into a status and a sentence: none may cross into the host.
      template <typename Body>
      lattice_status guarded(const lattice_host *host, lattice_context *context, Body body) {
        try {
          body();
          return LATTICE_OK;
        } catch (const Refusal &refusal) {
          return refusal.status;
        } catch (const Failure &failure) {
          host->set_error(context, failure.status, failure.what());
          return failure.status;
        } catch (const std::bad_alloc &) {
          host->set_error(context, LATTICE_NOMEM, "no memory");
          return LATTICE_NOMEM;
        } catch (const std::exception &error) {
          host->set_error(context, LATTICE_INTERNAL, error.what());
          return LATTICE_INTERNAL;
        }
      }

      lattice_status create(const lattice_stage_config *config, void **self) {
        return guarded(config->host, config->context, [&] { *self = new Stage(*config); });
      }

      void destroy(void *self) { delete static_cast<Stage *>(self); }

      \(work)
      \(kind == .source ? check : "")

      """
  }

  private static let check = """

    // Tells the output's size before anything runs.
    lattice_status check(const lattice_stage_config *config, const lattice_tensor_spec *const *, uint32_t,
                         lattice_check_result *result) {
      return guarded(config->host, config->context, [&] {
        const auto          size = static_cast<int64_t>(number(config->params_json, "\\"size\\":"));
        const int64_t       shape[] = {-1, size, size, 1};
        lattice_tensor_spec spec{};
        spec.struct_size = sizeof spec;
        spec.port = "image";
        spec.semantic = "image.gray";
        spec.dtype = {kDLFloat, 32, 1};
        spec.ndim = 4;
        spec.dims = shape;
        config->host->check_output(result, &spec);
      });
    }
    """

  private static func tables(_ kind: PluginTemplate.Kind) -> String {
    let flags =
      switch kind {
      case .map, .sink: "LATTICE_STAGE_DETERMINISTIC | LATTICE_STAGE_PARALLEL"
      case .source:
        "LATTICE_STAGE_DETERMINISTIC | LATTICE_STAGE_NEEDS_SEED | LATTICE_STAGE_PARALLEL"
      case .task: "LATTICE_STAGE_DETERMINISTIC"
      }
    let image = """
      const lattice_port *image() {
        static const DLDataType  types[] = {{kDLFloat, 32, 1}};
        static const int64_t     sizes[] = {-1, -1, -1, \(kind == .source ? "1" : "-1")};
        static const char *const names[] = {"N", "H", "W", \(kind == .source ? "nullptr" : "\"C\"")};
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


      """
    var lines: [String] = []
    if kind != .task { lines.append("static const lattice_port *const ports[] = {image()};") }
    lines += [
      "static lattice_stage table{};", "table.struct_size = sizeof table;",
      "table.flags = \(flags);",
      "table.id = \"@STAGE@\";", "table.version = \"1.0.0\";", "table.summary = \"@SUMMARY@\";",
      "table.params_schema = schema;",
    ]
    if kind == .map || kind == .sink { lines += ["table.inputs = ports;", "table.n_inputs = 1;"] }
    if kind == .map || kind == .source {
      lines += ["table.outputs = ports;", "table.n_outputs = 1;"]
    }
    if kind == .source { lines.append("table.check = check;") }
    lines += [
      "table.kind = LATTICE_KIND_\(kind.rawValue.uppercased());", "table.create = create;",
      kind == .task ? "table.run = run;" : "table.process = process;", "table.destroy = destroy;",
      "return &table;",
    ]
    let body = lines.map { "  \($0)" }.joined(separator: "\n")
    return """
      // C++17 has no designated initialisers, so the tables are filled by functions; each runs once, and what it gives
      // stays valid until the process ends.

      const char *const schema =
        R"(\(CTemplate.schema(kind)))";

      \(kind == .task ? "" : image)const lattice_stage *stage() {
      \(body)
      }

      } // namespace

      // The one function the host looks up by name.
      extern "C" LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t, const char **) {
        static const lattice_stage *const stages[] = {stage()};
        static lattice_stage_module       module{};
        module.struct_size = sizeof module;
        module.abi_minor = LATTICE_STAGE_ABI_MINOR;
        module.n_stages = 1;
        module.id = "@NAME@";
        module.version = "1.0.0";
        module.vendor = "me";
        module.license = "MIT";
        module.stages = stages;
        return &module;
      }

      """
  }

  private static func test(_ kind: PluginTemplate.Kind) -> String {
    """
    // Tests of what needs no host; `lattice plugin validate` tries the rest.
    #include "@NAME@.cpp"

    #include <cassert>
    #include <cstdio>

    int main() {
    \(CStages.assertions(kind))
      std::puts("unit test: ok");
    }

    """
  }
}
