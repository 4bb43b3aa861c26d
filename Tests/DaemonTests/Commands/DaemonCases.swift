import Foundation
import JobModel
import LatticeDriver

/// Options of `latticed`.
enum DaemonCases {
  /// Puts a spec into `incoming/` that has lain there for long.
  private static func drop(
    _ text: String, settings: String = #"{"settleSeconds": 0}"#
  ) -> @Sendable (Scene) throws -> Void {
    { scene in
      try scene.write("spool/latticed.json", settings)
      try scene.write("spool/incoming/job.yaml", scene.filled(text))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -3600)],
        ofItemAtPath: scene.path("spool/incoming/job.yaml"))
    }
  }

  private static let tiny = Specs.tiny(name: "job")
  private static let absolute = tiny.replacing("in.npy", with: "{root}/data/in.npy")

  /// How the only job of a spool ended; nil when the spec was rejected or is there still.
  private static func state(_ run: OptionCase.Run, _ spool: String = "spool") -> JobState? {
    let jobs = run.scene.names("\(spool)/jobs")
    guard jobs.count == 1,
      let data = FileManager.default.contents(
        atPath: run.scene.path("\(spool)/jobs/\(jobs[0])/result.json"))
    else { return nil }
    return try? JSONDecoder().decode(JobResult.self, from: data).state
  }

  static let all = [
    OptionCase(
      program: "latticed", command: "", option: "--spool", base: ["--drain"],
      adds: ["--spool", "other"]
    ) { $0.status == 0 && $0.scene.exists("other/incoming/tmp") && !$0.scene.exists("nowhere") },
    OptionCase(
      program: "latticed", command: "", option: "--config", base: ["--drain"],
      adds: ["--config", "c.json"],
      prepare: { scene in
        try drop(tiny)(scene)
        try scene.write("c.json", #"{"settleSeconds": 0, "dataRoot": "\#(scene.path("data"))"}"#)
      }
    ) { $0.status == 0 && state($0) == .succeeded },
    OptionCase(
      program: "latticed", command: "", option: "--slots",
      base: ["--drain", "--plugins", "plugins"], adds: ["--slots", "2"], instead: ["--slots", "1"],
      course: .stops, prepare: drop(Scene.meets(name: "meets", folder: "{root}/met"))
    ) { $0.status == 0 && state($0) == .succeeded },
    OptionCase(
      program: "latticed", command: "", option: "--plugins", base: ["--drain", "--slots", "2"],
      adds: ["--plugins", "plugins"],
      prepare: drop(Scene.meets(name: "meets", folder: "{root}/met"))
    ) { $0.status == 0 && state($0) == .succeeded },
    OptionCase(
      program: "latticed", command: "", option: "--data-root", base: ["--drain"],
      adds: ["--data-root", "data"], prepare: drop(tiny)
    ) { $0.status == 0 && state($0) == .succeeded },
    OptionCase(
      program: "latticed", command: "", option: "--log-format", base: ["--drain"],
      adds: ["--log-format", "json"]
    ) {
      let lines = $0.talk.split(separator: "\n")
      return !lines.isEmpty
        && lines.allSatisfy { $0.hasPrefix("{\"") && $0.contains("\"level\":\"info\"") }
    },
    OptionCase(
      program: "latticed", command: "", option: "--drain", base: [], adds: ["--drain"],
      course: .stops, prepare: drop(absolute)
    ) { $0.status == 0 && state($0) == .succeeded },
    OptionCase(
      program: "latticed", command: "", option: "--once", base: [], adds: ["--once"],
      course: .stops, prepare: drop(absolute)
    ) { $0.status == 0 && state($0) == .succeeded },
  ]
}

/// Options of `lattice-worker`.
enum WorkerCases {
  /// Runs a pipeline and keeps its job as `job`, one of whose shards is to be done again.
  private static func prepare(_ scene: Scene) throws {
    let output = try scene.lattice("run", "kept.yaml", "-q", "--plugins", "plugins", "--work", "w")
    guard output.status == 0, let job = scene.names("w/jobs").first else {
      throw BuiltProgram.TooLong(what: "the pipeline runs", said: output.talk)
    }
    try FileManager.default.moveItem(atPath: scene.path("w/jobs/\(job)"), toPath: scene.path("job"))
    try FileManager.default.removeItem(atPath: scene.path("job/shards/0001.done"))
    try FileManager.default.removeItem(atPath: scene.path("job/logs/shard-0001"))
    try FileManager.default.removeItem(atPath: scene.path("kept/000001.npy"))
  }

  static let all = [
    OptionCase(
      program: "lattice-worker", command: "run", option: "--attempt", base: ["job", "1"],
      adds: ["--attempt", "7"], prepare: prepare
    ) {
      $0.status == 0 && $0.scene.names("job/logs/shard-0001") == ["attempt-7"]
        && $0.scene.exists("kept/000001.npy")
    },
    OptionCase(
      program: "lattice-worker", command: "run", option: "--one-by-one", base: ["job", "1"],
      adds: ["--one-by-one"], prepare: prepare
    ) {
      try $0.status == 0
        && $0.scene.text("job/logs/shard-0001/attempt-1/worker.jsonl").contains("item by item")
    },
  ]
}
