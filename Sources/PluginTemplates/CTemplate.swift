/// A plugin in C11.
enum CTemplate {
  static func files(_ kind: PluginTemplate.Kind) -> [(path: String, text: String)] {
    [
      ("Makefile", makefile(compiler: "CC", flags: "CFLAGS", standard: "c11", ending: "c")),
      ("@NAME@.c", head(kind) + CStages.body(kind) + tables(kind)),
      ("unit-test.c", test(kind)), ("stage.map", symbols),
    ]
  }

  /// A version script for the linker.
  static let symbols = "{\n  global: lattice_stage_module_v1;\n  local: *;\n};\n"

  static func makefile(compiler: String, flags: String, standard: String, ending: String) -> String
  {
    """
    # make builds the plugin, make test tries it, make run runs pipeline.yaml.
    \(flags) ?= -O2

    \(SDKLookup.makefile)
    ALL := -std=\(standard) -Wall -Wextra $(\(flags)) -I"$(LATTICE_SDK)/include"

    # The plugin exports its entry function and nothing else, so that it can't clash with another.
    @NAME@.stage.so: @NAME@.\(ending) stage.map
    \t$(\(compiler)) $(ALL) -fPIC -shared -Wl,--version-script=stage.map -o $@ $< -lm

    .PHONY: test run clean
    test: @NAME@.stage.so
    \t$(\(compiler)) $(ALL) -o unit-test unit-test.\(ending) -lm
    \t./unit-test
    \t$(LATTICE) plugin validate ./@NAME@.stage.so --strict

    run: @NAME@.stage.so
    \t$(LATTICE) run pipeline.yaml --plugins . --out results

    clean:
    \trm -rf @NAME@.stage.so unit-test results .lattice

    """
  }

  private static func head(_ kind: PluginTemplate.Kind) -> String {
    """
    // The plugin @NAME@ in C. lattice_stage.h says owner, state and thread of every call.
    #define _POSIX_C_SOURCE 200809L
    #include <lattice_stage.h>

    #include <math.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>

    // One use of the stage. The host keeps the pointer and gives it back.
    typedef struct {
      const lattice_host *host;
      lattice_context    *context;
      double              \(parameter(kind));
    } stage_state;

    // The host has checked the parameters against the schema and filled in the defaults, so the number is there.
    static double number(const char *params_json, const char *key, double missing) {
      const char *found = strstr(params_json, key);
      return found ? strtod(found + strlen(key), NULL) : missing;
    }

    static lattice_status create(const lattice_stage_config *config, void **self) {
      stage_state *state = calloc(1, sizeof *state);
      if (!state) return LATTICE_NOMEM;
      state->host = config->host;
      state->context = config->context;
      state->\(parameter(kind)) = number(config->params_json, "\\"\(parameter(kind))\\":", \(value(kind)));
      *self = state;
      return LATTICE_OK;
    }

    static void destroy(void *self) { free(self); }


    """
  }

  static func parameter(_ kind: PluginTemplate.Kind) -> String {
    switch kind {
    case .map: "gain"
    case .source: "size"
    case .sink: "digits"
    case .task: "steps"
    }
  }

  static func value(_ kind: PluginTemplate.Kind) -> String {
    switch kind {
    case .map: "1"
    case .source: "64"
    case .sink: "4"
    case .task: "100"
    }
  }

  /// The JSON Schema, as it stands in every language's template.
  static func schema(_ kind: PluginTemplate.Kind) -> String {
    let facts =
      switch kind {
      case .map:
        #""type":"number","minimum":0,"maximum":8,"default":1,"description":"What values are multiplied by.""#
      case .source:
        #""type":"integer","minimum":1,"maximum":4096,"default":64,"description":"Pixels across and down.""#
      case .sink:
        #""type":"integer","minimum":1,"maximum":9,"default":4,"description":"Digits after the point.""#
      case .task:
        #""type":"integer","minimum":1,"maximum":1000000,"default":100,"description":"What is counted to.""#
      }
    return
      #"{"type":"object","additionalProperties":false,"required":[],"properties":{"\#(parameter(kind))":{\#(facts)}}}"#
  }

  private static func tables(_ kind: PluginTemplate.Kind) -> String {
    let schema = schema(kind).replacing("\"", with: "\\\"")
    let port = """
      static const DLDataType  types[] = {{kDLFloat, 32, 1}};
      static const int64_t     sizes[] = {-1, -1, -1, \(kind == .source ? "1" : "-1")};
      static const char *const names[] = {"N", "H", "W", \(kind == .source ? "NULL" : "\"C\"")};
      static const lattice_port image = {
        .struct_size = sizeof(lattice_port), .name = "image", .semantic = "image", .doc = "Pictures of 0...1.",
        .dtypes = types, .n_dtypes = 1, .ndim = 4, .dims = sizes, .dim_names = names};
      static const lattice_port *const ports[] = {&image};


      """
    let inputs = kind == .map || kind == .sink ? " .inputs = ports, .n_inputs = 1," : ""
    let outputs = kind == .map || kind == .source ? " .outputs = ports, .n_outputs = 1," : ""
    let flags =
      switch kind {
      case .map, .sink: "LATTICE_STAGE_DETERMINISTIC | LATTICE_STAGE_PARALLEL"
      case .source:
        "LATTICE_STAGE_DETERMINISTIC | LATTICE_STAGE_NEEDS_SEED | LATTICE_STAGE_PARALLEL"
      case .task: "LATTICE_STAGE_DETERMINISTIC"
      }
    let work = kind == .task ? ".run = run" : ".process = process"
    let check = kind == .source ? ".check = check, " : ""
    return """
      // The tables. All of them, and every text in them, stay valid until the process ends.

      \(kind == .task ? "" : port)static const char schema[] =
        "\(schema)";

      static const lattice_stage stage = {
        .struct_size = sizeof(lattice_stage), .flags = \(flags),
        .id = "@STAGE@", .version = "1.0.0", .summary = "@SUMMARY@", .params_schema = schema,
       \(inputs)\(outputs) .kind = LATTICE_KIND_\(kind.rawValue.uppercased()),
        \(check).create = create, \(work), .destroy = destroy};
      static const lattice_stage *const stages[] = {&stage};

      static const lattice_stage_module module = {
        .struct_size = sizeof(lattice_stage_module), .abi_minor = LATTICE_STAGE_ABI_MINOR, .min_host_minor = 0,
        .n_stages = 1, .id = "@NAME@", .version = "1.0.0", .vendor = "me", .license = "MIT", .stages = stages};

      // The one function the host looks up by name.
      LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
        (void)host_minor; // Any host of this major will do; else set `*why` to a sentence and return NULL.
        (void)why;
        return &module;
      }

      """
  }

  private static func test(_ kind: PluginTemplate.Kind) -> String {
    """
    // Tests of what needs no host; `lattice plugin validate` tries the rest.
    #include "@NAME@.c"

    #include <assert.h>

    int main(void) {
    \(CStages.assertions(kind))
      puts("unit test: ok");
      return 0;
    }

    """
  }
}
