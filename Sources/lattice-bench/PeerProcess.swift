import Foundation

/// A peer's script that stays up: it answers each line with the seconds that a piece of work took.
final class PeerProcess {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let command: [String]
  private var rest = Data()

  /// Starts it.
  init(_ command: [String]) throws {
    self.command = command
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// Has a piece of work done.
  ///
  /// - Parameter line: Names the work, as the script reads it.
  /// - Returns: Seconds.
  /// - Throws: ``CommandFailed`` when the script ends or answers with no number.
  func seconds(_ line: String) throws -> Double {
    guard let seconds = Double(try answer(line)) else { throw failure(line) }
    return seconds
  }

  /// Asks something.
  ///
  /// - Parameter line: The question, as the script reads it.
  /// - Returns: The answer, without the end of its line.
  /// - Throws: ``CommandFailed`` when the script ends.
  func answer(_ line: String) throws -> String {
    try input.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8))
    while !rest.contains(0x0A) {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { throw failure(line) }
      rest += more
    }
    let parts = rest.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
    rest = Data(parts.count > 1 ? parts[1] : Data())
    return String(decoding: parts[0], as: UTF8.self)
  }

  private func failure(_ line: String) -> CommandFailed {
    CommandFailed(
      command: command, status: process.isRunning ? 0 : process.terminationStatus,
      output: "no seconds came back for '\(line)'")
  }
}
