import Glibc
import Supervision
import Testing

/// A plugin whose stage does harm on purpose, compiled with the system's C compiler.
///
/// `do` says what: crash, abort, hang, leak (4 GiB), escape (leaves a child in a session of its own and one in the
/// worker's, then hangs). `item` says on which; the others are done.
enum TroubleStage {
  /// Compiles it into `folder`.
  static func build(into folder: String) throws {
    let source = "\(folder)/trouble.c"
    let descriptor = open(source, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    defer { close(descriptor) }
    var text = code
    text.withUTF8 { _ = write(descriptor, $0.baseAddress, $0.count) }
    let include = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let compiler = try WorkerProcess.start(
      WorkerLaunch(
        executable: "/usr/bin/cc",
        arguments: [
          "-shared", "-fPIC", "-O1", "-I/\(include)/Sources/CStageABI/include", "-o",
          "\(folder)/trouble.stage.so", source,
        ], environment: [:], standardError: "\(folder)/cc.txt"))
    Poller.wait(for: [compiler.descriptor], until: .now + .seconds(60))
    while !compiler.isCleared() { usleep(1000) }
    try #require(compiler.ending?.exit == .code(0))
  }

  private static let code = #"""
    #include <lattice_stage.h>
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>

    typedef struct { const lattice_host *host; lattice_context *context; char what[32]; long item; } trouble;

    static lattice_status make(const lattice_stage_config *config, void **self) {
       trouble *t = calloc(1, sizeof *t);
       t->host = config->host;
       t->context = config->context;
       const char *what = strstr(config->params_json, "\"do\":\"");
       const char *item = strstr(config->params_json, "\"item\":");
       if (what) strncpy(t->what, what + 6, strcspn(what + 6, "\""));
       t->item = item ? atol(item + 7) : 0;
       *self = t;
       return LATTICE_OK;
    }

    __attribute__((noinline)) void trouble_crash(void) { *(volatile int *)8 = 1; }

    static void harm(trouble *t) {
       if (!strcmp(t->what, "crash")) trouble_crash();
       if (!strcmp(t->what, "abort")) abort();
       if (!strcmp(t->what, "leak"))
          for (int i = 0; i < 1024; i++) memset(malloc(4 << 20), 1, 4 << 20);
       if (!strcmp(t->what, "leave") && fork() == 0) for (;;) sleep(100);
       if (!strcmp(t->what, "hang") || !strcmp(t->what, "leave")) for (;;) sleep(100);
    }

    static lattice_status process(void *self, lattice_batch *batch) {
       trouble *t = self;
       for (uint64_t i = 0; i < t->host->batch_size(batch); i++) {
          t->host->item_begin(batch, i);
          if ((long)t->host->item_number(batch, i) == t->item || t->item < 0) harm(t);
       }
       return LATTICE_OK;
    }

    static const lattice_stage stage = {
       .struct_size = sizeof(lattice_stage), .id = "trouble.make", .version = "1.0.0", .summary = "Does harm.",
       .params_schema = "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
          "\"do\":{\"type\":\"string\",\"default\":\"nothing\",\"description\":\"What.\"},"
          "\"item\":{\"type\":\"integer\",\"default\":0,\"description\":\"On which item; below 0 on all.\"}}}",
       .kind = LATTICE_KIND_SOURCE, .preferred_batch = 4, .create = make, .process = process, .destroy = free,
    };
    static const lattice_stage *const stages[] = {&stage};
    static const lattice_stage_module module = {
       .struct_size = sizeof(lattice_stage_module), .n_stages = 1, .id = "trouble", .version = "1.0.0",
       .vendor = "tests", .license = "MIT", .stages = stages,
    };
    LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t minor, const char **why) {
       (void)minor;
       (void)why;
       return &module;
    }
    """#
}
