import Foundation
import JobModel
import LatticeDriver
import Testing

/// Removing jobs, killed in the middle and taken up again.
@Suite(.blocking) struct RemovalTests {
  private func lattice(
    _ daemon: Daemon, _ arguments: [String], environment: [String: String] = [:]
  ) throws -> Lattice.Output {
    try Lattice.run(
      arguments + ["--spool", daemon.spool.path],
      environment: ProcessInfo.processInfo.environment.merging(environment) { $1 })
  }

  @Test(arguments: 1...4) func aRemovalThatWasKilledIsFinished(part: Int) throws {
    let daemon = try Daemon()
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    try daemon.start()
    for name in ["a", "b"] { try daemon.drop("\(name).yaml", Specs.tiny(name: name)) }
    _ = try daemon.waitForResults(2)
    for name in ["a", "b"] { #expect(try lattice(daemon, ["wait", name, "-q"]).status == 0) }
    let killed = try lattice(
      daemon, ["gc", "--older", "0s"], environment: ["LATTICE_KILL_AT": "gc.removed-part:\(part)"])
    #expect(killed.status == SIGKILL)
    // What is being removed is gone for everybody, and the other job is whole.
    let list = try lattice(daemon, ["ps", "--all"])
    #expect(list.data.split(separator: "\n").count == 2, "\(list.data)")
    // It may be wanted back: the folder is still there.
    #expect(try FileManager.default.contentsOfDirectory(atPath: daemon.spool.jobs).count == 2)
    let again = try lattice(daemon, ["gc", "--older", "0s"])
    #expect(again.status == 0, "\(again.talk)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: daemon.spool.jobs).isEmpty)
    #expect(try lattice(daemon, ["doctor"]).data.contains("the journal is whole: 0 jobs"))
    daemon.stop()
  }
}
