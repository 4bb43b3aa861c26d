import DurableFiles
import Foundation
import JobModel
import LatticeDriver
import Testing

/// A task that trains: goes on from its state after kill -9, and publishes its model exactly once.
@Suite(.blocking) struct TaskTests {
  /// A daemon with the plugin of `counter.c`, and three pictures as its items.
  private func daemon(environment: [String: String] = [:]) throws -> Daemon {
    let daemon = try Daemon()
    try TroublePlugins.build(into: daemon.root.appending(path: "plugins"))
    try TinyPictures.write(3, into: daemon.root.appending(path: "data/images"))
    try daemon.start(
      ["--plugins", daemon.root.appending(path: "plugins").path()], environment: environment)
    return daemon
  }

  private func spec(
    _ name: String = "job", use: String = "train", steps: Int = 20, dieAt: Int = -1,
    pause: Int = 0, model: String = "counter"
  ) -> String {
    """
    version: 1
    name: \(name)
    input: { photos: { dir: images } }
    stages:
      - id: count
        use: counter.\(use)@1
        in: { file: photos }
        params: { steps: \(steps), die_at: \(dieAt), pause: \(pause) }
        checkpoint: { every: 5 steps, keep: 2 }
    output: { model: \(model) }
    retry: { attempts: 3, backoff: 10ms..20ms }
    seed: 7
    """
  }

  private func versions(_ daemon: Daemon) throws -> [String] {
    let names = try FileManager.default.contentsOfDirectory(
      atPath: "\(daemon.spool.models)/counter")
    return names.sorted()
  }

  private func configuration(_ daemon: Daemon, _ version: String) throws -> JSONValue {
    let path = "\(daemon.spool.models)/counter/\(version)/config.json"
    return try JSONValue(parsing: try Data(contentsOf: URL(filePath: path)))
  }

  private func steps(_ daemon: Daemon, _ result: JobResult) throws -> [Int] {
    let path = daemon.spool.job(result.id).metrics(stage: "count")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return try text.split(separator: "\n").map {
      try JSONDecoder().decode(MetricLine.self, from: Data($0.utf8)).step
    }
  }

  @Test func goesOnAfterItWasKilled() throws {
    let daemon = try daemon()
    try daemon.drop("job.yaml", spec(dieAt: 13))
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .succeeded, "\(daemon.log)")
    #expect(result.model == "counter@1")
    #expect(result.itemsDone == 3)
    #expect(result.failedAttempts.map(\.failure.signal) == ["SIGKILL"])
    // The checkpoint of step 10 is the last one before step 13.
    #expect(try steps(daemon, result) == Array(0..<13) + Array(10..<20))
    let model = try configuration(daemon, "1")
    #expect(model["attempts"] == .int(2) && model["steps"] == .int(20))
    #expect(model["items"] == .int(3) && model["paths"] == .int(3) && model["keep"] == .int(2))
    let folder = "\(daemon.spool.models)/counter/1"
    let bytes = Array(try Data(contentsOf: URL(filePath: "\(folder)/config.json")))
    let manifest = try String(contentsOfFile: "\(folder)/MANIFEST", encoding: .utf8)
    #expect(manifest == "\(SHA256.hexDigest(of: bytes))  \(bytes.count)  config.json\n")
    let leftovers = try FileManager.default.contentsOfDirectory(atPath: daemon.spool.models)
    #expect(leftovers == ["counter"])
    daemon.stop()
  }

  @Test func theReportPlotsItsMetrics() throws {
    let daemon = try daemon()
    try daemon.drop("job.yaml", spec())
    let result = try #require(try daemon.waitForResults(1).first)
    let report = daemon.spool.job(result.id).report
    try daemon.waitUntil("the report is there") {
      FileManager.default.fileExists(atPath: report)
    }
    let page = try String(contentsOfFile: report, encoding: .utf8)
    #expect(page.contains("<svg") && page.contains("loss") && page.contains("counter@1"))
    daemon.stop()
  }

  /// A worker that dies between the promise of a version, its rename and the shard's report publishes nothing twice.
  @Test(arguments: ["shard.model-intended", "shard.model-renamed", "shard.done"])
  func publishesOnce(boundary: String) throws {
    let once = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path()
    defer { try? FileManager.default.removeItem(atPath: once) }
    let daemon = try daemon(
      environment: ["LATTICE_KILL_AT": "\(boundary):1", "LATTICE_KILL_ONCE": once])
    try daemon.drop("job.yaml", spec())
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(FileManager.default.fileExists(atPath: once), "\(boundary) was never reached")
    #expect(result.state == .succeeded, "\(boundary)\n\(daemon.log)")
    #expect(result.model == "counter@1")
    #expect(try versions(daemon) == ["1"])
    daemon.stop()
  }

  @Test func goesOnAfterTheDaemonWasKilled() throws {
    let daemon = try daemon()
    try daemon.drop("job.yaml", spec(steps: 60, pause: 20))
    let job = try #require(
      try {
        var found: JobID?
        try daemon.waitUntil("the task has counted to 20") {
          let names = try? FileManager.default.contentsOfDirectory(atPath: daemon.spool.jobs)
          found = names?.compactMap { JobID($0) }.first
          let path = found.map { daemon.spool.job($0).metrics(stage: "count") } ?? ""
          let lines = (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n")
          return lines?.count ?? 0 >= 20
        }
        return found
      }())
    daemon.kill()
    try daemon.start(["--plugins", daemon.root.appending(path: "plugins").path()])
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.id == job && result.state == .succeeded, "\(daemon.log)")
    let steps = try steps(daemon, result)
    #expect(Set(steps) == Set(0..<60))
    #expect(steps.count < 60 + 20, "it began again from the start: \(steps)")
    #expect(try configuration(daemon, "1")["attempts"] == .int(2))
    daemon.stop()
  }

  @Test func versionsCountUp() throws {
    let daemon = try daemon()
    for number in 1...3 {
      try daemon.drop("job\(number).yaml", spec("job\(number)"))
      let results = try daemon.waitForResults(number)
      #expect(results.allSatisfy { $0.state == .succeeded }, "\(daemon.log)")
    }
    try daemon.drop("named.yaml", spec("named", model: "counter@1.5"))
    let named = try daemon.waitForResults(4).first { $0.name == "named" }
    #expect(named?.model == "counter@1.5")
    #expect(try versions(daemon) == ["1", "1.5", "2", "3"])
    // The same seed, stage and steps: the same model.
    #expect(try configuration(daemon, "1") == configuration(daemon, "3"))
    try daemon.drop("again.yaml", spec("again", model: "counter@2"))
    let reasons = "\(daemon.spool.rejected)/again.yaml.error.txt"
    try daemon.waitUntil("the taken version is turned away") {
      FileManager.default.fileExists(atPath: reasons)
    }
    #expect(try String(contentsOfFile: reasons, encoding: .utf8).contains("error[E147]"))
    daemon.stop()
  }

  @Test func aModelHasAtLeastItsConfiguration() throws {
    let daemon = try daemon()
    try daemon.drop("job.yaml", spec(use: "forget"))
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .failed)
    #expect(
      result.message
        == "shard 0: stage 'count': 'count' ended well but left no config.json in its model folder")
    #expect(try FileManager.default.contentsOfDirectory(atPath: daemon.spool.models) == [])
    daemon.stop()
  }

  @Test func showsStepsRateAndTimeLeft() throws {
    let daemon = try daemon()
    try daemon.drop("job.yaml", spec(steps: 400, pause: 20))
    let spool = ["--spool", daemon.spool.path]
    var table = ""
    try daemon.waitUntil("ps tells the steps") {
      table = (try? Lattice.run(["ps"] + spool).data) ?? ""
      return table.contains(#/[1-9]\d*\/400 steps/#) && table.contains(#/\d\.\d\/s/#)
    }
    #expect(table.contains("RATE") && table.contains("LEFT"))
    #expect(try Lattice.run(["cancel", "job"] + spool).status == 0)
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .cancelled)
    #expect(try FileManager.default.contentsOfDirectory(atPath: daemon.spool.models) == [])
    daemon.stop()
  }
}
