import Foundation
import LatticeDriver
import Testing

/// Specs handed to a daemon under names of any length and any bytes.
@Suite(.blocking) struct IntakeCases {
  private func started(_ name: String) throws -> (folder: CaseFolder, daemon: Process) {
    let folder = try CaseFolder(name)
    let process = Process()
    process.executableURL = Lattice.products.appending(path: "latticed")
    process.arguments = ["--spool", folder.file("spool").path(), "--data-root", folder.path]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    try wait("the spool is there") {
      FileManager.default.fileExists(atPath: folder.file("spool/incoming/tmp").path())
    }
    return (folder, process)
  }

  private func wait(_ what: String, _ condition: () -> Bool) throws {
    for _ in 0..<1200 where !condition() { usleep(50_000) }
    try #require(condition(), "\(what) within a minute")
  }

  private static let hardNames: [(name: String, file: [UInt8])] = [
    ("latin1-spec-never-runs", Array("caf".utf8) + [0xe9] + Array(".yaml".utf8)),
    ("long-spec-name-ignored", Array((String(repeating: "b", count: 201) + ".yaml").utf8)),
  ]

  @Test(arguments: hardNames)
  func aSpecOfAnyNameRunsOrIsRejected(name: String, file: [UInt8]) throws {
    let (folder, daemon) = try started(name)
    defer {
      daemon.terminate()
      daemon.waitUntilExit()
    }
    let spec = try String(contentsOf: folder.file("spec.yaml"), encoding: .utf8)
    let absolute = spec.replacingOccurrences(
      of: "dir: in", with: "dir: \(folder.file("in").path())")
    try Data(absolute.utf8).write(to: folder.file("in/ready"))
    try folder.copy("in/ready", as: Array("../spool/incoming/".utf8) + file)
    try FileManager.default.removeItem(at: folder.file("in/ready"))
    try wait("a job or a rejection") {
      !folder.names(in: "spool/jobs").isEmpty || !folder.names(in: "spool/rejected").isEmpty
    }
  }

  @Test func submitAndWaitSaysHowTheJobEnded() throws {
    let (folder, daemon) = try started("submit-wait-says-failed")
    defer {
      daemon.terminate()
      daemon.waitUntilExit()
    }
    for json in [[], ["--json"]] {
      try folder.command(["submit", "spec.yaml", "--wait"] + json)
      #expect(folder.status == 0, "\(folder.log)")
      #expect(!folder.log.contains("parsable"), "\(folder.log)")
    }
  }
}
