import Foundation
import Testing

/// The command line in a folder of its own, driven as a user would.
final class Lattice {
  /// What a command printed and how it ended.
  struct Output {
    var status: Int32
    var data: String
    var talk: String
  }

  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "lattice-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Runs `lattice` to its end; models are in the folder's `spool/models`.
  func run(_ arguments: [String]) throws -> Output {
    let own = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let process = Process()
    process.executableURL = own.deletingLastPathComponent().appending(path: "lattice")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["LATTICE_SPOOL": folder.appending(path: "spool").path()]) { $1 }
    process.standardInput = FileHandle.nullDevice
    let scratch = folder.appending(path: UUID().uuidString)
    _ = FileManager.default.createFile(atPath: scratch.path(), contents: nil)
    let data = Pipe()
    process.standardOutput = data
    process.standardError = try FileHandle(forWritingTo: scratch)
    try process.run()
    let bytes = data.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Output(
      status: process.terminationStatus, data: String(decoding: bytes, as: UTF8.self),
      talk: try String(contentsOf: scratch, encoding: .utf8))
  }

  /// Writes a spec and runs it; results are in `NAME/`.
  func spec(_ name: String, _ text: String) throws -> Output {
    try Data("version: 1\nname: \(name)\n\(text)\n".utf8).write(to: file("\(name).yaml"))
    return try run(["run", "\(name).yaml", "--out", name, "--quiet"])
  }

  func file(_ name: String) -> URL { folder.appending(path: name) }

  /// A file of the authors' numbers.
  static func golden(_ name: String) -> String {
    let folder =
      ProcessInfo.processInfo.environment["LATTICE_GOLDEN"]
      ?? URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "UViMTests/Golden").path()
    return "\(folder)/\(name)"
  }
}
