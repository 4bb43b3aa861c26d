import Foundation

/// Why a measured command gave no time.
struct CommandFailed: Error, CustomStringConvertible {
  let command: [String]
  let status: Int32
  let output: String

  var description: String {
    "'\(command.joined(separator: " "))' ended with status \(status):\n\(output.suffix(2000))"
  }
}

/// Runs commands as whole processes and times them from outside.
enum Shell {
  /// Runs a command to its end.
  ///
  /// - Returns: What it printed on standard output, and the wall clock in seconds.
  /// - Throws: ``CommandFailed`` when it can't start or ends with a status other than 0.
  @discardableResult
  static func run(
    _ command: [String], environment: [String: String] = [:], in folder: String? = nil
  ) throws -> (output: String, seconds: Double) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = URL(filePath: folder) }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    let clock = ContinuousClock()
    let start = clock.now
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let seconds = (clock.now - start) / .seconds(1)
    let text = String(decoding: data, as: UTF8.self)
    guard process.terminationStatus == 0 else {
      throw CommandFailed(command: command, status: process.terminationStatus, output: text)
    }
    return (text, seconds)
  }

  /// The folder of this executable, where its siblings are.
  static var siblings: URL {
    URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  }
}
