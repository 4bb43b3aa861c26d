import Foundation
import JobModel
import LatticeDriver
import Testing

/// Commands that only read, for a user who may not write anything in the spool.
@Suite(.blocking, .enabled(if: try Needed.root(), "\(Needed.rootComment)"))
struct OtherUserTests {
  /// How the daemon ended, or that it has not.
  enum End: CaseIterable { case up, stopped, killed }

  @Test(arguments: End.allCases) func canRead(end: End) throws {
    let daemon = try Daemon()
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    try daemon.start()
    try daemon.drop("tiny.yaml", Specs.tiny(name: "tiny"))
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(try Lattice.run(["wait", "tiny", "-q", "--spool", daemon.spool.path]).status == 0)
    switch end {
    case .up: break
    case .stopped: daemon.stop()
    case .killed: daemon.kill()
    }
    let spool = ["--spool", daemon.spool.path]
    let list = try Nobody.run(["ps", "--json"] + spool)
    #expect(list.status == 0, "\(list.talk)")
    let jobs = try JSONSerialization.jsonObject(with: Data(list.data.utf8)) as? [[String: Any]]
    #expect(jobs?.map { $0["state"] as? String } == ["succeeded"])
    let show = try Nobody.run(["show", "tiny"] + spool)
    #expect(show.data.contains(result.id.text), "\(show.talk)")
    #expect(try Nobody.run(["wait", "tiny", "-q"] + spool).status == 0)
    #expect(try Nobody.run(["wait", "--all", "-q"] + spool).status == 0)
    let logs = try Nobody.run(["logs", "tiny", "-f"] + spool)
    #expect(logs.status == 0 && !logs.data.isEmpty, "\(logs.talk)")
    #expect(try Nobody.run(["models", "list"] + spool).status == 0)
    #expect(try Nobody.run(["plugin", "list"] + spool).data.contains("tensor.read"))
    let gc = try Nobody.run(["gc", "--older", "0s", "--dry-run"] + spool)
    #expect(gc.data.hasPrefix("would remove 1 jobs"), "\(gc.talk)")
    let doctor = try Nobody.run(["doctor"] + spool)
    #expect(doctor.status == 0, "\(doctor.data)\(doctor.talk)")
    #expect(doctor.data.contains("latticed is \(end == .up ? "running" : "not running")\n"))
    #expect(doctor.data.contains("ok    the journal is whole: 1 jobs\n"), "\(doctor.data)")
    daemon.stop()
  }

  /// What a running job has done is on a page that its worker writes to.
  @Test func canFollowWhatRuns() throws {
    let daemon = try Daemon()
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    try daemon.start()
    try daemon.drop("held.yaml", Specs.tiny(name: "held") + "\nhold: true\n")
    try daemon.waitUntil("the job is there") {
      ((try? FileManager.default.contentsOfDirectory(atPath: daemon.spool.jobs)) ?? [])
        .contains { JobID($0) != nil }
    }
    let wait = try Nobody.run([
      "wait", "held", "-q", "--timeout", "1s", "--spool", daemon.spool.path,
    ])
    #expect(wait.status == 5)
    #expect(wait.talk == "time is up: 1 jobs have not ended\n")
    daemon.stop()
  }

  /// Who has no home uses one spool, whichever program is started.
  @Test func theSpoolOfWhoHasNoHome() throws {
    for program in ["lattice", "latticed"] {
      let process = Process()
      Nobody.prepare(process, program: program, program == "lattice" ? ["ps"] : [])
      process.environment = ["PATH": "/usr/bin:/bin"]
      let talk = Pipe()
      process.standardError = talk
      try process.run()
      let words = String(
        decoding: talk.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus != 0)
      #expect(
        words.contains("spool at '/var/spool/lattice'")
          || words.contains("spool '/var/spool/lattice'"), "\(words)")
    }
  }
}
