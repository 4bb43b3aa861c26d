import Foundation
import Glibc
import LatticeDriver
import Testing

/// What `lattice` says of plugins that are not as they should be: broken stages, second copies, files that anybody can
/// change, libraries of another machine.
@Suite(.blocking) struct PluginCatalogTests {
  /// A folder in which plugins lie in `p/`.
  private func withLattice(_ body: (Lattice, URL) throws -> Void) throws {
    let lattice = try Lattice()
    let plugins = lattice.file("p")
    try FileManager.default.createDirectory(at: plugins, withIntermediateDirectories: true)
    // Whatever umask the tests run under.
    chmod(plugins.path(), 0o755)
    try body(lattice, plugins)
  }

  private func run(_ lattice: Lattice, _ arguments: [String]) throws -> Lattice.Output {
    try lattice.run(arguments + ["--plugins", lattice.file("p").path()])
  }

  /// A keyword that StageSDK writes and the host does not know would break a stage.
  @Test func allOfLatticesOwnStagesAreWhole() throws {
    try withLattice { lattice, _ in
      let list = try run(lattice, ["plugin", "list"])
      #expect(list.status == 0 && !list.data.contains("  broken  "), "\(list.data)\(list.talk)")
    }
  }

  /// A plugin of two stages: one is good, the other has a fault of `bad_table.c`.
  private func compile(_ fault: String, into folder: URL) throws {
    try TroublePlugins.compile(
      "bad_table", into: folder, ["-DFAULT=\(fault)", "-DWITH_A_GOOD_STAGE"], as: "half")
  }

  @Test(arguments: [
    (
      "VERSION", "1.0  ",
      "the version '1.0' of stage 'bad.table' is no semantic version such as 1.2.3 or 1.2.3-beta.1"
    ),
    (
      "KEYWORD", "1.0.0",
      "the parameter schema of stage 'bad.table' is wrong at '/properties/name/pattern': the keyword 'pattern' is not supported; lattice_stage.h lists those that are"
    ),
  ])
  func aBrokenStageIsInTheList(fault: String, version: String, reason: String) throws {
    try withLattice { lattice, plugins in
      try compile(fault, into: plugins)
      let path = plugins.appending(path: "half.stage.so").path()
      let list = try run(lattice, ["plugin", "list"])
      #expect(list.status == 1)
      let rows = list.data.split(separator: "\n")
      #expect(rows.contains { $0.hasPrefix("good.table ") && $0.contains(" map ") }, "\(list.data)")
      let row = rows.first { $0.hasPrefix("bad.table ") }
      #expect(
        row?.contains(" \(version)") == true && row?.contains("  broken  \(reason)") == true,
        "\(list.data)")

      let doctor = try run(lattice, ["doctor"])
      #expect(doctor.data.contains("bad   broken stage bad.table in \(path)"), "\(doctor.data)")
      #expect(doctor.data.contains("      \(reason)"), "\(doctor.data)")

      let inspect = try run(lattice, ["plugin", "inspect", "bad.table"])
      #expect(inspect.status == 1)
      #expect(
        inspect.talk == "error: stage 'bad.table' in '\(path)' can't be used: \(reason)\n",
        "\(inspect.talk)")
      let file = try run(lattice, ["plugin", "inspect", path])
      #expect(file.status == 0 && file.data.contains("good.table 1.0.0  (map)"), "\(file.data)")
      #expect(file.talk.contains("broken: bad.table: \(reason)"), "\(file.talk)")

      let validate = try run(lattice, ["plugin", "validate", path, "--rule", "tables"])
      #expect(validate.status == 1)
      #expect(
        validate.data.contains("stage 'bad.table' can't be used: \(reason)"), "\(validate.data)")
    }
  }

  @Test func aSpecThatUsesABrokenStageSaysWhy() throws {
    try withLattice { lattice, plugins in
      try compile("KEYWORD", into: plugins)
      try Data(
        """
        version: 1
        name: broken
        input: { photos: { files: [a.png] } }
        stages:
          - { id: read, use: image.read@1, in: { file: photos }, params: { size: 8 } }
          - { id: turn, use: bad.table@1, in: { image: read.image } }

        """.utf8
      ).write(to: lattice.file("broken.yaml"))
      let check = try run(lattice, ["check", "broken.yaml"])
      #expect(check.status != 0)
      #expect(
        (check.data + check.talk).contains(
          "error[E102]: the stage bad.table in '\(plugins.path())/half.stage.so' can't be used: the parameter schema of stage 'bad.table' is wrong at '/properties/name/pattern'"
        ), "\(check.data)\(check.talk)")
    }
  }

  @Test func aCopyOfAPluginIsSaid() throws {
    try withLattice { lattice, plugins in
      let own = Lattice.products.appending(path: "libFSQStages.so").resolvingSymlinksInPath()
      let copy = plugins.appending(path: "copy.stage.so")
      try FileManager.default.copyItem(at: own, to: copy)
      let sentence =
        "are there twice: those in '\(copy.path())' are taken, not those in '\(own.path())' of Lattice's own; one plugin is a copy of the other"
      let list = try run(lattice, ["plugin", "list"])
      #expect(list.status == 0, "\(list.talk)")
      let warning = list.talk.split(separator: "\n").first { $0.contains("fsq.quantize") }
      #expect(warning?.hasPrefix("warning: stages fsq.") == true, "\(list.talk)")
      #expect(warning?.contains(sentence) == true, "\(list.talk)")
      let doctor = try run(lattice, ["doctor"])
      #expect(doctor.data.contains(sentence), "\(doctor.data)")
    }
  }

  @Test func whatAnybodyCanChangeIsSaid() throws {
    try withLattice { lattice, plugins in
      try TroublePlugins.compile("invert", into: plugins)
      let path = plugins.appending(path: "invert.stage.so").path()
      chmod(path, 0o755)
      #expect(try run(lattice, ["plugin", "list"]).talk.contains("every user") == false)
      chmod(path, 0o777)
      let file = try run(lattice, ["plugin", "list"])
      #expect(
        file.talk.contains(
          "warning: plugin '\(path)' can be changed by every user of this machine: chmod o-w '\(path)'"
        ), "\(file.talk)")
      chmod(path, 0o755)
      chmod(plugins.path(), 0o777)
      let folder = plugins.path()
      let list = try run(lattice, ["plugin", "list"])
      #expect(
        list.talk.contains(
          "warning: plugin '\(path)' can be replaced by every user of this machine, as its folder is writable for all: chmod o-w '\(folder)'"
        ), "\(list.talk)")
      #expect(
        list.talk.contains(
          "warning: every user of this machine can put plugins into '\(folder)', which is searched for them"
        ), "\(list.talk)")
      let spec = try writeSpec(lattice)
      let check = try run(lattice, ["check", spec])
      #expect(
        (check.data + check.talk).contains("warning[W178]: plugin '\(path)' can be replaced"),
        "\(check.data)\(check.talk)")
      // With the sticky bit, as /tmp has it, nobody can exchange another's file.
      chmod(folder, 0o1777)
      #expect(try run(lattice, ["plugin", "list"]).talk.contains("every user") == false)
    }
  }

  private func writeSpec(_ lattice: Lattice) throws -> String {
    try Data([0x89]).write(to: lattice.file("a.png"))
    try Data(
      """
      version: 1
      name: used
      input: { photos: { files: [a.png] } }
      stages:
        - { id: read, use: image.read@1, in: { file: photos }, params: { size: 8 } }
        - { id: turn, use: example.invert@1, in: { image: read.image } }
        - { id: save, use: image.write@1, in: { image: turn.image } }

      """.utf8
    ).write(to: lattice.file("used.yaml"))
    return "used.yaml"
  }

  @Test func aPluginForAnotherMachineIsSaidToBeOne() throws {
    try withLattice { lattice, plugins in
      let path = plugins.appending(path: "other.stage.so")
      var header = [UInt8](repeating: 0, count: 64)
      header.replaceSubrange(0..<6, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1])
      header[16] = 3
      header[18] = 243
      try Data(header).write(to: path)
      let list = try run(lattice, ["plugin", "list"])
      #expect(list.status == 1)
      #expect(
        list.talk.contains(
          "broken: \(path.path()): can't load plugin '\(path.path())': it is built for 64-bit RISC-V, and this machine is 64-bit "
        ), "\(list.talk)")
    }
  }

  /// The range was left out without a word when it could not be read.
  @Test func aRangeThatIsNoneIsSaid() throws {
    let output = try Lattice.run(["plugin", "inspect", "image.read@newest"])
    #expect(output.status == 1)
    #expect(
      output.talk
        == "error: 'newest' is no range of versions; write 1, 1.2, 1.2.3, ^1.2, ~1.2.3 or '>=1.2 <2'\n"
    )
  }
}
