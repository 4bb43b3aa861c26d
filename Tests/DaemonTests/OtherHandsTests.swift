import Foundation
import JobModel
import LatticeDriver
import Testing

/// Others at work in the same places: who came first keeps what is theirs, and is told apart.
@Suite(.blocking) struct OtherHandsTests {
  private func daemon(results: String) throws -> Daemon {
    let daemon = try Daemon()
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    try FileManager.default.createDirectory(
      atPath: daemon.spool.path, withIntermediateDirectories: true)
    try Data(#"{"allowedOutputs": ["\#(daemon.root.appending(path: results).path())"]}"#.utf8)
      .write(to: URL(filePath: daemon.spool.configuration))
    try daemon.start()
    return daemon
  }

  private static func spec(_ name: String, out: String, exists: String) -> String {
    Specs.tiny(name: name).replacing(
      "{ tensor: read.tensor }",
      with: "{ tensor: read.tensor }, params: { name: \"deep/{item.stem}.npy\" }")
      + "\noutput: { dir: \(out), exists: \(exists) }\nhold: true\n"
  }

  /// The name was free when the job was planned.
  @Test(arguments: ["error", "skip", "replace"])
  func aFileThatAppearsAfterPlanning(exists: String) throws {
    let daemon = try daemon(results: "results")
    let out = daemon.root.appending(path: "results/out").path()
    try daemon.drop("a.yaml", Self.spec("a", out: out, exists: exists))
    try daemon.waitUntil("the job is held") { daemon.log.contains(", held") }
    let path = "\(out)/deep/in.npy"
    try FileManager.default.createDirectory(
      atPath: "\(out)/deep", withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: URL(filePath: path))
    #expect(try Lattice.run(["resume", "a", "--spool", daemon.spool.path]).status == 0)
    let result = try #require(try daemon.waitForResults(1).first)
    let found = try Data(contentsOf: URL(filePath: path))
    switch exists {
    case "error":
      #expect(result.state == .failed)
      let sentence = """
        the output '\(path)' is there already with other content; say 'exists: replace' or 'exists: skip', or choose \
        another folder
        """
      #expect(result.message?.contains(sentence) == true, "\(result.message ?? "")")
      #expect(found == Data("mine".utf8))
    case "skip":
      #expect(result.state == .succeeded)
      #expect(found == Data("mine".utf8))
    default:
      #expect(result.state == .succeeded)
      #expect(found != Data("mine".utf8))
    }
    daemon.stop()
  }

  /// A folder among the results that was exchanged for a link: what is at its end is not a result, however equal.
  @Test func staleResultsAreNeverRemovedThroughALink() throws {
    let daemon = try daemon(results: "results")
    let out = daemon.root.appending(path: "results/out").path()
    let input = daemon.root.appending(path: "data/in.npy")
    let spec = Self.spec("a", out: out, exists: "replace").replacing("hold: true", with: "")
    try daemon.drop("a.yaml", spec + "errors: { max_failed_items: 1 }\n")
    #expect(try daemon.waitForResults(1).first?.state == .succeeded, "\(daemon.log)")
    #expect(try Lattice.run(["wait", "a", "-q", "--spool", daemon.spool.path]).status == 0)
    let outside = daemon.root.appending(path: "outside").path()
    rename("\(out)/deep", outside)
    symlink(outside, "\(out)/deep")
    // Kept as it is, for a file that has changed since planning is refused.
    let kept = daemon.root.appending(path: "kept.npy")
    rename(input.path(), kept.path())
    try Data("no tensor".utf8).write(to: input)
    #expect(
      try Lattice.run(["retry", "a", "--everything", "--spool", daemon.spool.path]).status == 0)
    _ = try Lattice.run(["wait", "a", "-q", "--spool", daemon.spool.path])
    #expect(FileManager.default.fileExists(atPath: "\(outside)/in.npy"), "\(daemon.log)")
    // Where it is a folder of the results again, the result that is not true any more goes.
    unlink("\(out)/deep")
    rename(outside, "\(out)/deep")
    rename(kept.path(), input.path())
    #expect(
      try Lattice.run(["retry", "a", "--everything", "--spool", daemon.spool.path]).status == 0)
    #expect(try Lattice.run(["wait", "a", "-q", "--spool", daemon.spool.path]).status == 0)
    try Data("no tensor".utf8).write(to: input)
    #expect(
      try Lattice.run(["retry", "a", "--everything", "--spool", daemon.spool.path]).status == 0)
    _ = try Lattice.run(["wait", "a", "-q", "--spool", daemon.spool.path])
    #expect(!FileManager.default.fileExists(atPath: "\(out)/deep/in.npy"))
    daemon.stop()
  }

  /// Several daemons that start at once on a new spool: one serves, and the others say so.
  @Test func oneOfManyDaemonsServes() throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "many-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    let spool = root.appending(path: "spool").path()
    var processes: [(process: Process, talk: Pipe)] = []
    for _ in 0..<5 {
      let process = Process()
      process.executableURL = Lattice.products.appending(path: "latticed")
      process.arguments = ["--spool", spool, "--slots", "1"]
      let talk = Pipe()
      process.standardError = talk
      try process.run()
      processes.append((process, talk))
    }
    defer { for (process, _) in processes where process.isRunning { process.terminate() } }
    let end = ContinuousClock.now + .seconds(120)
    while processes.count(where: { $0.process.isRunning }) > 1, ContinuousClock.now < end {
      usleep(20_000)
    }
    usleep(500_000)
    let server = try #require(processes.first { $0.process.isRunning }?.process)
    for (process, talk) in processes where process !== server {
      process.waitUntilExit()
      #expect(process.terminationStatus == 1)
      let words = String(decoding: talk.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      #expect(
        words.contains(
          "spool '\(spool)' is served by another latticed already"
        ), "\(words)")
    }
    server.terminate()
    server.waitUntilExit()
    #expect(server.terminationStatus == 0)
  }
}

/// Spools that can't be written.
@Suite(.blocking, .enabled(if: try Needed.root(), "\(Needed.rootComment)"))
struct ReadOnlySpoolTests {
  private func talk(_ process: Process) throws -> String {
    let talk = Pipe()
    process.standardError = talk
    try process.run()
    let words = talk.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: words, as: UTF8.self)
  }

  @Test func aSpoolOfAnotherUserIsRefused() throws {
    let daemon = try Daemon()
    try daemon.start()
    daemon.stop()
    let process = Process()
    Nobody.prepare(process, program: "latticed", ["--spool", daemon.spool.path])
    let words = try talk(process)
    #expect(process.terminationStatus == 1)
    #expect(
      words.contains(
        "can't use spool '\(daemon.spool.path)': can't create '\(daemon.spool.daemonLock)': Permission denied"
      ), "\(words)")
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "in.npy"))
    let spec = daemon.root.appending(path: "a.yaml")
    try Data(Specs.tiny(name: "a").utf8).write(to: spec)
    let submit = try Nobody.run(["submit", spec.path(), "--spool", daemon.spool.path])
    #expect(submit.status != 0)
    #expect(submit.talk.contains("Permission denied"), "\(submit.talk)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: daemon.spool.incoming) == ["tmp"])
  }

  /// Mounted to be read only: no daemon, no hand-in, and whoever only reads can.
  @Test func aReadOnlyFilesystemCanBeLookedAt() throws {
    let disk = try #require(SmallDisk.make(bytes: 16 << 20))
    let daemon = try Daemon()
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    symlink(disk.path, daemon.spool.path)
    try Data(#"{"diskReserveBytes": 0}"#.utf8).write(to: URL(filePath: daemon.spool.configuration))
    try daemon.start()
    try daemon.drop("tiny.yaml", Specs.tiny(name: "tiny"))
    _ = try daemon.waitForResults(1)
    #expect(try Lattice.run(["wait", "tiny", "-q", "--spool", daemon.spool.path]).status == 0)
    daemon.stop()
    try #require(disk.makeReadOnly())
    let process = Process()
    process.executableURL = Lattice.products.appending(path: "latticed")
    process.arguments = ["--spool", daemon.spool.path]
    let words = try talk(process)
    #expect(process.terminationStatus == 1)
    #expect(
      words.contains("can't use spool '\(daemon.spool.path)': ")
        && words.contains(": Read-only file system"), "\(words)")
    let list = try Lattice.run(["ps", "--spool", daemon.spool.path])
    #expect(list.status == 0 && list.data.contains("succeeded"), "\(list.talk)")
    let gc = try Lattice.run(["gc", "--older", "0s", "--spool", daemon.spool.path])
    #expect(gc.status != 0)
    #expect(try Lattice.run(["ps", "--spool", daemon.spool.path]).data.contains("succeeded"))
  }
}
