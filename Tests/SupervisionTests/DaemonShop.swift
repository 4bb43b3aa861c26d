import DurableFiles
import FoundationEssentials
import Glibc
import JobModel
import Supervision
import Testing

/// A real `latticed` on a throw-away spool; a script stands in for plugins and worker.
final class DaemonShop {
  let root = "/tmp/lattice-daemon-\(UUID().uuidString)"
  let spool: SpoolFolder
  private(set) var worker: String

  /// Makes the folders.
  ///
  /// - Parameter run: What the worker does for a shard; it sees what ``Workshop``'s sees.
  /// - Throws: When the folders can't be made.
  init(run: String) throws {
    spool = SpoolFolder(path: "\(root)/spool")
    worker = "\(root)/worker"
    for folder in ["\(root)/plugins", spool.incomingTemporary] {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    try Data().write(to: URL(filePath: "\(root)/plugins/fake.stage.so"))
    try Data(#"{"settleSeconds": 0.05}"#.utf8).write(to: URL(filePath: spool.configuration))
    try writeWorker(run)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  /// A daemon with the real worker and ``TroubleStage``.
  static func withTrouble() throws -> DaemonShop {
    let shop = try DaemonShop(run: "")
    shop.worker = "\(try products)/lattice-worker"
    try Files.removeTree("\(shop.root)/plugins/fake.stage.so")
    try TroubleStage.build(into: "\(shop.root)/plugins")
    return shop
  }

  private func writeWorker(_ run: String) throws {
    let stage = StageDescription(id: "fake.work", version: "1.0.0", summary: "s", kind: .source)
    let plugin = "\(root)/plugins/fake.stage.so"
    let description = PluginDescription(
      file: PluginFile(
        path: plugin, size: 0,
        mtimeNanoseconds: try #require(Files.status(plugin)).mtimeNanoseconds,
        sha256: "ab"),
      module: ModuleDescription(
        id: "fake", version: "1.0.0", vendor: "", license: "", buildInfo: nil, abiMinor: 0,
        minHostMinor: 0, stages: [stage]), broken: nil)
    let answer = StageCheckResponse(stages: [.init(name: "work", outputs: [:], faults: [])])
    try JSONEncoder().encode(description).write(to: URL(filePath: "\(root)/describe"))
    try JSONEncoder().encode(answer).write(to: URL(filePath: "\(root)/check"))
    let text = """
      #!/bin/sh
      case $1 in describe|check) cat \(root)/$1; exit 0;; esac
      \(Workshop.prologue)
      \(run)
      """
    try Data(text.utf8).write(to: URL(filePath: worker))
    chmod(worker, 0o755)
  }

  /// Where built executables are: beside the test bundle.
  static var products: String {
    get throws {
      let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
      let path = try #require(Files.resolved(bundle ?? "/proc/self/exe"))
      return AtomicFile.parent(of: path)
    }
  }

  /// Starts the daemon.
  func start(_ arguments: [String] = [], environment: [String: String] = [:]) throws
    -> WorkerProcess
  {
    try WorkerProcess.start(
      WorkerLaunch(
        executable: "\(try Self.products)/latticed",
        arguments: ["--spool", spool.path, "--plugins", "\(root)/plugins", "--slots", "2"]
          + arguments,
        environment: environment.merging(["LATTICE_WORKER": worker]) { $1 },
        standardError: "\(root)/talk"))
  }

  /// Starts the daemon and waits until it has ended.
  func runToEnd(
    _ arguments: [String] = ["--drain"], environment: [String: String] = [:]
  ) throws -> WorkerExit? {
    try waitForEnd(of: try start(arguments, environment: environment))
  }

  func waitForEnd(of process: WorkerProcess, seconds: Double = 90) throws -> WorkerExit? {
    Poller.wait(for: [process.descriptor], until: .now + .seconds(seconds))
    let end = ContinuousClock.now + .seconds(2)
    while !process.isCleared(), ContinuousClock.now < end { usleep(1000) }
    try #require(process.ending != nil, "the daemon has not ended: \(talk)")
    return process.ending?.exit
  }

  /// What the daemon has said.
  var talk: String {
    (try? String(contentsOf: URL(filePath: "\(root)/talk"), encoding: .utf8)) ?? ""
  }

  func drop(_ name: String, items: Int = 6, text: String? = nil) throws {
    let spec = """
      version: 1
      name: \(name)
      input: { n: { count: \(items) } }
      stages:
        - { id: work, use: fake.work@1 }
      shards: { items: 2 }
      retry: { attempts: 2, backoff: 10ms..20ms }
      """
    let path = "\(spool.incomingTemporary)/\(name).yaml"
    try Data((text ?? spec).utf8).write(to: URL(filePath: path))
    try #require(rename(path, "\(spool.incoming)/\(name).yaml") == 0)
  }

  var jobs: [JobID] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: spool.jobs)) ?? []
    return names.sorted().compactMap { JobID($0) }
  }

  var results: [JobResult] {
    jobs.compactMap { id in
      guard let data = try? Data(contentsOf: URL(filePath: spool.job(id).result)) else {
        return nil
      }
      return try? JSONDecoder().decode(JobResult.self, from: data)
    }
  }

  /// True once the worker of a job has left its mark.
  var hasStarted: Bool { jobs.contains { access("\(spool.job($0).path)/started", F_OK) == 0 } }

  /// Polls until something holds.
  func wait(_ what: String, seconds: Double = 60, until isSo: () -> Bool) throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while !isSo() {
      try #require(ContinuousClock.now < end, "not within the time: \(what)\n\(talk)")
      usleep(5000)
    }
  }
}
