import Foundation
import JobModel
import LatticeDriver
import Testing

/// Random kills, requests, clean-ups, plugin swaps and full disks all at once: each job ends once, with the same bytes.
@Suite(.blocking) struct MonkeyTests {
  /// Seconds of trouble: ten minutes in the long mode.
  static let seconds = isLongRun ? 600.0 : 15

  @Test func everyJobEndsOnceWithTheSameBytes() throws {
    let expected = try Monkey.undisturbed()
    let monkey = try Monkey(seed: UInt64.random(in: 0...UInt64.max))
    try monkey.play(seconds: Self.seconds)
    try monkey.calm()
    let jobs = try monkey.jobs()
    let story = "seed \(monkey.seed)\n\(monkey.story.suffix(60).joined(separator: "\n"))"
    let names = jobs.map(\.name)
    #expect(Set(names).count == names.count, "a spec became two jobs\n\(story)")
    #expect(
      Set(names).union(monkey.removed) == Set(monkey.dropped), "a spec was lost\n\(story)")
    #expect(monkey.lost.isEmpty, "\(monkey.lost)\n\(story)")
    for job in jobs {
      #expect(
        job.state == "succeeded"
          || (job.state == "cancelled" && monkey.cancelled.contains(job.name)),
        "\(job.name) is \(job.state): \(job.message ?? "")\n\(story)")
      let result = try monkey.result(of: job)
      #expect(result.state.rawValue == job.state, "\(job.name)\n\(story)")
      if job.state == "succeeded" {
        #expect(try monkey.daemon.outputs(of: result) == expected, "\(job.name)\n\(story)")
      }
    }
    let leftovers = try monkey.leftovers()
    #expect(leftovers.isEmpty, "\(leftovers)\n\(story)")
  }
}

/// One daemon, and somebody who does to it whatever comes to mind.
final class Monkey {
  struct Job: Decodable {
    var id: String
    var name: String
    var state: String
    var message: String?

    var isFinal: Bool { ["succeeded", "partial", "failed", "cancelled"].contains(state) }
  }

  let seed: UInt64
  let daemon: Daemon
  /// What was done, in words.
  private(set) var story: [String] = []
  /// Names of all specs handed in.
  private(set) var dropped: [String] = []
  /// Names of jobs that were removed with `lattice gc`.
  private(set) var removed: Set<String> = []
  /// Jobs that had failed before they were removed.
  private(set) var lost: [String] = []
  /// Names of jobs that somebody asked to cancel.
  private(set) var cancelled: Set<String> = []
  /// Jobs of which a worker was killed: a second time would be taken for the item's fault.
  private var wounded: Set<String> = []
  private var generator: SeededGenerator
  private let disk: SmallDisk?

  init(seed: UInt64) throws {
    self.seed = seed
    generator = SeededGenerator(seed: seed)
    daemon = try Daemon()
    try TinyPictures.write(5, into: daemon.root.appending(path: "data/images"))
    let spool = daemon.spool.path
    try FileManager.default.createDirectory(atPath: spool, withIntermediateDirectories: true)
    disk = SmallDisk.make(bytes: 96 << 20, at: spool)
    try Data(#"{"diskReserveBytes": 4194304, "syntaxGraceSeconds": 1}"#.utf8)
      .write(to: URL(filePath: daemon.spool.configuration))
    try daemon.start()
    try swapPlugin()
  }

  deinit { daemon.kill() }

  static func spec(_ name: String) -> String { Specs.tokenize(name: name) }

  /// The outputs of the same spec where nobody disturbs.
  static func undisturbed() throws -> [String: Data] {
    let daemon = try Daemon()
    try TinyPictures.write(5, into: daemon.root.appending(path: "data/images"))
    try daemon.start()
    try daemon.drop("calm.yaml", spec("calm"))
    let result = try #require(try daemon.waitForResults(1).first)
    try #require(result.state == .succeeded, "\(daemon.log)")
    let outputs = try daemon.outputs(of: result)
    daemon.stop()
    return outputs
  }

  /// Makes trouble for a while.
  func play(seconds: Double) throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      try step()
      usleep(UInt32.random(in: 0...150_000, using: &generator))
    }
  }

  private func step() throws {
    switch Int.random(in: 0..<20, using: &generator) {
    case 0..<6: try drop()
    case 6, 7: try killDaemon()
    case 8, 9: killWorker()
    case 10: try ask("cancel", where: { !$0.isFinal })
    case 11: try ask("pause", where: { $0.state == "running" || $0.state == "queued" })
    case 12, 13: try ask("resume", where: { $0.state == "paused" })
    case 14, 15: try ask("retry", where: { $0.state == "cancelled" || $0.state == "failed" })
    case 16: try ask("priority", where: { !$0.isFinal })
    case 17: try collect()
    case 18: try swapPlugin()
    default: fillDisk()
    }
  }

  /// Ends all trouble and waits for the jobs.
  func calm() throws {
    note("calm")
    emptyDisk()
    if daemon.processID == nil { try daemon.start() }
    let end = ContinuousClock.now + .seconds(180)
    while true {
      let open = try jobs().filter { !$0.isFinal }
      let known = try Set(jobs().map(\.name)).union(removed)
      if open.isEmpty, known.isSuperset(of: dropped) { return }
      for job in open where job.state == "paused" {
        _ = try command(["resume", job.id])
      }
      guard ContinuousClock.now < end else {
        throw Daemon.Timeout(
          what: "all jobs have ended; open: \(open); seed \(seed)",
          log: story.suffix(60).joined(separator: "\n") + String(daemon.log.suffix(4000)))
      }
      usleep(200_000)
    }
  }

  func jobs() throws -> [Job] {
    let output = try command(["ps", "--all", "--json"])
    guard output.status == 0 else { return [] }
    return try JSONDecoder().decode([Job].self, from: Data(output.data.utf8))
  }

  func result(of job: Job) throws -> JobResult {
    let path = "\(daemon.spool.jobs)/\(job.id)/result.json"
    return try JSONDecoder().decode(JobResult.self, from: Data(contentsOf: URL(filePath: path)))
  }

  /// What lies in the spool and belongs to no job.
  func leftovers() throws -> [String] {
    let known = Set(try jobs().map(\.id))
    let jobs = try FileManager.default.contentsOfDirectory(atPath: daemon.spool.jobs)
    let incoming = try FileManager.default.contentsOfDirectory(atPath: daemon.spool.incoming)
    return jobs.filter { !known.contains($0) } + incoming.filter { $0 != "tmp" }
  }

  // MARK: Trouble

  private func drop() throws {
    let open = dropped.count - (try jobs().count(where: \.isFinal)) - removed.count
    guard open < 8 else { return }
    let name = "job-\(dropped.count)"
    do {
      try daemon.drop("\(name).yaml", Self.spec(name))
      dropped.append(name)
      note("drop \(name)")
    } catch {
      // The disk is full: nothing was handed in.
      try? FileManager.default.removeItem(atPath: "\(daemon.spool.incomingTemporary)/\(name).yaml")
    }
  }

  private func killDaemon() throws {
    note("kill the daemon")
    daemon.kill()
    usleep(UInt32.random(in: 0...100_000, using: &generator))
    // Where the disk is full, it can't start before there is room.
    emptyDisk()
    try daemon.start()
  }

  private func killWorker() {
    guard let parent = daemon.processID else { return }
    let workers = ProcessList.children(of: parent, running: "run").filter { worker in
      !wounded.contains(worker.arguments[2])
    }
    guard let victim = workers.randomElement(using: &generator) else { return }
    wounded.insert(victim.arguments[2])
    note("kill a worker of \(victim.arguments[2])")
    Glibc.kill(victim.pid, SIGKILL)
  }

  private func ask(_ verb: String, where isWanted: (Job) -> Bool) throws {
    guard let job = try jobs().filter(isWanted).randomElement(using: &generator) else { return }
    if verb == "cancel" { cancelled.insert(job.name) }
    let number = verb == "priority" ? [String(Int.random(in: -5...5, using: &generator))] : []
    note("\(verb) \(job.name)")
    // It may have ended since the look, or been removed.
    start([verb] + number + [job.id])
  }

  private func collect() throws {
    note("gc")
    let before = Dictionary(uniqueKeysWithValues: try jobs().map { ($0.name, $0) })
    let output = try command(["gc", "--older", "0s", "--json"])
    guard output.status == 0 else { return }
    let list = try JSONSerialization.jsonObject(with: Data(output.data.utf8)) as? [[String: Any]]
    let names = list?.compactMap { $0["name"] as? String } ?? []
    removed.formUnion(names)
    for name in names {
      guard let job = before[name], ["failed", "partial"].contains(job.state) else { continue }
      lost.append("\(name) was \(job.state): \(job.message ?? "")")
    }
  }

  /// Puts another file in the place of a plugin: the same stages under another digest.
  private func swapPlugin() throws {
    note("swap a plugin")
    var bytes = try Data(contentsOf: Lattice.products.appending(path: "libFSQStages.so"))
    bytes.append(contentsOf: (0..<8).map { _ in UInt8.random(in: 0...255, using: &generator) })
    let folder = daemon.spool.plugins
    let staged = "\(folder)/.staged"
    do {
      try bytes.write(to: URL(filePath: staged))
      rename(staged, "\(folder)/fsq.stage.so")
    } catch {
      // The disk is full.
      unlink(staged)
    }
  }

  private func fillDisk() {
    guard let disk else { return }
    guard !disk.isFilled else { return emptyDisk() }
    note("fill the disk")
    try? disk.fill()
  }

  private func emptyDisk() {
    guard let disk, disk.isFilled else { return }
    disk.free()
    note("make room")
  }

  // MARK: Tools

  private func note(_ what: String) { story.append("\(story.count): \(what)") }

  private var environment: [String: String] {
    ProcessInfo.processInfo.environment.merging(["LATTICE_SPOOL": daemon.spool.path]) { $1 }
  }

  private func command(_ arguments: [String]) throws -> Lattice.Output {
    try Lattice.run(arguments, environment: environment)
  }

  /// Starts a command and waits for a moment at most: its effect may take long on a full disk.
  private func start(_ arguments: [String]) {
    let process = Process()
    process.executableURL = Lattice.products.appending(path: "lattice")
    process.arguments = arguments
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return }
    for _ in 0..<40 where process.isRunning { usleep(50_000) }
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
  }
}

/// SplitMix64: the same trouble for the same seed, as far as the machine plays along.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
