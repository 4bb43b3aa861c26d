import Foundation
import LatticeDriver
import Testing

/// What `lattice plugin new` makes builds, passes its tests strictly and runs in a pipeline, before a line is changed.
@Suite(.serialized, .blocking) struct NewPluginTests {
  static let isLong = ProcessInfo.processInfo.environment["LATTICE_TEST_LONG"] != nil

  @Test(arguments: ["c", "cpp"], ["map", "source", "sink", "task"])
  func worksFromMinuteOne(language: String, kind: String) throws {
    try NewPlugin(language, kind).requireGreen()
  }

  @Test(
    .enabled(if: try Needed.program("cargo"), "\(Needed.comment("cargo"))"),
    arguments: ["map", "source", "sink", "task"])
  func worksInRust(kind: String) throws {
    try NewPlugin("rust", kind).requireGreen()
  }

  /// The oldest Rust that the template says it works with, which is Debian 12's, also where a newer one comes first on PATH.
  @Test(
    .enabled(if: try Needed.program("/usr/bin/cargo"), "\(Needed.comment("/usr/bin/cargo"))"),
    arguments: ["map", "source", "sink", "task"])
  func worksInTheSystemsRust(kind: String) throws {
    let plugin = try NewPlugin("rust", kind)
    let programs = BadPlugins.products.path()
    for arguments in [["build", "--release", "--offline"], ["test", "--offline"]] {
      let output = try plugin.run(
        "/usr/bin/cargo", arguments, ["PATH": "\(programs):/usr/bin:/bin"])
      #expect(output.code == 0, "\(output.text)")
      // Its build script says itself that it has nothing to compare with here.
      let warnings = output.text.split(separator: "\n").filter { $0.contains("warning: ") }
      #expect(warnings.allSatisfy { $0.hasPrefix("warning: no SDK to compare") }, "\(output.text)")
    }
  }

  /// Each kind in a folder of its own, which takes two Swift builds each.
  @Test(
    .enabled(if: NewPluginTests.isLong, "takes minutes; LATTICE_TEST_LONG=1 runs it"),
    arguments: ["map", "source", "sink", "task"])
  func worksInSwift(kind: String) throws {
    try NewPlugin("swift", kind).requireGreen()
  }

  /// The stages of all kinds in one plugin, so that they are built once.
  @Test func everyKindWorksInSwift() throws {
    let plugin = try SwiftKinds()
    try plugin.all.requireGreen()
    for kind in SwiftKinds.others { try plugin.requireRun(kind) }
  }

  /// With the Swift runtime in the plugin: it needs no library of Swift's, holds the rules in a worker that has a runtime
  /// of its own, and runs there.
  @Test func everyKindWorksInSwiftWithItsOwnRuntime() throws {
    let plugin = try SwiftKinds()
    let output = try plugin.all.run("/usr/bin/env", ["make", "STATIC=1"])
    try #require(output.code == 0, "\(output.text)")
    let path = "./\(plugin.all.name).stage.so"
    let needed = try plugin.all.run("/usr/bin/env", ["readelf", "-d", path])
    #expect(
      needed.code == 0 && needed.text.contains("libc.so.6") && !needed.text.contains("libswift")
        && !needed.text.contains("libFoundation"), "\(needed.text)")
    let rules = try plugin.all.run(
      plugin.all.lattice, ["plugin", "validate", path, "--strict"])
    #expect(rules.code == 0, "\(rules.text)")
    for kind in SwiftKinds.others { try plugin.requireRun(kind) }
  }

  @Test func aFolderThatIsThereIsLeftAlone() throws {
    let plugin = try NewPlugin("c", "map")
    let again = try NewPlugin.run(
      plugin.lattice, ["plugin", "new", plugin.name, "--lang", "c"], in: plugin.parent)
    #expect(again.code == 1)
    #expect(
      again.text
        == "error: there is a '\(plugin.parent.path())/\(plugin.name)' already; give another name or remove it\n"
    )
  }

  @Test func aNameMustFitFilesAndCrates() throws {
    let plugin = try NewPlugin("c", "map")
    let output = try NewPlugin.run(
      plugin.lattice, ["plugin", "new", "My_Stage", "--lang", "c"], in: plugin.parent)
    #expect(output.code != 0)
    #expect(
      output.text.contains(
        "'My_Stage' is no name for a plugin; take small letters, digits and hyphens, such as my-stage"
      ), "\(output.text)")
  }
}
