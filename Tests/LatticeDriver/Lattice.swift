package import Foundation

/// The command line in a folder of its own, driven as a user would.
package final class Lattice {
  /// What a command printed and how it ended.
  package struct Output {
    package let status: Int32
    package let data: String
    package let talk: String
  }

  package let folder: URL

  package init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "lattice-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Runs `lattice` to its end; models are in the folder's `spool/models`.
  package func run(_ arguments: [String]) throws -> Output {
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
  package func spec(_ name: String, _ text: String) throws -> Output {
    try Data("version: 1\nname: \(name)\n\(text)\n".utf8).write(to: file("\(name).yaml"))
    return try run(["run", "\(name).yaml", "--out", name, "--quiet"])
  }

  /// The text of a file of the job that a spec became.
  package func jobFile(_ spec: String, _ name: String) throws -> String {
    let root = file(".lattice/\(spec)/jobs")
    let names = FileManager.default.enumerator(atPath: root.path())?.compactMap { $0 as? String }
    guard let found = names?.first(where: { $0.hasSuffix("/\(name)") }) else {
      throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: name])
    }
    return try String(contentsOf: root.appending(path: found), encoding: .utf8)
  }

  package func file(_ name: String) -> URL { folder.appending(path: name) }

  /// A file of a test target's golden numbers.
  package static func golden(_ target: String, _ name: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "\(target)/Golden/\(name)")
  }
}
