import Foundation
import LatticeDriver

/// Another user of the machine, without any rights of their own; there is one only where the tests run as root.
enum Nobody {
  private static let arguments = ["--reuid=65534", "--regid=65534", "--clear-groups"]

  /// Makes a process run a built program as that user.
  static func prepare(_ process: Process, program: String, _ arguments: [String]) {
    process.executableURL = URL(filePath: "/usr/bin/setpriv")
    process.arguments =
      Self.arguments + [Lattice.products.appending(path: program).path()] + arguments
  }

  /// Runs `lattice` to its end as that user, whose home holds nothing.
  static func run(_ arguments: [String], in folder: URL? = nil) throws -> Lattice.Output {
    let process = Process()
    prepare(process, program: "lattice", arguments)
    process.currentDirectoryURL = folder ?? URL(filePath: "/")
    process.environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"]
    process.standardInput = FileHandle.nullDevice
    let (data, talk) = (Pipe(), Pipe())
    process.standardOutput = data
    process.standardError = talk
    try process.run()
    let bytes = data.fileHandleForReading.readDataToEndOfFile()
    let words = talk.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Lattice.Output(
      status: process.terminationStatus, data: String(decoding: bytes, as: UTF8.self),
      talk: String(decoding: words, as: UTF8.self))
  }
}
