import Foundation
import JobModel
import LatticeDriver
import Testing

/// The command line as a user meets it: what it prints where, and how it exits.
@Suite(.blocking) struct CommandLineTests {
  @Test func runWorksWithoutADaemon() throws {
    let daemon = try Daemon()
    let data = daemon.root.appending(path: "data")
    try TinyPictures.write(3, into: data.appending(path: "images"))
    try Data(Specs.tokenize(name: "job").utf8).write(to: data.appending(path: "job.yaml"))
    let output = try Lattice.run(
      ["run", "data/job.yaml", "--out", "results", "--work", "work"], in: daemon.root)
    #expect(output.status == 0, "\(output.talk)")
    let names = try FileManager.default.contentsOfDirectory(
      atPath: daemon.root.appending(path: "results").path())
    #expect(Set(names).isSuperset(of: ["0000.png", "0001.npy", "0002.png"]), "\(names)")
  }

  @Test func runExitsByOutcome() throws {
    let daemon = try Daemon()
    let data = daemon.root.appending(path: "data")
    try TinyPictures.write(3, into: data.appending(path: "images"))
    try Data("no picture".utf8).write(to: data.appending(path: "images/bad.png"))
    let spec = data.appending(path: "job.yaml")
    try Data((Specs.tokenize(name: "job") + "\nerrors: { max_failed_items: 1 }\n").utf8).write(
      to: spec)
    let partial = try Lattice.run(
      ["run", "data/job.yaml", "--out", "a", "--work", "wa"], in: daemon.root)
    #expect(partial.status == 3, "\(partial.talk)")
    try Data(Specs.tokenize(name: "job").utf8).write(to: spec)
    let failed = try Lattice.run(
      ["run", "data/job.yaml", "--out", "b", "--work", "wb"], in: daemon.root)
    #expect(failed.status == 1, "\(failed.talk)")
    #expect(failed.talk.contains("bad.png"), "\(failed.talk)")
  }

  @Test func aLengthOfTimeHasBounds() throws {
    for (text, reason) in [
      ("99999999999999999999999999d", "it must be from 0s to 3650d"),
      ("10", "a length of time needs its unit, like 10s"),
      ("soon", "write a length of time like 10s, 5m or 6h"),
    ] {
      let output = try Lattice.run(["wait", "--all", "--timeout", text])
      #expect(output.status == 64)
      #expect(
        output.talk.hasPrefix(
          "Error: The value '\(text)' is invalid for '--timeout <timeout>': \(reason)\n"),
        "\(output.talk)")
    }
  }

  @Test func checkPointsAtEveryFault() throws {
    let daemon = try Daemon()
    let spec = daemon.root.appending(path: "bad.yaml")
    try Data(
      """
      version: 1
      name: bad
      input: { photos: { count: 3 } }
      stages:
        - { id: read, use: image.read@1, in: { file: photos }, parms: {} }
      """.utf8
    ).write(to: spec)
    let text = try Lattice.run(["check", spec.path()])
    #expect(text.status == 2)
    #expect(text.talk.contains("bad.yaml:5:"), "\(text.talk)")
    #expect(text.talk.contains("did you mean 'params'?"), "\(text.talk)")
    let json = try Lattice.run(["check", spec.path(), "--format", "json"])
    #expect(json.status == 2)
    let parsed = try JSONSerialization.jsonObject(with: Data(json.data.utf8))
    #expect(parsed is [Any] || parsed is [String: Any])
  }

  @Test func readingCommandsWorkWithTheDaemonDown() throws {
    let daemon = try Daemon()
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    try daemon.start()
    try daemon.drop("tiny.yaml", Specs.tiny(name: "tiny"))
    let result = try #require(try daemon.waitForResults(1).first)
    daemon.stop()
    let spool = ["--spool", daemon.spool.path]
    let list = try Lattice.run(["ps", "--json"] + spool)
    let jobs = try #require(
      try JSONSerialization.jsonObject(with: Data(list.data.utf8)) as? [[String: Any]])
    #expect(jobs.count == 1)
    #expect(jobs.first?["state"] as? String == "succeeded")
    #expect(try Lattice.run(["show", "tiny"] + spool).data.contains(result.id.text))
    #expect(try Lattice.run(["wait", "tiny", "--quiet"] + spool).status == 0)
    #expect(try Lattice.run(["logs", "tiny"] + spool).status == 0)
  }

  @Test func anUnknownJobIsNotDone() throws {
    let daemon = try Daemon()
    try daemon.start()
    let output = try Lattice.run(["wait", "nope", "--spool", daemon.spool.path])
    #expect(output.status == 6, "\(output.talk)")
    #expect(output.talk.contains("'nope'"), "\(output.talk)")
    daemon.stop()
  }

  @Test func noSpoolIsSaidInASentence() throws {
    let output = try Lattice.run(["ps", "--spool", "/nonexistent/spool"])
    #expect(output.status == 7, "\(output.talk)")
    #expect(output.talk.contains("/nonexistent/spool"), "\(output.talk)")
    #expect(output.data.isEmpty)
  }

  /// The commands, in the order in which they are listed.
  @Test func noCommandIsForgotten() throws {
    let help = try Lattice.run(["--help"]).data
    let listed = help.split(separator: "SUBCOMMANDS:").last?.split(separator: "\n")
      .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.contains("See '") }
      .compactMap { $0.split(separator: "  ").first.map(String.init) }
    #expect(
      listed == [
        "check", "run", "submit", "ps", "show", "logs", "wait", "cancel", "pause", "resume",
        "retry", "priority", "plugin, plugins", "models", "doctor", "gc", "completion",
      ])
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionNamesTheCommands(shell: String) throws {
    let output = try Lattice.run(["completion", shell])
    #expect(output.status == 0)
    #expect(output.data.contains("submit") && output.data.contains("retry"))
  }

  @Test(arguments: ["../out.png", "/tmp/out.png", "a/../../out.png"])
  func outputsCanNotLeaveTheFolder(name: String) throws {
    let daemon = try Daemon()
    let data = daemon.root.appending(path: "data")
    try TinyPictures.write(1, into: data.appending(path: "images"))
    let text = Specs.tokenize(name: "job").replacingOccurrences(of: "{item.stem}.png", with: name)
    try Data(text.utf8).write(to: data.appending(path: "job.yaml"))
    let output = try Lattice.run(
      ["run", "data/job.yaml", "--out", "results", "--work", "work"], in: daemon.root)
    #expect(output.status == 2, "\(output.talk)")
    #expect(output.talk.contains(name), "\(output.talk)")
  }

  @Test func veryManySmallShardsAreWarnedOf() throws {
    let daemon = try Daemon()
    let spec = daemon.root.appending(path: "many.yaml")
    try Data(
      """
      version: 1
      name: many
      input: { numbers: { count: 10001 } }
      stages:
        - { id: scene, use: scenes.render@1, params: { size: 32 } }
        - { id: save, use: image.write@1, in: { image: scene.image }, params: { name: "{item.number}.png" } }
      shards: { items: 1 }
      """.utf8
    ).write(to: spec)
    let output = try Lattice.run(["check", spec.path()])
    #expect(output.status == 0, "\(output.talk)")
    let hours = Int(
      (10_001 / Double(ProcessInfo.processInfo.activeProcessorCount) / 3600).rounded(.up))
    #expect(
      output.talk.contains(
        "many.yaml:7:18: warning[W177]: 10001 items in shards of 1 make 10001 worker processes, and to start them "
          + "alone takes about \(hours) h; say 'shards: { items: 256 }' or more\n"),
      "\(output.talk)")
    let few = try String(contentsOf: spec, encoding: .utf8).replacing("10001", with: "10000")
    try Data(few.utf8).write(to: spec)
    #expect(try !Lattice.run(["check", spec.path()]).talk.contains("W177"))
  }
}
