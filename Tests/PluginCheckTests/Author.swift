import Foundation
import Glibc

/// Who builds a plugin: an ordinary user also when the tests run as root, whom permissions don't stop.
struct Author {
  private static let nobody = "65534"
  private static let words = [
    "setpriv", "--reuid=\(nobody)", "--regid=\(nobody)", "--clear-groups",
  ]

  /// True when another user is taken on.
  let isOther: Bool

  /// - Parameter language: What is needed to build it; a compiler that only root can run is run by root.
  init(of language: String) {
    guard geteuid() == 0 else {
      isOther = false
      return
    }
    let compiler = ["swift": "swift", "rust": "cargo", "cpp": "c++"][language] ?? "cc"
    let probe = Self.words + [compiler, "--version"]
    let lattice = BadPlugins.products.appending(path: "lattice").path()
    isOther = [probe, Self.words + [lattice, "--version"]].allSatisfy {
      (try? NewPlugin.run("/usr/bin/env", $0, in: URL(filePath: "/")))?.code == 0
    }
  }

  /// Runs a program to its end.
  ///
  /// - Parameters:
  ///   - program: Its path.
  ///   - arguments: Without its name.
  ///   - folder: Where it runs.
  ///   - home: A folder around that, which becomes the user's own.
  ///   - environment: All of it.
  /// - Returns: What it wrote, and its exit code.
  /// - Throws: When it can't be started.
  func run(
    _ program: String, _ arguments: [String], in folder: URL, home: URL,
    _ environment: [String: String]
  ) throws -> NewPlugin.Output {
    guard isOther else { return try NewPlugin.run(program, arguments, in: folder, environment) }
    _ = try NewPlugin.run(
      "/usr/bin/env", ["chown", "-R", "\(Self.nobody):\(Self.nobody)", home.path()], in: home)
    return try NewPlugin.run(
      "/usr/bin/env", Self.words + [program] + arguments, in: folder,
      environment.merging(["HOME": home.path(), "USER": "nobody"]) { $1 })
  }
}
