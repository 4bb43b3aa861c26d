import DurableFiles
import FileNames
import JobModel
import StageHost

/// What was saved and loaded is saved the same again; a stage that reduces ends the same whatever the shards were.
enum StateRule {
  static func check(_ subject: Subject) throws -> Findings {
    let trial = try subject.goodTrial()
    var findings = Findings()
    let whole = try saved([trial.batches.flatMap(\.self)], trial, subject)
    guard let first = whole.first, subject.stage.reduces || !first.contents.isEmpty else {
      return .skipped("it saves nothing")
    }
    let (again, files) = try reduced([first], trial, subject)
    findings.expect(
      Set(first.contents.keys) == Set(again.keys),
      "save_state after load_state writes \(again.keys.sorted().map(\.shown)) instead of \(first.contents.keys.sorted().map(\.shown))"
    )
    for (name, bytes) in first.contents.sorted(by: { $0.key < $1.key })
    where again[name] != nil && again[name] != bytes {
      findings.faults.append("save_state after load_state writes other bytes to '\(name.shown)'")
    }
    guard subject.stage.reduces else { return findings }
    let parts = try saved(trial.batches.flatMap(\.self).map { [$0] }, trial, subject)
    let (_, partFiles) = try reduced(parts, trial, subject)
    findings.expect(
      files == partFiles, "the files after finish differ when the job is cut into more shards")
    return findings
  }

  /// A folder with a state, and what is in it.
  private struct Saved {
    var path: String
    var contents: [FileName: [UInt8]]
  }

  /// Runs each list of items as a shard of its own, an item at a time.
  private static func saved(
    _ shards: [[Int]], _ trial: Trial, _ subject: Subject
  ) throws -> [Saved] {
    try shards.map { numbers in
      try withInstance(trial, subject) { instance, services, planned in
        for number in numbers {
          try instance.process(try subject.makeBatch(trial, [number], planned, services))
        }
        let path = "\(services.temporaryDirectory)/state"
        try Files.makeDirectory(path)
        try instance.saveState(to: path)
        return Saved(path: path, contents: try StateFolder.contents(of: path))
      }
    }
  }

  /// Loads states into one instance; what it saves then, and the files it finishes with.
  private static func reduced(
    _ states: [Saved], _ trial: Trial, _ subject: Subject
  ) throws -> (state: [FileName: [UInt8]], files: [FileName: [UInt8]]) {
    try withInstance(trial, subject) { instance, services, _ in
      for state in states { try instance.loadState(from: state.path) }
      let path = "\(services.temporaryDirectory)/again"
      try Files.makeDirectory(path)
      try instance.saveState(to: path)
      let contents = try StateFolder.contents(of: path)
      if subject.stage.reduces { try instance.finish() }
      return (contents, try services.noted.files.mapValues { try Files.read($0) })
    }
  }

  private static func withInstance<Result>(
    _ trial: Trial, _ subject: Subject,
    _ body: (StageInstance, TrialServices, PlannedStage) throws -> Result
  ) throws -> Result {
    let services = try TrialServices(
      folder: try subject.makeFolder(), memoryLimit: trial.memoryLimit, threads: 2,
      models: trial.models, guardsOutputs: false)
    let planned = subject.planned(trial, try subject.check(trial).outputs)
    let instance = try StageInstance(planned, of: subject.library, services: services)
    try instance.open()
    defer { instance.close() }
    return try body(instance, services, planned)
  }
}
