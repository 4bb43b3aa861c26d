import Foundation
import Testing

/// Plugins of the fixtures, compiled as a user would compile them.
enum TroublePlugins {
  /// Compiles `ramp.c`, `counter.c` and `trouble.c`, which does harm on purpose, into `folder`.
  static func build(into folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in ["ramp", "trouble", "counter"] { try compile(name, into: folder) }
  }

  /// Compiles `NAME.c` or `NAME.cpp` of the fixtures into `folder`, as `NAME.stage.so` or another name.
  static func compile(
    _ name: String, into folder: URL, _ flags: [String] = [], as alias: String? = nil,
    isCPlusPlus: Bool = false
  ) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let library = folder.appending(path: "\(alias ?? name).stage.so")
    try FileManager.default.createDirectory(
      at: library.deletingLastPathComponent(), withIntermediateDirectories: true)
    let compiler = Process()
    compiler.executableURL = URL(filePath: isCPlusPlus ? "/usr/bin/c++" : "/usr/bin/cc")
    compiler.arguments =
      [
        "-shared", "-fPIC", "-O1", "-g",
      ] + flags + [
        "-I\(root.appending(path: "Sources/CStageABI/include").path())",
        "-o", library.path(),
        root.appending(path: "Tests/Fixtures/plugins/\(name).\(isCPlusPlus ? "cpp" : "c")").path(),
      ]
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0)
  }
}
