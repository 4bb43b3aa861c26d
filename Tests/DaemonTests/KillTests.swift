import DurableFiles
import Foundation
import JobModel
import LatticeDriver
import Testing

/// Kill -9 of daemon or worker, at every durable boundary and at any moment: each job ends once, with the same bytes.
@Suite(.blocking) struct KillTests {
  /// Kills at random moments: 10 as a rule, 100 in the long mode.
  static let kills = isLongRun ? 100 : 10
  /// Rounds over all boundaries.
  static let rounds = isLongRun ? 6 : 1

  /// Boundaries that are not on the way of ``spec``, each killed at by the tests of what passes it.
  private static let elsewhere: Set = [
    "shard.model-intended", "shard.model-renamed", "control.noted-wish", "supervisor.retried-job",
    "supervisor.took-back-shards", "gc.removed-part",
  ]

  /// How often a run of ``spec`` passes a boundary in one process; those of models and requests are not on its way.
  private static let boundaries: [(name: String, times: Int)] =
    DurableBoundary.allNames.filter { name in
      !elsewhere.contains(name)
    }.map { name in
      switch name {
      // Three shards of items and the one that reduces; two items of two pictures a shard.
      case "supervisor.leased", "supervisor.recorded-shard": (name, 4)
      case "shard.file-renamed": (name, 2)
      default: (name, 1)
      }
    }

  private var spec: String { Specs.tokenize(name: "job") }

  /// The outputs and the seconds of a run that nobody disturbs.
  private func undisturbed() throws -> (outputs: [String: Data], seconds: Double) {
    let daemon = try started()
    let start = ContinuousClock.now
    try daemon.drop("job.yaml", spec)
    let result = try #require(try daemon.waitForResults(1).first)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    #expect(result.state == .succeeded, "\(daemon.log)")
    let outputs = try daemon.outputs(of: result)
    #expect(outputs.count == 12, "five of each and two tables")
    daemon.stop()
    return (outputs, seconds)
  }

  private func started(environment: [String: String] = [:]) throws -> Daemon {
    let daemon = try Daemon()
    try TinyPictures.write(5, into: daemon.root.appending(path: "data/images"))
    try daemon.start(environment: environment)
    return daemon
  }

  @Test func killedAtDurableBoundaries() throws {
    let expected = try undisturbed().outputs
    var generator = SystemRandomNumberGenerator()
    for boundary in (0..<Self.rounds).flatMap({ _ in Self.boundaries }) {
      let time = Int.random(in: 1...boundary.times, using: &generator)
      let place = "\(boundary.name):\(time)"
      let once = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path()
      defer { try? FileManager.default.removeItem(atPath: once) }
      let daemon = try started(
        environment: ["LATTICE_KILL_AT": place, "LATTICE_KILL_ONCE": once])
      try daemon.drop("job.yaml", spec)
      try daemon.waitUntil("something was killed at \(place)") {
        (try? String(contentsOfFile: once, encoding: .utf8)) == place
      }
      if !boundary.name.hasPrefix("shard.") { try daemon.waitForDeath() }
      try expectTheSame(daemon, expected, place)
    }
  }

  /// A worker, or the daemon with all of its workers' lifelines, at a random moment of the run.
  @Test func killedAtAnyMoment() throws {
    let (expected, seconds) = try undisturbed()
    var generator = SystemRandomNumberGenerator()
    var killed = 0
    for _ in 0..<Self.kills * 4 where killed < Self.kills {
      let daemon = try started()
      let process = try #require(daemon.processID)
      try daemon.drop("job.yaml", spec)
      let moment = Double.random(in: 0...seconds, using: &generator)
      usleep(UInt32(moment * 1e6))
      guard daemon.results().isEmpty else {
        daemon.stop()
        continue
      }
      let victims =
        Bool.random(using: &generator)
        ? ProcessList.children(of: process, running: "run").map(\.pid) : []
      if let worker = victims.randomElement(using: &generator) {
        kill(worker, SIGKILL)
      } else {
        daemon.kill()
      }
      killed += 1
      let victim = victims.isEmpty ? "the daemon" : "a worker"
      try expectTheSame(daemon, expected, "\(victim) after \(moment) s")
    }
    #expect(killed == Self.kills)
  }

  /// Starts the daemon again if it is dead, and waits for the job's one end.
  private func expectTheSame(
    _ daemon: Daemon, _ expected: [String: Data], _ place: String
  ) throws {
    if daemon.processID == nil { try daemon.start() }
    let results = try daemon.waitForResults(1)
    #expect(results.count == 1, "\(place) ended \(results.count) jobs")
    #expect(results.first?.state == .succeeded, "\(place)\n\(daemon.log)")
    let outputs = try results.first.map(daemon.outputs(of:)) ?? [:]
    #expect(outputs == expected, "\(place) changed the outputs")
    daemon.stop()
    let leftovers = try results.first.map { result in
      try FileManager.default.contentsOfDirectory(atPath: daemon.spool.job(result.id).path)
    }
    #expect(
      leftovers?.contains("tmp") != true || leftovers == nil, "\(place) left \(leftovers ?? [])")
  }
}
