import Foundation
import Testing

/// What `lattice plugin new` makes builds, passes its tests strictly and runs in a pipeline, before a line is changed.
@Suite(.serialized) struct NewPluginTests {
  static let hasCargo = NewPlugin.has("cargo")
  static let isLong = ProcessInfo.processInfo.environment["LATTICE_TEST_LONG"] != nil

  @Test(arguments: ["c", "cpp"], ["map", "source", "sink", "task"])
  func worksFromMinuteOne(language: String, kind: String) throws {
    try NewPlugin(language, kind).requireGreen()
  }

  @Test(
    .enabled(if: NewPluginTests.hasCargo, "cargo is not installed"),
    arguments: ["map", "source", "sink", "task"])
  func worksInRust(kind: String) throws {
    try NewPlugin("rust", kind).requireGreen()
  }

  /// The map; the other kinds in long runs, as each takes two Swift builds.
  @Test(arguments: isLong ? ["map", "source", "sink", "task"] : ["map"])
  func worksInSwift(kind: String) throws {
    try NewPlugin("swift", kind).requireGreen()
  }

  /// With the Swift runtime in the plugin: it needs no library of Swift's, and holds the rules in a worker that has
  /// a runtime of its own.
  @Test func worksInSwiftWithItsOwnRuntime() throws {
    let plugin = try NewPlugin("swift", "map")
    let output = try NewPlugin.run(
      "/usr/bin/env", ["make", "STATIC=1"], in: plugin.folder)
    try #require(output.code == 0, "\(output.text)")
    let path = "./\(plugin.name).stage.so"
    let needed = try NewPlugin.run("/usr/bin/env", ["readelf", "-d", path], in: plugin.folder)
    #expect(needed.code == 0 && !needed.text.contains("libswiftCore.so"), "\(needed.text)")
    let rules = try NewPlugin.run(
      plugin.lattice, ["plugin", "validate", path, "--strict"], in: plugin.folder)
    #expect(rules.code == 0, "\(rules.text)")
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
