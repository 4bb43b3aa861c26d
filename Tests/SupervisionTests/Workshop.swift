import FoundationEssentials
import Glibc
import JobModel
import Journal
import Supervision
import Testing

/// A throw-away spool with jobs whose worker is a shell script; what the script does is up to the test.
///
/// The script sees `$job`, `$shard` (0007), `$number`, `$attempt`, `$logs` and `$one` (1 when item by item), and may
/// call `publish DONE FAILED` and `fail KIND [ITEM]`.
final class Workshop {
  let root = "/tmp/lattice-supervisor-\(UUID().uuidString)"
  let spool: SpoolFolder
  let ledger: Ledger
  private(set) var jobCount = 0

  init() throws {
    spool = SpoolFolder(path: "\(root)/spool")
    for folder in spool.directories {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    ledger = Ledger(try Journal(spool: spool))
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func makeFolder(_ path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// A worker that works until the flag of its page is up.
  static let obedient = """
    until [ "$(od -An -tu8 -j16 -N8 $logs/flight.bin | tr -d ' ')" = 1 ]; do sleep 0.02; done
    fail cancelled
    """

  /// What the scripts share.
  static let prologue = """
    job=$2 number=$3 attempt=$5 one=${6:+1}
    shard=$(printf %04d $number)
    logs=$job/logs/shard-$shard/attempt-$attempt
    publish() {
      printf '{"shard":%s,"attempt":%s,"itemsDone":%s,"itemsFailed":%s,"itemsSkipped":0,"files":[],\
    "stages":[{"stage":"work","items":%s,"calls":1,"seconds":0.5}],"seconds":0.25,"peakMemoryBytes":1000}' \
        $number $attempt $1 $2 $1 > $job/shards/$shard.tmp
      mv $job/shards/$shard.tmp $job/shards/$shard.done
      exit 0
    }
    fail() {
      item=${2:+,\\"item\\":$2}
      printf '{"kind":"%s","stage":"work","message":"as told","stack":[]%s}' $1 "$item" > $logs/failure.json
      exit 1
    }
    """

  /// Writes the worker.
  func writeWorker(_ body: String) throws -> String {
    let path = "\(root)/worker"
    let text = """
      #!/bin/sh
      \(Self.prologue)
      \(body)
      """
    try Data(text.utf8).write(to: URL(filePath: path))
    chmod(path, 0o755)
    return path
  }

  /// A plan of one stage with so many items.
  func plan(
    items: Int, perShard: Int = 2, allowance: FailureAllowance = .count(0), reduces: Bool = false
  ) -> JobPlan {
    let stage = PlannedStage(
      name: "work",
      plugin: PluginFile(path: "/plugins/w.stage.so", size: 1, mtimeNanoseconds: 1, sha256: "ab"),
      description: StageDescription(id: "w.work", version: "1.0.0", summary: "", kind: .map),
      parameters: .object([:]), inputs: [:], outputs: [:])
    var retry = RetryPolicy()
    retry.firstDelaySeconds = 0.01
    retry.longestDelaySeconds = 0.02
    let shards = (items + perShard - 1) / perShard
    return JobPlan(
      name: "test", stages: [stage],
      items: ItemManifest(
        count: items, itemsPerShard: perShard, shardOffsets: (0..<shards).map { $0 * perShard * 26 }
      ),
      batch: 1, hasReduceShard: reduces, retry: retry, failureAllowance: allowance,
      output: OutputPolicy(directory: "\(root)/out"), base: root)
  }

  /// Writes a job's folder; nothing is in the journal yet.
  func makeJob(_ plan: JobPlan) throws -> JobID {
    jobCount += 1
    let id = try #require(JobID("20261123-140502-00000\(jobCount)"))
    let folder = spool.job(id)
    try makeFolder(folder.path)
    try JSONEncoder().encode(plan).write(to: URL(filePath: folder.plan))
    let items = (0..<plan.items.count).map { #"{"number":\#($0),"id":"\#($0).png"}"# }
    try Data((items.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: folder.items))
    return id
  }

  func result(_ id: JobID) throws -> JobResult {
    let data = try Data(contentsOf: URL(filePath: spool.job(id).result))
    return try JSONDecoder().decode(JobResult.self, from: data)
  }

  /// Drives a supervisor until `isOver`, or fails after `seconds`.
  func drive(
    _ supervisor: Supervisor, seconds: Double = 20, until isOver: () -> Bool
  ) throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while !isOver() {
      supervisor.tick(at: .now)
      if isOver() { break }
      let times = [supervisor.deadline, .now + .milliseconds(20)].compactMap(\.self)
      _ = Poller.wait(for: supervisor.descriptors, until: times.min())
      try #require(ContinuousClock.now < end, "the supervisor took longer than \(seconds) s")
    }
  }
}

extension Workshop {
  func lines(_ path: String) throws -> [String] {
    try String(contentsOf: URL(filePath: path), encoding: .utf8)
      .split(separator: "\n").map(String.init)
  }

  func touch(_ path: String) throws { try Data().write(to: URL(filePath: path)) }

  /// A supervisor with this worker and little patience.
  func supervisor(
    worker: String, slots: Int = 2, diskReserveBytes: Int = 0,
    freeBytes: @escaping @Sendable (String) -> Int? = { _ in 1 << 40 }
  ) throws -> Supervisor {
    var settings = Supervisor.Settings(
      slots: slots, diskReserveBytes: diskReserveBytes,
      workerExecutable: try writeWorker(worker))
    settings.freeBytes = freeBytes
    settings.patienceSeconds = 0.05
    settings.graceSeconds = 0.1
    settings.insistSeconds = 0.1
    return Supervisor(
      settings: settings, spool: spool, ledger: ledger,
      log: DaemonLog(format: .text, path: "\(root)/log", printsToStandardError: false))
  }

  /// Makes a job and hands it to the supervisor, as the intake does.
  func submit(_ plan: JobPlan, to supervisor: Supervisor) throws -> JobID {
    let id = try makeJob(plan)
    supervisor.admit(
      try ledger.insert(id, plan: plan, folder: spool.job(id), isHeld: false))
    return id
  }
}
