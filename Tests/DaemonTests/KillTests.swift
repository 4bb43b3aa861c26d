import DurableFiles
import Foundation
import JobModel
import Testing

/// Kill -9 of daemon or worker at every durable boundary: each job ends once, with the same bytes.
@Suite(.serialized) struct KillTests {
  /// 20 kills as a rule, 200 in the long mode.
  static let kills = isLongRun ? 200 : 20

  @Test func outputsAreThoseOfAnUndisturbedRun() throws {
    let undisturbed = try Daemon()
    try TinyPictures.write(5, into: undisturbed.root.appending(path: "data/images"))
    try undisturbed.start()
    try undisturbed.drop("job.yaml", Specs.tokenize(name: "job"))
    let first = try #require(try undisturbed.waitForResults(1).first)
    #expect(first.state == .succeeded, "\(undisturbed.log)")
    let expected = try undisturbed.outputs(of: first)
    #expect(expected.count == 12, "five of each and two tables")
    undisturbed.stop()

    var generator = SystemRandomNumberGenerator()
    let boundaries = DurableBoundary.allNames
    for number in 0..<Self.kills {
      let boundary = boundaries[number % boundaries.count]
      let time = Int.random(in: 1...2, using: &generator)
      try killOnce(at: boundary, time: time, expecting: expected)
    }
  }

  private func killOnce(at boundary: String, time: Int, expecting expected: [String: Data]) throws {
    let daemon = try Daemon()
    try TinyPictures.write(5, into: daemon.root.appending(path: "data/images"))
    let once = daemon.root.appending(path: "killed").path()
    try daemon.start(environment: [
      "LATTICE_KILL_AT": "\(boundary):\(time)", "LATTICE_KILL_ONCE": once,
    ])
    if daemon.processID != nil { try daemon.drop("job.yaml", Specs.tokenize(name: "job")) }
    try daemon.waitUntil("the job ended or the daemon died at \(boundary):\(time)") {
      daemon.processID == nil || !daemon.results().isEmpty
    }
    if daemon.processID == nil {
      try daemon.start()
      let handedIn = "\(daemon.spool.incomingTemporary)/job.yaml"
      if daemon.results().isEmpty, FileManager.default.fileExists(atPath: handedIn) == false,
        try daemon.isUnknown("job")
      {
        try daemon.drop("job.yaml", Specs.tokenize(name: "job"))
      }
    }
    let results = try daemon.waitForResults(1)
    #expect(results.count == 1, "\(boundary):\(time) ended \(results.count) jobs")
    #expect(results.first?.state == .succeeded, "\(boundary):\(time)\n\(daemon.log)")
    let outputs = try results.first.map(daemon.outputs(of:)) ?? [:]
    #expect(outputs == expected, "\(boundary):\(time) changed the outputs")
    daemon.stop()
  }
}

extension Daemon {
  /// True when no trace of the spec is in the spool: it was never handed in.
  func isUnknown(_ name: String) throws -> Bool {
    let incoming = try FileManager.default.contentsOfDirectory(atPath: spool.incoming)
    let jobs = try FileManager.default.contentsOfDirectory(atPath: spool.jobs)
    return !incoming.contains("\(name).yaml") && jobs.isEmpty
  }
}
