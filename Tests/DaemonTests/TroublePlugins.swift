import Foundation
import Testing

/// The plugins that do harm on purpose, compiled as a user would compile them.
enum TroublePlugins {
  /// Compiles `ramp.c`, `trouble.c` and `counter.c` of the fixtures into `folder`.
  static func build(into folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    for name in ["ramp", "trouble", "counter"] {
      let compiler = Process()
      compiler.executableURL = URL(filePath: "/usr/bin/cc")
      compiler.arguments = [
        "-shared", "-fPIC", "-O1", "-g",
        "-I\(root.appending(path: "Sources/CStageABI/include").path())",
        "-o", folder.appending(path: "\(name).stage.so").path(),
        root.appending(path: "Tests/Fixtures/plugins/\(name).c").path(),
      ]
      try compiler.run()
      compiler.waitUntilExit()
      try #require(compiler.terminationStatus == 0)
    }
  }
}
