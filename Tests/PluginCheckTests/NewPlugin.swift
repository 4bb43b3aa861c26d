import Foundation
import Testing

/// A plugin made by `lattice plugin new` in a throw-away folder.
final class NewPlugin {
  let name: String
  let parent: URL
  let lattice: String
  private let author: Author

  var folder: URL { parent.appending(path: name) }

  /// What a command printed, and its exit code.
  struct Output {
    var text: String
    var code: Int32
  }

  init(_ language: String, _ kind: String, name: String? = nil) throws {
    self.name = name ?? "new-\(kind)"
    parent = FileManager.default.temporaryDirectory.appending(
      path: "lattice-new-\(UUID().uuidString)")
    lattice = BadPlugins.products.appending(path: "lattice").path()
    author = Author(of: language)
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    let output = try run(
      lattice, ["plugin", "new", self.name, "--lang", language, "--kind", kind], in: parent)
    try #require(output.code == 0, "\(output.text)")
  }

  deinit { try? FileManager.default.removeItem(at: parent) }

  /// Runs a program as a plugin's author would: an ordinary user who has `lattice` on PATH, and only that.
  func run(
    _ program: String, _ arguments: [String], in folder: URL? = nil,
    _ variables: [String: String] = [:]
  ) throws -> Output {
    var environment = ProcessInfo.processInfo.environment
    environment["LATTICE_SDK"] = nil
    environment["PATH"] = "\(BadPlugins.products.path()):\(environment["PATH"] ?? "")"
    return try author.run(
      program, arguments, in: folder ?? self.folder, home: parent,
      environment.merging(variables) { $1 })
  }

  /// Replaces a file.
  func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: path))
  }

  /// Builds, tests and runs it as its README says, and does so again.
  func requireGreen(_ arguments: [String] = []) throws {
    for verb in ["test", "run", "test", "run"] {
      let output = try run("/usr/bin/env", ["make", verb] + arguments)
      try #require(output.code == 0, "make \(verb):\n\(output.text)")
    }
    let results = try FileManager.default.contentsOfDirectory(
      atPath: folder.appending(path: "results").path())
    #expect(results.contains { !$0.hasPrefix(".") }, "no results")
  }

  /// Runs a program to its end; what it wrote on either stream is one text.
  static func run(
    _ program: String, _ arguments: [String], in folder: URL, _ environment: [String: String]? = nil
  ) throws -> Output {
    let process = Process()
    if let environment { process.environment = environment }
    let pipe = Pipe()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Output(text: String(decoding: data, as: UTF8.self), code: process.terminationStatus)
  }
}
