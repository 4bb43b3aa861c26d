import Testing

/// A plugin that hands tensors to a library includes that library's dlpack.h beside `lattice_stage.h`.
@Suite struct DLPackHeaderTests {
  private static let folder = "\(PluginWorkshop.fixtures)/dlpack"

  private func compile(_ compiler: [String], _ flags: [String]) throws -> PluginWorkshop.Output {
    try PluginWorkshop.run(
      compiler + flags + [
        "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-I",
        "\(Self.folder)/include", "-I",
        "\(PluginWorkshop.fixtures)/../../Sources/CStageABI/include", "\(Self.folder)/both.c",
      ])
  }

  @Test(
    arguments: [["cc", "-std=c11"], ["c++", "-x", "c++", "-std=c++17"]], [[], ["-DLATTICE_FIRST"]])
  func eitherMayComeFirst(compiler: [String], order: [String]) throws {
    let output = try compile(compiler, order)
    #expect(output.code == 0, "\(output.text)")
  }

  @Test func anOlderOneIsRefusedWithASentence() throws {
    let output = try compile(["cc", "-std=c11"], ["-DFAKE_DLPACK_MAJOR=0"])
    #expect(output.code != 0)
    #expect(
      output.text.contains(
        "lattice_stage.h needs DLPack 1.x, and another dlpack.h was included before it"))
  }
}
