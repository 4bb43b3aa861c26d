import Foundation
import Synchronization

/// Compiles the plugins of `Tests/Fixtures` with the system's compilers, each once per test run.
enum PluginWorkshop {
  /// Why a fixture could not be built.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// What a child printed and how it ended.
  struct Output {
    let text: String
    /// Nil when a signal ended it.
    let code: Int32?
  }

  /// A folder that is removed when the test run ends.
  static let folder: String = {
    let path = FileManager.default.temporaryDirectory.path() + "lattice-plugins-\(getpid())"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(atPath: PluginWorkshop.folder) }
    return path
  }()

  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path()
  /// Where the sources of the fixtures are.
  static let fixtures = "\(root)Tests/Fixtures"

  private static let built = Mutex<Set<String>>([])

  /// Builds `plugins/NAME.c` or `plugins/NAME.cpp`.
  ///
  /// - Parameters:
  ///   - name: File name without its extension.
  ///   - flags: Further arguments for the compiler; plugins with other flags get other names.
  ///   - alias: Name of the result when it is not that of the source.
  /// - Returns: Path of `NAME.stage.so`.
  /// - Throws: ``Failure`` with the compiler's words.
  static func plugin(
    _ name: String, _ flags: [String] = [], as alias: String? = nil
  ) throws -> String {
    let isCPlusPlus = FileManager.default.fileExists(atPath: "\(fixtures)/plugins/\(name).cpp")
    return try build(
      isCPlusPlus ? ["c++", "-std=c++17"] : ["cc"],
      "\(fixtures)/plugins/\(name).\(isCPlusPlus ? "cpp" : "c")", flags,
      to: "\(folder)/\(alias ?? name).stage.so")
  }

  /// Builds `needs_library.c` against a library that is gone afterwards.
  static func pluginWithoutItsLibrary() throws -> String {
    let library = try build(
      ["cc"], "\(fixtures)/plugins/absent.c", [], to: "\(folder)/libabsent.so")
    defer { try? FileManager.default.removeItem(atPath: library) }
    return try plugin("needs_library", ["-L\(folder)", "-labsent"])
  }

  /// Writes a file that has the name of a plugin.
  static func file(_ name: String, _ content: [UInt8]) throws -> String {
    let path = "\(folder)/\(name).stage.so"
    try Data(content).write(to: URL(filePath: path))
    return path
  }

  /// The first `share` of a good plugin's bytes.
  static func truncated(to share: (Int) -> Int, as name: String) throws -> String {
    let whole = try Data(contentsOf: URL(filePath: try plugin("invert")))
    return try file(name, Array(whole.prefix(share(whole.count))))
  }

  /// Builds a shared library from one source file, unless it was built already.
  static func build(
    _ compiler: [String], _ source: String, _ flags: [String], to path: String
  ) throws -> String {
    try built.withLock { built in
      guard !built.contains(path) else { return }
      let warnings = ["-Wall", "-Wextra", "-Werror"]
      let arguments =
        compiler + warnings
        + ["-shared", "-fPIC", "-O1", "-I", "\(root)Sources/CStageABI/include", "-o", path, source]
      let output = try run(arguments + flags)
      guard output.code == 0 else {
        throw Failure(description: "\(arguments.joined(separator: " ")):\n\(output.text)")
      }
      built.insert(path)
    }
    return path
  }

  /// Runs a program found on PATH to its end.
  static func run(_ arguments: [String]) throws -> Output {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Output(
      text: String(decoding: data, as: UTF8.self),
      code: process.terminationReason == .exit ? process.terminationStatus : nil)
  }
}
