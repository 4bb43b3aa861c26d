import Foundation
import Synchronization
import Testing

/// Compiles plugins of `Tests/Fixtures/plugins`, each once per test run.
enum BadPlugins {
  /// A folder that is removed when the test run ends.
  static let folder: String = {
    let path = FileManager.default.temporaryDirectory.path() + "lattice-bad-plugins-\(getpid())"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(atPath: BadPlugins.folder) }
    return path
  }()

  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path()

  /// Folder of the test bundle, where the executables and plugins are too.
  static var products: URL {
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
    let path = bundle ?? "/proc/self/exe"
    return URL(filePath: path).resolvingSymlinksInPath().deletingLastPathComponent()
  }

  static var worker: String {
    get throws {
      let path = products.appending(path: "lattice-worker").path()
      try #require(
        FileManager.default.fileExists(atPath: path),
        "build lattice-worker first: swift build --build-tests")
      return path
    }
  }

  /// Builds `NAME.c` of the fixtures.
  ///
  /// - Parameters:
  ///   - name: Below `Tests/Fixtures/plugins`, without its extension.
  ///   - flags: Further arguments for the compiler.
  ///   - alias: Name of the result when it is not that of the source.
  /// - Returns: Path of the plugin.
  /// - Throws: When the compiler refuses.
  static func build(
    _ name: String, _ flags: [String] = [], as alias: String? = nil
  ) throws -> String {
    let plain = alias ?? name.replacing("/", with: "-")
    let path = "\(folder)/\(plain).stage.so"
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/env")
    compiler.arguments =
      ["cc", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-O1"] + flags
      + ["-I\(root)Sources/CStageABI/include", "-o", path]
      + ["\(root)Tests/Fixtures/plugins/\(name).c"]
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0, "'\(name)' can't be compiled")
    return path
  }
}
