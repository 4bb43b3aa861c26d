import Foundation
import JobModel
import LatticeDriver
import Testing

/// Handing in by command, and waiting for what was handed in.
@Suite(.blocking) struct SubmitTests {
  private func started() throws -> Daemon {
    let daemon = try Daemon()
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    try daemon.start()
    return daemon
  }

  private func write(_ name: String, _ text: String, _ daemon: Daemon) throws -> String {
    let path = daemon.root.appending(path: "data/\(name).yaml")
    try Data(text.utf8).write(to: path)
    return path.path()
  }

  private func submit(_ daemon: Daemon, _ arguments: String...) throws -> Lattice.Output {
    try Lattice.run(["submit", "--spool", daemon.spool.path] + arguments)
  }

  @Test func waitingExitsByOutcome() throws {
    let daemon = try started()
    let good = try submit(daemon, try write("good", Specs.tiny(name: "good"), daemon), "--wait")
    let id = try #require(daemon.results().first?.id)
    #expect(good.status == 0, "\(good.talk)")
    #expect(good.data == "\(id)\n")
    #expect(!good.talk.contains("argument"), "\(good.talk)")
    try Data("no tensor".utf8).write(to: daemon.root.appending(path: "data/bad.npy"))
    let text = Specs.tiny(name: "bad").replacing("in.npy", with: "bad.npy")
    let bad = try submit(daemon, try write("bad", text, daemon), "--wait", "--quiet")
    #expect(bad.status == 1, "\(bad.talk)")
    #expect(bad.talk.isEmpty, "\(bad.talk)")
    daemon.stop()
  }

  @Test func waitingForDataGivesOneDocument() throws {
    let daemon = try started()
    let spec = try write("good", Specs.tiny(name: "good"), daemon)
    let output = try submit(daemon, spec, spec, "--wait", "--json", "--timeout", "60s")
    #expect(output.status == 0, "\(output.talk)")
    let documents = try #require(
      try JSONSerialization.jsonObject(with: Data(output.data.utf8)) as? [[String: Any]])
    #expect(documents.map { $0["spec"] as? String } == [spec, spec])
    #expect(
      documents.map { ($0["outcome"] as? [String: Any])?["state"] as? String }
        == ["succeeded", "succeeded"])
    let ids = Set(documents.compactMap { $0["job"] as? String })
    #expect(ids == Set(daemon.results().map(\.id.text)))
    daemon.stop()
  }

  @Test func timeIsUpAndTheIdIsToldAllTheSame() throws {
    let daemon = try started()
    let spec = try write("held", Specs.tiny(name: "held") + "\nhold: true\n", daemon)
    let output = try submit(daemon, spec, "--wait", "--timeout", "12s", "--quiet")
    #expect(output.status == 5)
    #expect(output.talk == "time is up: 1 jobs have not ended\n")
    #expect(JobID(output.data.trimmingCharacters(in: .whitespacesAndNewlines)) != nil)
    daemon.stop()
  }

  @Test func thereIsNothingToWaitForWithoutADaemon() throws {
    let daemon = try started()
    daemon.stop()
    let spec = try write("good", Specs.tiny(name: "good"), daemon)
    let output = try submit(daemon, spec, "--wait")
    #expect(output.status == 7)
    #expect(output.data.isEmpty)
    #expect(output.talk.hasPrefix("'\(spec)' waits as incoming/good-"), "\(output.talk)")
    #expect(
      output.talk.hasSuffix(".yaml\nlatticed is not running, so there is nothing to wait for\n"),
      "\(output.talk)")
  }

  @Test func namesThatNoSpecCanHaveAreRefused() throws {
    let daemon = try started()
    let long = String(repeating: "b", count: 201)
    let output = try submit(daemon, try write(long, Specs.tiny(name: "a"), daemon))
    #expect(output.status == 2)
    #expect(
      output.talk.hasSuffix(
        "/\(long).yaml': the name has 206 bytes, a spec's at most 200; give the spec a shorter name\n"
      ),
      "\(output.talk)")
    let hidden = try submit(daemon, try write(".dot", Specs.tiny(name: "a"), daemon))
    #expect(hidden.status == 2)
    #expect(
      hidden.talk.hasSuffix(
        "/.dot.yaml': a name that begins with a dot is of a file that is not finished; "
          + "give the spec another name\n"), "\(hidden.talk)")
    let latin = Process()
    latin.executableURL = URL(filePath: "/bin/bash")
    latin.arguments = ["-c", #"exec "$0" submit $'caf\xe9.yaml'"#]
    latin.arguments?.append(Lattice.products.appending(path: "lattice").path())
    let talk = Pipe()
    latin.standardError = talk
    try latin.run()
    let words = String(
      decoding: talk.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    latin.waitUntilExit()
    #expect(latin.terminationStatus == 2)
    #expect(
      words
        == #"error: the argument 'caf\xE9.yaml' is not UTF-8; rename the file, or hand a spec in "#
        + "through standard input (lattice submit - <FILE)\n")
    #expect(daemon.results().isEmpty)
    daemon.stop()
  }

  /// Another job of the same name that comes later is not the one that is waited for.
  @Test func aNameStandsForTheJobThatWasFoundFirst() throws {
    let daemon = try started()
    let held = try submit(
      daemon, try write("a", Specs.tiny(name: "same") + "\nhold: true\n", daemon))
    let first = held.data.trimmingCharacters(in: .whitespacesAndNewlines)
    let waiting = Process()
    waiting.executableURL = Lattice.products.appending(path: "lattice")
    waiting.arguments = ["wait", "same", "--quiet", "--spool", daemon.spool.path]
    try waiting.run()
    usleep(500_000)
    let second = try submit(daemon, try write("b", Specs.tiny(name: "same"), daemon), "--wait")
    #expect(second.status == 0, "\(second.talk)")
    usleep(500_000)
    #expect(waiting.isRunning)
    #expect(try Lattice.run(["cancel", first, "--spool", daemon.spool.path]).status == 0)
    waiting.waitUntilExit()
    #expect(waiting.terminationStatus == 4)
    daemon.stop()
  }

  /// No command is made by another: its options would never have been read.
  @Test func noCommandMakesAnother() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources/lattice")
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path()) {
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      #expect(text.firstRange(of: #/\b[A-Z]\w*(Command|Options)\(\)/#) == nil, "\(name)")
    }
  }
}
