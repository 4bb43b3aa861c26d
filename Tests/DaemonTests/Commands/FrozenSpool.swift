import Foundation
import GRDB
import JobModel
import LatticeDriver
import Testing

/// A spool with a job in each state whose daemon was killed, made once and looked at by many.
///
/// Jobs in the order of hand-in: `good` (succeeded), `bad` (failed), `part` (partial, two shards), `crash` (failed, three
/// attempts at its second shard), `gone` (cancelled), seven `old-N` (succeeded), `held` (paused), `runs` (running) and
/// `waits` (queued). How long ago each has ended is in `ages`; two rejected specs are of the same ages.
final class FrozenSpool: Sendable {
  static let shared = Result { try FrozenSpool() }

  /// Without the jobs that have not ended.
  static let ended = Result {
    let copy = try shared.get().copy()
    try FrozenSpool.execute(
      "DELETE FROM job WHERE state NOT IN ('succeeded', 'failed', 'partial', 'cancelled')",
      on: copy.spool)
    return copy
  }

  /// Seconds since the end of each job.
  static let ages = [
    "good": 30 * 60, "bad": 2 * 3600, "crash": 3 * 3600, "part": 30 * 3600, "gone": 10 * 86_400,
    "old-1": 60 * 86_400, "old-2": 60 * 86_400, "old-3": 60 * 86_400, "old-4": 60 * 86_400,
    "old-5": 60 * 86_400, "old-6": 60 * 86_400, "old-7": 60 * 86_400,
  ]

  private let root: URL
  private let jobs: [String: JobID]

  /// As it is.
  var scene: Scene { Scene(root: root, isOwn: false, jobs: jobs) }

  private init() throws {
    root = TemporaryFolder.untilExit()
    let scene = Scene(root: root, isOwn: false)
    try scene.fill()
    let daemon = try scene.start(
      "latticed", ["--slots", "2", "--data-root", "{root}/data", "--plugins", "{root}/plugins"])
    try daemon.waitUntil("the daemon serves") { daemon.said.contains("serves '") }
    var jobs: [String: JobID] = [:]
    func submit(_ name: String, _ text: String, _ options: String...) throws {
      try scene.write("data/\(name).yaml", text)
      let output = try scene.start("lattice", ["submit", "data/\(name).yaml", "-q"] + options)
        .wait()
      let id: JobID? = JobID(output.data.trimmingCharacters(in: .newlines))
      try #require(id != nil, "\(output.talk)\n\(daemon.said)")
      jobs[name] = id
    }
    try submit("good", Specs.tiny(name: "good"))
    try submit("bad", Specs.tiny(name: "bad").replacing("in.npy", with: "bad.npy"))
    try submit("part", Self.partial)
    try submit("crash", Self.crashing, "--plugins", "{root}/plugins")
    try submit("gone", Specs.tiny(name: "gone") + "\nhold: true\n")
    for number in 1...7 { try submit("old-\(number)", Specs.tiny(name: "old-\(number)")) }
    let ended = jobs.values.filter { $0 != jobs["gone"] }.map(\.text)
    _ = try scene.start("lattice", ["wait", "-q"] + ended).wait()
    _ = try scene.lattice("cancel", "gone")
    try submit("held", Specs.tiny(name: "held") + "\nhold: true\n")
    let busy = Scene.kept(
      name: "runs", count: 1, more: "params: { pause: 600000 }", tail: "limits: { cpus: 2 }")
    try submit("runs", busy, "--plugins", "{root}/plugins")
    let runs = scene.spool.job(try #require(jobs["runs"]))
    try daemon.waitUntil("a job runs") {
      access(runs.stageLog(shard: 0, attempt: 1, stage: "make"), F_OK) == 0
    }
    try submit("waits", busy.replacing("runs", with: "waits"), "--plugins", "{root}/plugins")
    daemon.end()
    self.jobs = jobs
    try age(scene)
  }

  /// A copy to be changed.
  func copy() throws -> Scene {
    let target = FileManager.default.temporaryDirectory.appending(
      path: "lattice-\(UUID().uuidString)")
    let copied = try Shell.run("cp -a '\(root.path())' '\(target.path())'")
    try #require(copied.status == 0, "\(copied.text)")
    return Scene(root: target, isOwn: true, jobs: jobs)
  }

  /// Changes the journal of a spool.
  static func execute(_ sql: String, on spool: SpoolFolder) throws {
    try DatabaseQueue(path: spool.database).write { try $0.execute(sql: sql) }
  }

  /// Makes the ends as long ago as they are to be.
  private func age(_ scene: Scene) throws {
    let now = Int(Date().timeIntervalSince1970)
    for (name, age) in Self.ages {
      let id = try #require(jobs[name])
      let ended = (now - age) * 1000
      try Self.execute(
        "UPDATE job SET ended_ms = \(ended), started_ms = \(ended - 1500) WHERE id = '\(id)'",
        on: scene.spool)
    }
    for (name, age) in [("new", 30 * 60), ("old", 10 * 86_400)] {
      for file in ["\(name).yaml", "\(name).yaml.error.txt"] {
        try scene.write("spool/rejected/\(file)", "version: 2\n")
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSince1970: Double(now - age))],
          ofItemAtPath: scene.path("spool/rejected/\(file)"))
      }
    }
  }

  private static let partial =
    Specs.tiny(name: "part").replacing("[in.npy]", with: "[in.npy, bad.npy]") + """

      shards: { items: 1 }
      errors: { max_failed_items: 1 }

      """

  private static let crashing = """
    version: 1
    name: crash
    input: { n: { count: 2 } }
    stages:
      - { id: make, use: kept.value@1 }
      - { id: trap, use: trouble.abort@1, in: { image: make.image }, params: { item: 1 } }
      - { id: save, use: tensor.write@1, in: { tensor: trap.image }, params: { name: "{item.number}.npy" } }
    shards: { items: 1 }
    retry: { attempts: 2, backoff: 10ms..20ms }

    """
}

/// A spool that a daemon serves until the tests end.
final class LiveSpool: Sendable {
  static let shared = Result { try LiveSpool() }

  private let root: URL

  var scene: Scene { Scene(root: root, isOwn: false) }

  private init() throws {
    root = TemporaryFolder.untilExit()
    let scene = Scene(root: root, isOwn: false)
    try scene.fill()
    let daemon = try scene.start("latticed", ["--slots", "4", "--plugins", "{root}/plugins"])
    TemporaryFolder.endAtExit(daemon)
    try daemon.waitUntil("the daemon serves") { daemon.said.contains("serves '") }
  }
}
