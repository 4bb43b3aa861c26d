import Foundation
import JobModel
import LatticeDriver
import Testing

/// Single things in a spool that the daemon can't read: they hold up nothing else, and `doctor` names them.
@Suite(.blocking, .enabled(if: try Needed.root(), "\(Needed.rootComment)"))
struct UnreadableSpoolTests {
  private let id = "20261130-120000-000001"

  private func daemon() throws -> Daemon {
    let daemon = try Daemon()
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    for folder in [daemon.root.path(), daemon.root.appending(path: "data").path()] {
      chown(folder, 65534, 65534)
    }
    return daemon
  }

  private func doctor(_ daemon: Daemon) throws -> Lattice.Output {
    try Lattice.run(["doctor", "--spool", daemon.spool.path])
  }

  private func makeClaim(_ daemon: Daemon) throws -> String {
    let folder = "\(daemon.spool.jobs)/.new-\(id)"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    try Data(Specs.tiny(name: "left").utf8).write(to: URL(filePath: "\(folder)/drop.left.yaml"))
    chown("\(folder)/drop.left.yaml", 65534, 65534)
    chmod(folder, 0o700)
    return folder
  }

  @Test func aClaimThatCanNotBeReadKeepsTheDaemonFromNothing() throws {
    let daemon = try daemon()
    try daemon.start(asNobody: true)
    daemon.stop()
    let folder = try makeClaim(daemon)
    let down = try doctor(daemon)
    #expect(down.status == 1)
    #expect(
      down.data.contains(
        "bad   latticed ran as 'nobody' last, who can't use \(folder): it belongs to 'root' and has mode 700\n      Give that user the right, or start latticed as another.\n"
      ), "\(down.data)")
    try daemon.start(asNobody: true)
    let reason = "can't list '\(folder)': Permission denied"
    #expect(
      daemon.log.contains(
        "a spec that was taken, in '\(folder)', can't be taken up again: \(reason); it is left alone until that is mended"
      ), "\(daemon.log)")
    try daemon.drop("b.yaml", Specs.tiny(name: "b"))
    #expect(try daemon.waitForResults(1).first?.name == "b")
    try daemon.waitUntil("doctor names it") {
      ((try? doctor(daemon))?.data ?? "").contains(
        "note  waits to be planned: \(id).yaml (\(id)): \(reason)\n")
    }
    chown(folder, 65534, 65534)
    let results = try daemon.waitForResults(2)
    #expect(results.contains { $0.name == "left" && $0.id.text == id && $0.state == .succeeded })
    daemon.stop()
  }

  /// A job's folder that another user has taken over.
  @Test func aJobThatCanNotBeTakenUpHoldsUpNoOther() throws {
    let daemon = try daemon()
    try daemon.start(asNobody: true)
    try daemon.drop("a.yaml", Specs.tiny(name: "a") + "\nhold: true\n")
    try daemon.waitUntil("the job is held") { daemon.log.contains(", held") }
    daemon.stop()
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: daemon.spool.jobs).first)
    let folder = "\(daemon.spool.jobs)/\(name)"
    chown(folder, 0, 0)
    chmod(folder, 0o700)
    #expect(
      try doctor(daemon).data.contains(
        "who can't use \(folder): it belongs to 'root' and has mode 700\n"))
    try daemon.start(asNobody: true)
    try daemon.drop("b.yaml", Specs.tiny(name: "b"))
    try daemon.waitUntil("the other job has ended") {
      daemon.log.contains("'b' from b.yaml") && daemon.log.contains(" succeeded")
    }
    #expect(try Lattice.run(["resume", "a", "--spool", daemon.spool.path]).status == 0)
    let reason = "its plan can't be read: can't open '\(folder)/resolved.json': Permission denied"
    try daemon.waitUntil("doctor names the job") {
      ((try? doctor(daemon))?.data ?? "").contains("note  the job \(name) waits: \(reason)\n")
    }
    #expect(daemon.log.contains("\(name) warning: \(reason); trying again in 5 s"), "\(daemon.log)")
    chmod(folder, 0o755)
    chown(folder, 65534, 65534)
    let results = try daemon.waitForResults(2)
    #expect(results.allSatisfy { $0.state == .succeeded }, "\(daemon.log)")
    daemon.stop()
  }

  /// Whoever asks can read the file; the daemon will not.
  @Test func doctorTellsOfWhatTheDaemonsUserCanNotReadWhileNoneRuns() throws {
    let daemon = try daemon()
    try daemon.start(asNobody: true)
    daemon.stop()
    #expect(try !doctor(daemon).data.contains("who can't"))
    let path = "\(daemon.spool.incoming)/a.yaml"
    try Data(Specs.tiny(name: "a").utf8).write(to: URL(filePath: path))
    chmod(path, 0o640)
    let output = try doctor(daemon)
    #expect(output.status == 1)
    #expect(
      output.data.contains(
        "bad   latticed ran as 'nobody' last, who can't read \(path): it belongs to 'root' and has mode 640\n"
      ), "\(output.data)")
    chmod(path, 0o644)
    #expect(try !doctor(daemon).data.contains("who can't"))
  }

  /// A request is never taken for none because it could not be read.
  @Test func aRequestThatCanNotBeReadIsKept() throws {
    let daemon = try daemon()
    try daemon.start(asNobody: true)
    try daemon.drop("a.yaml", Specs.tiny(name: "a") + "\nhold: true\n")
    try daemon.waitUntil("the job is held") { daemon.log.contains(", held") }
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: daemon.spool.jobs).first)
    let path = "\(daemon.spool.control)/1.json"
    let staged = "\(daemon.spool.controlTemporary)/1.json"
    try Data(#"{"action":{"cancel":{}},"job":"\#(name)","requester":"ann"}"#.utf8)
      .write(to: URL(filePath: staged))
    chmod(staged, 0o600)
    rename(staged, path)
    try daemon.waitUntil("the log tells") {
      daemon.log.contains("a request can't be taken: can't open '\(path)': Permission denied")
    }
    #expect(FileManager.default.fileExists(atPath: path))
    chmod(path, 0o644)
    #expect(try daemon.waitForResults(1).first?.state == .cancelled)
    daemon.stop()
  }

  /// Names that look the same and are two: each is watched, settles and runs by itself.
  @Test func namesOfOtherBytesAreOtherSpecs() throws {
    let daemon = try Daemon()
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    try daemon.start()
    for (name, bytes) in [("composed", "\u{E9}"), ("apart", "e\u{301}")] {
      let path = "\(daemon.spool.incoming)/\(bytes).yaml"
      let file = path.withCString { open($0, O_WRONLY | O_CREAT | O_EXCL, 0o644) }
      try #require(file >= 0)
      let text = Array(Specs.tiny(name: name).utf8)
      _ = text.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
      close(file)
    }
    let results = try daemon.waitForResults(2)
    #expect(Set(results.map(\.name)) == ["composed", "apart"])
    daemon.stop()
  }
}
