package import Foundation

/// The command line in a folder of its own, driven as a user would.
package final class Lattice {
  /// What a command printed and how it ended.
  package struct Output {
    package let status: Int32
    package let data: String
    package let talk: String

    package init(status: Int32, data: String, talk: String) {
      self.status = status
      self.data = data
      self.talk = talk
    }
  }

  package let folder: URL

  package init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "lattice-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// The folder of the built programs: `LATTICE_PRODUCTS`, or beside the test bundle.
  package static var products: URL {
    if let folder = ProcessInfo.processInfo.environment["LATTICE_PRODUCTS"] {
      return URL(filePath: folder)
    }
    return URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent()
  }

  /// Runs `lattice` to its end; models are in the folder's `spool/models`.
  package func run(_ arguments: [String]) throws -> Output {
    let spool = ["LATTICE_SPOOL": folder.appending(path: "spool").path()]
    return try Self.run(
      arguments, in: folder,
      environment: ProcessInfo.processInfo.environment.merging(spool) { $1 })
  }

  /// Runs `lattice` to its end.
  ///
  /// - Parameters:
  ///   - arguments: After the program's name.
  ///   - folder: Where it runs; nil for here.
  ///   - environment: All of it; nil for this process's own.
  /// - Returns: What it printed and its exit code.
  /// - Throws: When it can't be started.
  package static func run(
    _ arguments: [String], in folder: URL? = nil, environment: [String: String]? = nil
  ) throws -> Output {
    let process = Process()
    process.executableURL = products.appending(path: "lattice")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    if let environment { process.environment = environment }
    process.standardInput = FileHandle.nullDevice
    let scratch = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    _ = FileManager.default.createFile(atPath: scratch.path(), contents: nil)
    defer { try? FileManager.default.removeItem(at: scratch) }
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
