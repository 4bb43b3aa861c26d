import Foundation

/// What a test needs of the machine: where it is missing the test is skipped in a line that says so, and where all tests
/// have to run, as in the automatic check, it fails.
///
/// ```swift
/// @Test(.enabled(if: try Needed.program("cmake"), Needed.comment("cmake")))
/// ```
package enum Needed {
  /// Something that is missing, though all tests have to run.
  package struct Missing: Error, CustomStringConvertible {
    package let description: String
  }

  /// True where no test may be skipped for want of something: `LATTICE_TEST_REQUIRE` or `CI` is set.
  package static let isRequired = ["LATTICE_TEST_REQUIRE", "CI"].contains { name in
    let value = ProcessInfo.processInfo.environment[name] ?? ""
    return !["", "0", "false"].contains(value)
  }

  /// Whether a program is there and runs.
  ///
  /// - Parameter name: Looked for on PATH unless it is a path.
  /// - Returns: False where the test is to be skipped.
  /// - Throws: ``Missing`` where all tests have to run.
  package static func program(_ name: String) throws -> Bool {
    try require(runs(name), comment(name))
  }

  /// Whether the tests may act as another user.
  ///
  /// - Throws: ``Missing`` where all tests have to run.
  package static func root() throws -> Bool {
    try require(getuid() == 0 && runs("setpriv"), rootComment)
  }

  /// Why a test is skipped where a program is missing.
  package static func comment(_ program: String) -> String {
    "'\(program)' is missing; 'pipelines/tools/setup tests' installs what the tests need"
  }

  /// Why a test is skipped that has to act as another user.
  package static let rootComment = "only root can act as another user, with setpriv"

  private static func require(_ isThere: Bool, _ comment: String) throws -> Bool {
    guard !isThere, isRequired else { return isThere }
    throw Missing(description: comment)
  }

  private static func runs(_ name: String) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [name, "--version"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
