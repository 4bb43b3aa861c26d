import Foundation
import LatticeDriver
import Testing

/// Plugins as people build and copy them.
@Suite(.blocking) struct PluginCases {
  @Test func aLibraryThatPrintsWhenLoadedIsListed() throws {
    let folder = try CaseFolder("plugin-that-prints-when-loaded")
    try FileManager.default.createDirectory(
      at: folder.file("noisy"), withIntermediateDirectories: false)
    let products = Lattice.products.path()
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/cc")
    compiler.arguments = [
      "-shared", "-fPIC", folder.file("noisy.c").path(), "-o",
      folder.file("noisy/noisy.stage.so").path(), "-L\(products)", "-Wl,--no-as-needed",
      "-lFSQStages", "-Wl,-rpath,\(products)",
    ]
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0)
    try folder.command(["plugin", "list", "--plugins", "noisy"])
    #expect(folder.status == 0, "\(folder.log)")
    #expect(!folder.log.contains("broken"), "\(folder.log)")
  }

  @Test func aSecondCopyOfAPluginIsNamed() throws {
    let folder = try CaseFolder("plugin-twice")
    try FileManager.default.createDirectory(
      at: folder.file("p"), withIntermediateDirectories: false)
    try FileManager.default.copyItem(
      at: Lattice.products.appending(path: "libFSQStages.so"), to: folder.file("p/copy.stage.so"))
    try folder.command(["plugin", "list", "--plugins", "p"])
    #expect(folder.log.contains("copy.stage.so"), "\(folder.log)")
    #expect(folder.log.contains("warning"), "\(folder.log)")
  }
}
