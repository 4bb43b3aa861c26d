import Foundation
import JobModel
import LatticeDriver
import Testing

/// A real `latticed` on a throw-away spool, driven from outside as a user would.
final class Daemon {
  let root: URL
  private var process: Process?

  var spool: SpoolFolder { SpoolFolder(path: root.appending(path: "spool").path()) }

  /// Makes the folders; `start` starts the daemon.
  init() throws {
    root = FileManager.default.temporaryDirectory.appending(path: "lattice-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: root.appending(path: "data"), withIntermediateDirectories: true)
  }

  /// What plugins say of themselves, asked once for all tests.
  private static let knownPlugins: Data? = {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "lattice-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let environment = ProcessInfo.processInfo.environment.merging(
      ["XDG_CACHE_HOME": folder.path(), "LATTICE_SPOOL": folder.path()]) { $1 }
    _ = try? Lattice.run(["plugin", "list"], environment: environment)
    return try? Data(contentsOf: folder.appending(path: "lattice/plugins.json"))
  }()

  /// Spares the daemon of a new spool asking all plugins again.
  private func remember() throws {
    let cache = URL(filePath: spool.cache)
    guard let known = Self.knownPlugins, !FileManager.default.fileExists(atPath: spool.path) else {
      return
    }
    try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
    try known.write(to: cache.appending(path: "plugins.json"))
  }

  deinit {
    process?.terminate()
    process?.waitUntilExit()
    try? FileManager.default.removeItem(at: root)
  }

  /// The process id while the daemon runs.
  var processID: Int32? { process.flatMap { $0.isRunning ? $0.processIdentifier : nil } }

  /// Starts the daemon and returns once its spool is there.
  ///
  /// - Parameters:
  ///   - arguments: Besides spool, data root and slots.
  ///   - environment: Put over this process's own.
  ///   - asNobody: As a user without rights, to whom the root folder must belong.
  /// - Throws: When it can't be started or its spool is not there in time.
  func start(
    _ arguments: [String] = [], environment: [String: String] = [:], asNobody: Bool = false
  ) throws {
    if !asNobody { try remember() }
    let process = Process()
    let arguments =
      [
        "--spool", spool.path, "--data-root", root.appending(path: "data").path(), "--slots", "2",
      ] + arguments
    if asNobody {
      Nobody.prepare(process, program: "latticed", arguments)
    } else {
      process.executableURL = Lattice.products.appending(path: "latticed")
      process.arguments = arguments
    }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    let log = root.appending(path: "latticed.log")
    if !FileManager.default.fileExists(atPath: log.path()) {
      _ = FileManager.default.createFile(atPath: log.path(), contents: nil)
    }
    let handle = try FileHandle(forWritingTo: log)
    try handle.seekToEnd()
    process.standardError = handle
    process.standardOutput = handle
    let before = self.log.utf8.count
    try process.run()
    self.process = process
    // Not before: what is renamed into the spool earlier is found by its age, not by its coming.
    try waitUntil("the daemon serves") {
      self.log.utf8.dropFirst(before).contains("serves '".utf8) || !process.isRunning
    }
  }

  /// Asks the daemon to stop and waits for it.
  func stop() {
    process?.terminate()
    process?.waitUntilExit()
    process = nil
  }

  /// Kills the daemon without warning and waits for it to be gone.
  func kill() {
    if let process { Glibc.kill(process.processIdentifier, SIGKILL) }
    process?.waitUntilExit()
    process = nil
  }

  /// Waits for the daemon to die by itself.
  func waitForDeath(seconds: Double = 60) throws {
    try waitUntil("the daemon died", seconds: seconds) { processID == nil }
    process = nil
  }

  /// Hands a spec in by rename, as a careful writer does.
  func drop(_ name: String, _ text: String) throws {
    let staged = "\(spool.incomingTemporary)/\(name)"
    try Data(text.utf8).write(to: URL(filePath: staged))
    try FileManager.default.moveItem(atPath: staged, toPath: "\(spool.incoming)/\(name)")
  }

  /// Results of the jobs that have ended.
  func results() -> [JobResult] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: spool.jobs)) ?? []
    return names.sorted().compactMap { name in
      guard let data = FileManager.default.contents(atPath: "\(spool.jobs)/\(name)/result.json")
      else { return nil }
      return try? JSONDecoder().decode(JobResult.self, from: data)
    }
  }

  /// How many jobs have a result; cheap to ask for thousands.
  private var endedCount: Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: spool.jobs)) ?? []
    return names.count { access("\(spool.jobs)/\($0)/result.json", F_OK) == 0 }
  }

  /// Waits until `count` jobs have ended.
  func waitForResults(_ count: Int, seconds: Double = 120) throws -> [JobResult] {
    // Looking at thousands of folders takes time that the daemon needs.
    let pause = max(0.005, Double(count) * 1e-4)
    try waitUntil("\(count) jobs have ended", seconds: seconds, every: pause) {
      endedCount >= count
    }
    return results()
  }

  /// Files below a job's output folder with their bytes.
  func outputs(of result: JobResult) throws -> [String: Data] {
    let folder = result.outputDirectory
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    var contents: [String: Data] = [:]
    for name in names {
      var isFolder: ObjCBool = false
      let path = "\(folder)/\(name)"
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
        !isFolder.boolValue
      else { continue }
      contents[name] = try Data(contentsOf: URL(filePath: path))
    }
    return contents
  }

  /// Memory that the daemon holds now.
  func residentKilobytes() throws -> Int {
    let process = try #require(processID)
    let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return try #require(line?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
  }

  /// What the daemon has printed so far.
  var log: String {
    (try? String(contentsOf: root.appending(path: "latticed.log"), encoding: .utf8)) ?? ""
  }

  /// Polls until `condition` holds; fails the test after `seconds` with the daemon's log.
  func waitUntil(
    _ what: String, seconds: Double = 60, every pause: Double = 0.005, _ condition: () -> Bool
  ) throws {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    while !condition() {
      guard clock.now < end else { throw Timeout(what: what, log: String(log.suffix(3000))) }
      usleep(UInt32(pause * 1e6))
    }
  }

  struct Timeout: Error, CustomStringConvertible {
    let what: String
    let log: String
    var description: String { "not within the time: \(what)\n\(log)" }
  }
}
