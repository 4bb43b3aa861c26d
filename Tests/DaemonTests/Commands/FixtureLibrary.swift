import Foundation
import Glibc
import Synchronization
import Testing

/// Plugins of the fixtures, each compiled once for all tests.
enum FixtureLibrary {
  private static let folder = TemporaryFolder.untilExit()
  private static let compiled = Mutex<Set<String>>([])

  /// Links `NAME.stage.so` into a folder: what is said of one file is remembered for all tests.
  static func link(_ names: [String], into folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for name in names {
      try FileManager.default.createSymbolicLink(
        at: URL(filePath: "\(folder)/\(name).stage.so"), withDestinationURL: try library(name))
    }
  }

  private static func library(_ name: String) throws -> URL {
    let library = folder.appending(path: "\(name).stage.so")
    try compiled.withLock { done in
      guard !done.contains(name) else { return }
      try FixturePlugin.compile("\(name).c", to: library)
      done.insert(name)
    }
    return library
  }
}

/// Folders that many tests share, and that go when the tests have ended.
enum TemporaryFolder {
  private static let all = Mutex<[URL]>([])
  private static let programs = Mutex<[BuiltProgram]>([])
  private static let registered: Void = {
    _ = atexit { TemporaryFolder.removeAll() }
  }()

  /// Ends a program that serves many tests before the folders go.
  static func endAtExit(_ program: BuiltProgram) { programs.withLock { $0.append(program) } }

  /// A new folder.
  static func untilExit() -> URL {
    _ = registered
    let url = FileManager.default.temporaryDirectory.appending(path: "lattice-\(UUID().uuidString)")
    try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    all.withLock { $0.append(url) }
    return url
  }

  private static func removeAll() {
    programs.withLock { $0.forEach { $0.end() } }
    all.withLock { $0.forEach { try? FileManager.default.removeItem(at: $0) } }
  }
}
