import Foundation
import JobModel
import LatticeDriver
import Testing

/// What a plugin starts ends with its worker, also in a session of its own and without environment.
@Suite(.blocking) struct LeftProcessTests {
  private let daemon: Daemon
  private let plugins: URL
  private var note: URL { daemon.root.appending(path: "note") }

  init() throws {
    daemon = try Daemon()
    plugins = daemon.root.appending(path: "plugins")
    try FixturePlugin.compile("parent.c", to: plugins.appending(path: "parent.stage.so"))
    try FixturePlugin.compile("ramp.c", to: plugins.appending(path: "ramp.stage.so"))
  }

  private func spec(_ stage: String) -> String {
    """
    version: 1
    name: job
    input: { n: { count: 1 } }
    stages:
      - { id: make, use: ramp.make@1 }
      - { id: go, use: parent.\(stage)@1, in: { image: make.image }, params: { note: "\(note.path())" } }
      - { id: save, use: tensor.write@1, in: { tensor: go.image } }
    retry: { attempts: 1 }
    """
  }

  /// The processes that were left, by the notes that they made.
  private func left() throws -> [Int32] {
    let text = (try? String(contentsOf: note, encoding: .utf8)) ?? ""
    let numbers = text.split(separator: "\n").compactMap { Int32($0) }
    try #require(!numbers.isEmpty)
    return numbers
  }

  private func isAlive(_ pid: Int32) -> Bool {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return false }
    return !text[end...].hasPrefix(") Z")
  }

  private func expectNothingLeft() throws {
    let numbers = try left()
    try daemon.waitUntil("what was left is gone", seconds: 120) {
      !numbers.contains(where: isAlive)
    }
  }

  @Test(arguments: ["leave", "crash"])
  func itEndsWithTheWorker(_ stage: String) throws {
    try daemon.start(["--plugins", plugins.path()])
    try daemon.drop("job.yaml", spec(stage))
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == (stage == "leave" ? .succeeded : .failed), "\(result.message ?? "")")
    try expectNothingLeft()
    // Nor is anything of it waiting to be buried.
    let process = try #require(daemon.processID)
    let children = try String(
      contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
    #expect(children == "")
  }

  @Test func itEndsWhenTheJobIsCancelled() throws {
    try daemon.start(["--plugins", plugins.path()])
    try daemon.drop("job.yaml", spec("wait"))
    try daemon.waitUntil("a process was left") { access(note.path(), F_OK) == 0 }
    _ = try Lattice.run(["cancel", "job", "--spool", daemon.spool.path])
    _ = try daemon.waitForResults(1)
    try expectNothingLeft()
  }

  @Test func itEndsWhenTheDaemonIsKilled() throws {
    try daemon.start(["--plugins", plugins.path()])
    try daemon.drop("job.yaml", spec("wait"))
    try daemon.waitUntil("a process was left") { access(note.path(), F_OK) == 0 }
    daemon.kill()
    try expectNothingLeft()
  }

  @Test func itEndsWithARunInTheForeground() throws {
    try Data(spec("leave").utf8).write(to: daemon.root.appending(path: "job.yaml"))
    let output = try Lattice.run(
      ["run", "job.yaml", "--plugins", "plugins", "--quiet"], in: daemon.root)
    #expect(output.status == 0, "\(output.talk)")
    try expectNothingLeft()
  }

  @Test func itEndsWhenThePluginWasLookedAt() throws {
    let output = try Shell.run(
      "exec '\(Lattice.products.appending(path: "lattice").path())' plugin list --plugins plugins",
      in: daemon.root, environment: ["LATTICE_TEST_NOTE": note.path()])
    #expect(output.status == 0, "\(output.text)")
    try expectNothingLeft()
  }

  /// A shell may have become the program and left it children of its own.
  @Test func othersAreLeftAlone() throws {
    try Data(spec("crash").utf8).write(to: daemon.root.appending(path: "job.yaml"))
    let program = Lattice.products.appending(path: "lattice").path()
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c",
      """
      sleep 300 > /dev/null 2>&1 & echo $! > other
      exec '\(program)' run job.yaml --plugins plugins --quiet > log 2>&1
      """,
    ]
    process.currentDirectoryURL = daemon.root
    process.standardInput = FileHandle.nullDevice
    try process.run()
    // Foundation takes it for running as long as its child does.
    try daemon.waitUntil("the run has ended") { !isAlive(process.processIdentifier) }
    let text = try String(contentsOf: daemon.root.appending(path: "other"), encoding: .utf8)
    let other = try #require(Int32(text.filter(\.isNumber)))
    #expect(isAlive(other))
    kill(other, SIGKILL)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    try expectNothingLeft()
  }
}
