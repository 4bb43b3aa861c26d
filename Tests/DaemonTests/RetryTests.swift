import Foundation
import JobModel
import LatticeDriver
import Testing

/// Running again and removing what has ended.
@Suite(.blocking) struct RetryTests {
  private func lattice(_ daemon: Daemon, _ arguments: String...) throws -> Lattice.Output {
    try Lattice.run(arguments + ["--spool", daemon.spool.path])
  }

  /// The daemon stands still while it is asked: the command must not say that it is done.
  @Test func retryAnswersOnceTheJobIsQueuedAgain() throws {
    let daemon = try Daemon()
    try Data("no tensor".utf8).write(to: daemon.root.appending(path: "data/in.npy"))
    try daemon.start()
    try daemon.drop("bad.yaml", Specs.tiny(name: "bad"))
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(try lattice(daemon, "wait", "bad", "-q").status == 1)
    let process = try #require(daemon.processID)
    kill(process, SIGSTOP)
    let retry = Process()
    retry.executableURL = Lattice.products.appending(path: "lattice")
    retry.arguments = ["retry", "bad", "--spool", daemon.spool.path]
    let talk = Pipe()
    retry.standardError = talk
    try retry.run()
    usleep(700_000)
    #expect(retry.isRunning)
    kill(process, SIGCONT)
    retry.waitUntilExit()
    #expect(retry.terminationStatus == 0)
    let words = talk.fileHandleForReading.readDataToEndOfFile()
    #expect(
      String(decoding: words, as: UTF8.self) == "'bad' (\(result.id)) is queued again\n")
    #expect(try lattice(daemon, "wait", "bad", "-q").status == 1)
    daemon.stop()
  }

  @Test func everythingTakesWhatSucceededAndClearsAwayWhatFails() throws {
    let daemon = try Daemon()
    let images = daemon.root.appending(path: "data/images")
    let results = daemon.root.appending(path: "results")
    try TinyPictures.write(3, into: images)
    try FileManager.default.createDirectory(
      atPath: daemon.spool.path, withIntermediateDirectories: true)
    try Data(#"{"allowedOutputs": ["\#(results.path())"]}"#.utf8).write(
      to: URL(filePath: daemon.spool.configuration))
    try daemon.start()
    try daemon.drop(
      "job.yaml",
      Specs.tokenize(name: "job") + """

        output: { dir: \(results.path()) }
        errors: { max_failed_items: 1 }
        """)
    let first = try #require(try daemon.waitForResults(1).first)
    #expect(first.state == .succeeded, "\(daemon.log)")
    #expect(try lattice(daemon, "wait", "job", "-q").status == 0)
    let refused = try lattice(daemon, "retry", "job")
    #expect(refused.status == 1)
    #expect(
      refused.talk
        == "error: 'job' (\(first.id)) is succeeded: nothing of it failed; --everything runs it again all the same\n"
    )
    let before = try daemon.outputs(of: first)
    #expect(before.keys.contains("0001.png") && before.keys.contains("0001.npy"))
    try Data("no picture".utf8).write(to: images.appending(path: "0001.png"))
    // What somebody else has put in a result's place is not ours to remove.
    try Data("mine".utf8).write(to: results.appending(path: "0001.npy"))
    let again = try lattice(daemon, "retry", "job", "--everything")
    #expect(again.status == 0, "\(again.talk)")
    let wait = try lattice(daemon, "wait", "job", "-q")
    #expect(wait.status == 3, "\(daemon.log)")
    let after = try daemon.outputs(of: first)
    #expect(after["0001.png"] == nil)
    #expect(after["0001.npy"] == Data("mine".utf8))
    #expect(after["0000.png"] == before["0000.png"] && after["0002.npy"] == before["0002.npy"])
    let tables = before.keys.filter { !$0.hasPrefix("0") }
    #expect(!tables.isEmpty)
    for table in tables { #expect(after[table] != before[table], "\(table) is of fewer pictures") }
    daemon.stop()
  }

  /// Retried while gc is at work: the job is there and runs, or it is gone; the daemon stays as it should be.
  @Test func removingAndRetryingDoNotHurtTheDaemon() throws {
    let daemon = try Daemon()
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    try daemon.start()
    let count = 60
    for number in 0..<count {
      let text = Specs.tiny(name: "j\(number)")
      try daemon.drop(
        "j\(number).yaml", number == count - 1 ? text.replacing("[2]", with: "[3]") : text)
    }
    let results = try daemon.waitForResults(count)
    let last = try #require(results.first { $0.name == "j\(count - 1)" })
    #expect(last.state == .failed)
    let gc = Process()
    gc.executableURL = Lattice.products.appending(path: "lattice")
    gc.arguments = ["gc", "--older", "0s", "--spool", daemon.spool.path]
    let talk = Pipe()
    gc.standardError = talk
    gc.standardOutput = FileHandle.nullDevice
    try gc.run()
    usleep(80_000)
    let retry = try lattice(daemon, "retry", last.id.text)
    gc.waitUntilExit()
    #expect(gc.terminationStatus == 0)
    #expect([0, 1, 6].contains(retry.status), "\(retry.talk)")
    if retry.status == 0, try lattice(daemon, "show", last.id.text).status == 0 {
      #expect(try lattice(daemon, "wait", last.id.text, "-q", "--timeout", "60s").status == 1)
    }
    try daemon.drop("next.yaml", Specs.tiny(name: "next"))
    try daemon.waitUntil("slots are free") { daemon.results().contains { $0.name == "next" } }
    let process = try #require(daemon.processID)
    kill(process, SIGTERM)
    try daemon.waitForDeath(seconds: 120)
  }

  /// The folder of a job that gc had forgotten when it was killed goes the next time; an older one stays as long as asked.
  @Test func removalsAreFinishedLater() throws {
    let daemon = try Daemon()
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    try daemon.start()
    try daemon.drop("a.yaml", Specs.tiny(name: "a"))
    _ = try daemon.waitForResults(1)
    #expect(try lattice(daemon, "wait", "a", "-q").status == 0)
    daemon.stop()
    let orphan = daemon.spool.job(try #require(JobID("20200101-000000-aaaaaa"))).path
    for path in [orphan, "\(daemon.spool.jobs)/.removed-20200101-000000-bbbbbb"] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try Data("{}".utf8).write(to: URL(filePath: "\(path)/result.json"))
    }
    #expect(try lattice(daemon, "gc", "--older", "1h").status == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: daemon.spool.jobs).sorted()
    #expect(names.count == 2 && names.first == "20200101-000000-aaaaaa", "\(names)")
    #expect(
      try lattice(daemon, "gc", "--older", "0s").data.hasPrefix("removed 1 jobs"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: daemon.spool.jobs).isEmpty)
  }
}
