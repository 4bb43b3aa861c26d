import Foundation
import Glibc
import LatticeDriver
import Testing

/// One of the built programs while it runs; what it prints goes to files, so that it never waits for a reader.
final class BuiltProgram: Sendable {
  private let process = Process()
  private let data = BuiltProgram.scratch()
  private let talk = BuiltProgram.scratch()

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - name: `lattice`, `latticed`, `lattice-worker` or `lattice-bench`.
  ///   - arguments: After the program's name.
  ///   - folder: Where it runs.
  ///   - environment: Put over this process's own, whose settings of the programs are left out.
  ///   - input: What it reads from standard input.
  /// - Throws: When it can't be started.
  init(
    _ name: String, _ arguments: [String], in folder: URL, environment: [String: String] = [:],
    input: String = ""
  ) throws {
    process.executableURL = Lattice.products.appending(path: name)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = Self.environment.merging(environment) { $1 }
    let given = Self.scratch()
    try Data(input.utf8).write(to: given)
    defer { try? FileManager.default.removeItem(at: given) }
    process.standardInput = try FileHandle(forReadingFrom: given)
    process.standardOutput = try FileHandle(forWritingTo: data)
    process.standardError = try FileHandle(forWritingTo: talk)
    try process.run()
  }

  deinit {
    end()
    try? FileManager.default.removeItem(at: data)
    try? FileManager.default.removeItem(at: talk)
  }

  var isRunning: Bool { process.isRunning }

  /// What it has printed on standard output so far.
  var printed: String { Self.text(data) }

  /// What it has said on standard error so far.
  var said: String { Self.text(talk) }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Ends it at once, if it is there still.
  func end() {
    guard process.isRunning else { return }
    send(SIGKILL)
    process.waitUntilExit()
  }

  /// Waits for its end.
  ///
  /// - Throws: When it goes on for very long.
  func wait() throws -> Lattice.Output {
    try waitUntil("'\(process.arguments ?? [])' ends") { !process.isRunning }
    process.waitUntilExit()
    return Lattice.Output(status: process.terminationStatus, data: printed, talk: said)
  }

  /// Waits until something holds.
  ///
  /// - Throws: When it does not hold for very long.
  func waitUntil(_ what: String, _ condition: () -> Bool) throws {
    let end = ContinuousClock.now + .seconds(120)
    while !condition() {
      guard ContinuousClock.now < end else { throw TooLong(what: what, said: said) }
      usleep(3000)
    }
  }

  /// Something that did not come about.
  struct TooLong: Error, CustomStringConvertible {
    let what: String
    let said: String
    var description: String { "not within two minutes: \(what)\n\(said.suffix(3000))" }
  }

  /// What programs are to find of this process's variables: nothing that a user may have set for them.
  private static let environment = ProcessInfo.processInfo.environment.filter {
    !["LATTICE_SPOOL", "LATTICE_PLUGINS", "LATTICE_MODELS", "LATTICE_SDK"].contains($0.key)
  }

  private static func scratch() -> URL {
    let url = FileManager.default.temporaryDirectory.appending(path: "lattice-\(UUID().uuidString)")
    _ = FileManager.default.createFile(atPath: url.path(), contents: nil)
    return url
  }

  private static func text(_ file: URL) -> String {
    String(decoding: (try? Data(contentsOf: file)) ?? Data(), as: UTF8.self)
  }
}
