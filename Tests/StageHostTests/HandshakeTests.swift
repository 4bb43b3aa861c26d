import JobModel
import StageHost
import Testing

/// What the host says to whoever offers it something that is no plugin, or one it can't use.
@Suite struct HandshakeTests {
  /// The sentence about the plugin at `path`, with its path shortened to `PLUGIN`.
  private func answer(_ path: String) -> String {
    do throws(StageLibraryError) {
      let module = try StageLibrary.load(path).describe()
      let broken = module.brokenStages.map { " broken \($0.id): \($0.reason)" }
      return "loaded \(module.id)\(broken.joined())"
    } catch {
      return error.description.split(separator: "'\(path)'", omittingEmptySubsequences: false)
        .joined(separator: "PLUGIN")
    }
  }

  @Test func loadsTheExamples() throws {
    #expect(try answer(PluginWorkshop.plugin("invert")) == "loaded org.lattice.example.invert")
    #expect(try answer(PluginWorkshop.plugin("brighten")) == "loaded org.lattice.example.brighten")
  }

  @Test func newerMajor() throws {
    #expect(
      try answer(PluginWorkshop.plugin("newer_major"))
        == "plugin PLUGIN was built for stage ABI 2, this host speaks 1. Rebuild it against this Lattice's lattice_stage.h, or use a Lattice that speaks 2."
    )
  }

  @Test func newerMinimumMinor() throws {
    #expect(
      try answer(PluginWorkshop.plugin("newer_minimum"))
        == "plugin PLUGIN needs a host of stage ABI 1.7 or later, this one is 1.1. Update Lattice, or rebuild the plugin with a lower min_host_minor."
    )
  }

  @Test func missingEntry() throws {
    #expect(
      try answer(PluginWorkshop.plugin("no_entry"))
        == "PLUGIN is a shared library but not a stage plugin: it doesn't export 'lattice_stage_module_v1'. Build it against lattice_stage.h or from a target that depends on StageSDK."
    )
  }

  @Test func missingLibrary() throws {
    #expect(
      try answer(PluginWorkshop.pluginWithoutItsLibrary())
        == "plugin PLUGIN needs the shared library 'libabsent.so', which this machine does not have. Install the package that holds it, or set LD_LIBRARY_PATH to its folder."
    )
  }

  @Test func undefinedSymbolIsFoundAtOnce() throws {
    #expect(
      try answer(PluginWorkshop.plugin("undefined_symbol"))
        == "can't load plugin PLUGIN: undefined symbol: lattice_nobody_has_this")
  }

  @Test func textFile() throws {
    let path = try PluginWorkshop.file("text", Array("This is no library.\n".utf8))
    let sentence =
      "can't load plugin PLUGIN: it is no shared library (it doesn't begin as an ELF file does)"
    #expect(answer(path) == sentence)
    let long = try PluginWorkshop.file("long-text", [UInt8](repeating: 0x61, count: 5000))
    #expect(answer(long) == sentence)
  }

  @Test func truncatedInItsHeader() throws {
    let path = try PluginWorkshop.truncated(to: { _ in 100 }, as: "truncated-header")
    #expect(answer(path) == "can't load plugin PLUGIN: cannot read file data")
  }

  @Test func refusesWithItsReason() throws {
    #expect(
      try answer(PluginWorkshop.plugin("refuses"))
        == "plugin PLUGIN refuses this host: it needs an AVX-512 processor")
    #expect(
      try answer(PluginWorkshop.plugin("refuses", ["-DSILENT"], as: "refuses_silently"))
        == "plugin PLUGIN refuses this host: it gives no reason")
  }

  @Test func absentFile() {
    #expect(answer("/nowhere/some.stage.so") == "there is no plugin PLUGIN")
  }

  @Test func unknownStage() throws {
    let path = try PluginWorkshop.plugin("trouble")
    let error = #expect(throws: StageLibraryError.self) {
      try StageLibrary.load(path).stage("trouble.trip")
    }
    #expect(
      error?.description
        == "plugin '\(path)' has no stage 'trouble.trip'; it has trouble.trap, trouble.abort, trouble.hang, trouble.leak, trouble.shape, trouble.forget, trouble.type"
    )
  }

  /// In the order of the enum in `bad_table.c`.
  @Test(arguments: [
    ("SHORT_MODULE", "its module table has 32 bytes, the least is 64"),
    ("NO_MODULE_ID", "the module's id is missing"),
    ("NO_STAGES", "it has no stages"),
    ("NULL_STAGE", "it has a null stage"),
    ("TWICE", "it has two stages 'bad.table'"),
  ])
  func badTable(fault: String, sentence: String) throws {
    let path = try PluginWorkshop.plugin("bad_table", ["-DFAULT=\(fault)"], as: "bad_\(fault)")
    #expect(
      answer(path)
        == "plugin PLUGIN describes itself wrongly: \(sentence). Its author has to mend that.")
  }

  /// What is wrong with one stage leaves the others alone.
  @Test(arguments: [
    ("SHORT_STAGE", "stage 0", "stage 0 has a table of 40 bytes, the least is 176"),
    ("NO_ID", "stage 0", "the id of stage 0 is missing"),
    (
      "VERSION", "bad.table",
      "the version '1.0' of stage 'bad.table' is no semantic version such as 1.2.3 or 1.2.3-beta.1"
    ),
    ("KIND", "bad.table", "stage 'bad.table' has kind 4, known are 0 to 3"),
    ("NO_PROCESS", "bad.table", "stage 'bad.table' lacks create, destroy or process"),
    ("SCHEMA", "bad.table", "the parameter schema of stage 'bad.table' is no JSON object"),
    (
      "KEYWORD", "bad.table",
      "the parameter schema of stage 'bad.table' is wrong at '/properties/name/pattern': the keyword 'pattern' is not supported; lattice_stage.h lists those that are"
    ),
    ("REDUCES", "bad.table", "stage 'bad.table' reduces but has no save_state and load_state"),
    ("PORT_TWICE", "bad.table", "input of 'bad.table': the name 'image' stands twice"),
    ("NO_TYPES", "bad.table", "input of 'bad.table' 'image' names no types"),
    (
      "FOREIGN_TYPE", "bad.table",
      "input of 'bad.table' 'image' has a type that can't cross between stages"
    ),
  ])
  func badStage(fault: String, stage: String, sentence: String) throws {
    let path = try PluginWorkshop.plugin("bad_table", ["-DFAULT=\(fault)"], as: "bad_\(fault)")
    #expect(answer(path) == "loaded org.lattice.bad broken \(stage): \(sentence)")
    let two = try PluginWorkshop.plugin(
      "bad_table", ["-DFAULT=\(fault)", "-DWITH_A_GOOD_STAGE"], as: "half_bad_\(fault)")
    let library = try StageLibrary.load(two)
    let module = try library.describe()
    #expect(module.stages.map(\.id) == ["good.table"])
    #expect(module.brokenStages.map(\.reason) == [sentence])
    _ = try library.stage("good.table")
    if stage == "bad.table" {
      #expect(
        throws: StageLibraryError.invalidTable(path: two, fault: sentence)
      ) { try library.stage("bad.table") }
    }
  }

  /// The header of an ELF file for another machine, or of something else altogether.
  @Test(arguments: [
    (
      "arm", elf(machine: 183),
      "built for 64-bit ARM (aarch64), and this machine is \(here). Build it here, or get it for this machine."
    ),
    (
      "x86", elf(machine: 3, bits: 1),
      "built for 32-bit x86, and this machine is \(here). Build it here, or get it for this machine."
    ),
    (
      "x32", elf(machine: 62, bits: 1),
      "built for 32-bit x86-64, and this machine is \(here). Build it here, or get it for this machine."
    ),
    (
      "s390", elf(machine: 22, order: 2),
      "built for 64-bit s390, big-endian, and this machine is \(here). Build it here, or get it for this machine."
    ),
    (
      "odd", elf(machine: 4711),
      "built for 64-bit machine 4711, and this machine is \(here). Build it here, or get it for this machine."
    ),
    (
      "object", elf(machine: 62, kind: 1),
      "an object file that was not linked. Link it with -shared."
    ),
    ("short", Array(elf(machine: 62).prefix(10)), "cut off after 10 bytes"),
    ("empty", [], "empty"),
    (
      "mac", [0xCF, 0xFA, 0xED, 0xFE] + [UInt8](repeating: 0, count: 60),
      "a library for macOS, and this machine runs Linux. Build it here."
    ),
    (
      "windows", Array("MZ".utf8) + [UInt8](repeating: 0, count: 60),
      "a library for Windows, and this machine runs Linux. Build it here."
    ),
    (
      "archive", Array("!<arch>\n".utf8), "a static library. Link it as a shared one, with -shared."
    ),
    (
      "lfs", Array("version https://git-lfs.github.com/spec/v1\noid sha256:ab\n".utf8),
      "a pointer of Git LFS in place of the file. Run 'git lfs pull' where it came from."
    ),
  ])
  func otherFormat(name: String, bytes: [UInt8], what: String) throws {
    // The rows are written for the machine that most developers have.
    guard Self.here == "64-bit x86-64" else { return }
    let path = try PluginWorkshop.file("format-\(name)", bytes)
    #expect(answer(path) == "can't load plugin PLUGIN: it is \(what)")
  }

  #if arch(x86_64)
    static let here = "64-bit x86-64"
  #else
    static let here = "64-bit ARM (aarch64)"
  #endif

  /// 64 bytes of a header.
  static func elf(machine: Int, bits: UInt8 = 2, order: UInt8 = 1, kind: UInt8 = 3) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 64)
    bytes.replaceSubrange(0..<6, with: [0x7F, 0x45, 0x4C, 0x46, bits, order])
    let halves = [UInt8(machine & 0xFF), UInt8(machine >> 8)]
    bytes.replaceSubrange(16..<18, with: order == 1 ? [kind, 0] : [0, kind])
    bytes.replaceSubrange(18..<20, with: order == 1 ? halves : halves.reversed())
    return bytes
  }
}
