import Foundation
import LatticeDriver

/// Programs run without the rights of root, which no permission holds back.
enum Unprivileged {
  /// Runs `lattice` as nobody, or as whoever runs the tests if that isn't root.
  static func lattice(_ arguments: [String], in folder: URL) throws -> Lattice.Output {
    guard getuid() == 0 else { return try Lattice.run(arguments, in: folder) }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/setpriv")
    process.arguments =
      ["--reuid=65534", "--regid=65534", "--clear-groups"]
      + [Lattice.products.appending(path: "lattice").path()] + arguments
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    let data = Pipe()
    let talk = Pipe()
    process.standardOutput = data
    process.standardError = talk
    try process.run()
    let text = talk.fileHandleForReading.readDataToEndOfFile()
    let bytes = data.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Lattice.Output(
      status: process.terminationStatus, data: String(decoding: bytes, as: UTF8.self),
      talk: String(decoding: text, as: UTF8.self))
  }
}
