import JobModel
import StageHost
import Testing

/// What the host says to whoever offers it something that is no plugin, or one it can't use.
@Suite struct HandshakeTests {
  /// The sentence about the plugin at `path`, with its path shortened to `PLUGIN`.
  private func answer(_ path: String) -> String {
    do throws(StageLibraryError) {
      return "loaded \(try StageLibrary.load(path).describe().id)"
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
    #expect(answer(path) == "can't load plugin PLUGIN: file too short")
    let long = try PluginWorkshop.file("long-text", [UInt8](repeating: 0x61, count: 5000))
    #expect(answer(long) == "can't load plugin PLUGIN: invalid ELF header")
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
    ("SHORT_STAGE", "stage 0 has a table of 40 bytes, the least is 176"),
    ("NO_ID", "the id of stage 0 is missing"),
    ("VERSION", "the version '1.0' of stage 'bad.table' is not like 1.2.3"),
    ("KIND", "stage 'bad.table' has kind 4, known are 0 to 3"),
    ("NO_PROCESS", "stage 'bad.table' lacks create, destroy or process"),
    ("SCHEMA", "the parameter schema of stage 'bad.table' is no JSON object"),
    ("REDUCES", "stage 'bad.table' reduces but has no save_state and load_state"),
    ("PORT_TWICE", "input of 'bad.table': the name 'image' stands twice"),
    ("NO_TYPES", "input of 'bad.table' 'image' names no types"),
    ("FOREIGN_TYPE", "input of 'bad.table' 'image' has a type that can't cross between stages"),
  ])
  func badTable(fault: String, sentence: String) throws {
    let path = try PluginWorkshop.plugin("bad_table", ["-DFAULT=\(fault)"], as: "bad_\(fault)")
    #expect(
      answer(path)
        == "plugin PLUGIN describes itself wrongly: \(sentence). Its author has to mend that.")
  }
}
