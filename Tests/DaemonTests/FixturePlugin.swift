import Foundation
import Testing

/// One plugin of the fixtures, compiled where a test wants it.
enum FixturePlugin {
  /// Compiles `file` of the fixtures to `target`, which a linker replaces and does not write into.
  static func compile(_ file: String, to target: URL, defining: [String] = []) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    try FileManager.default.createDirectory(
      at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    let isC = file.hasSuffix(".c")
    let compiler = Process()
    compiler.executableURL = URL(filePath: isC ? "/usr/bin/cc" : "/usr/bin/c++")
    compiler.arguments =
      (isC ? [] : ["-std=c++20"]) + defining.map { "-D\($0)" } + [
        "-shared", "-fPIC", "-O1", "-g",
        "-I\(root.appending(path: "Sources/CStageABI/include").path())", "-o", target.path(),
        root.appending(path: "Tests/Fixtures/plugins/\(file)").path(),
      ]
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0)
  }

  /// Writes one file's bytes into another that is there, as `cp` does.
  static func overwrite(_ target: URL, with source: URL) throws {
    let handle = try FileHandle(forWritingTo: target)
    try handle.truncate(atOffset: 0)
    try handle.write(contentsOf: try Data(contentsOf: source))
    try handle.close()
  }
}
