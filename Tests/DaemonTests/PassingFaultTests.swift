import Foundation
import JobModel
import LatticeDriver
import Testing

/// What the machine lacks for now, provoked for real: specs and jobs wait, everybody is told, and all goes on by itself.
@Suite(.blocking, .enabled(if: try Needed.root(), "\(Needed.rootComment)")) struct PassingFaultTests
{
  /// A limit of the daemon's process, as its user may set and lift it.
  enum Limit: CaseIterable, CustomTestStringConvertible {
    case processes, files, moreFiles, memory

    var testDescription: String { "\(self)" }

    /// What the system says.
    var words: String {
      switch self {
      case .processes: "Resource temporarily unavailable"
      case .files, .moreFiles: "Too many open files"
      case .memory: "Cannot allocate memory"
      }
    }

    func impose(on process: Int32) throws {
      switch self {
      case .processes: try Self.set("--nproc=1:", process)
      case .files: try Self.set("--nofile=\(try Self.openFiles(process)):", process)
      case .moreFiles: try Self.set("--nofile=\(try Self.openFiles(process) + 4):", process)
      case .memory:
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmSize:") }
        let kilobytes = try #require(
          line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
        try Self.set("--as=\(kilobytes << 10):", process)
      }
    }

    func lift(from process: Int32) throws {
      for limit in ["--nproc=4000:", "--nofile=1000:", "--as=unlimited:"] {
        try Self.set(limit, process)
      }
    }

    private static func openFiles(_ process: Int32) throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
    }

    private static func set(_ limit: String, _ process: Int32) throws {
      let prlimit = Process()
      prlimit.executableURL = URL(filePath: "/usr/bin/setpriv")
      prlimit.arguments =
        ["--reuid=65534", "--regid=65534", "--clear-groups", "prlimit", "--pid", "\(process)"]
        + [limit]
      try prlimit.run()
      prlimit.waitUntilExit()
      try #require(prlimit.terminationStatus == 0)
    }
  }

  /// A daemon without rights whose plugins are known, so that it has nothing to do.
  private func quietDaemon(prepare: (Daemon) throws -> Void = { _ in }) throws -> Daemon {
    let daemon = try Daemon()
    try FileManager.default.createDirectory(
      atPath: daemon.spool.path, withIntermediateDirectories: true)
    try Data(#"{"scanSeconds": 1, "diskReserveBytes": 0}"#.utf8).write(
      to: URL(filePath: daemon.spool.configuration))
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    try prepare(daemon)
    for folder in [
      daemon.root.path(), daemon.root.appending(path: "data").path(), daemon.spool.path,
    ] {
      chown(folder, 65534, 65534)
    }
    try daemon.start(asNobody: true)
    try daemon.waitUntil("the plugins are known", seconds: 120) {
      daemon.log.contains("there are ")
    }
    return daemon
  }

  private func lattice(_ daemon: Daemon, _ arguments: String...) throws -> Lattice.Output {
    try Lattice.run(arguments + ["--spool", daemon.spool.path])
  }

  private func doctor(_ daemon: Daemon) -> String {
    (try? lattice(daemon, "doctor"))?.data ?? ""
  }

  private func expectNoVerdict(_ daemon: Daemon) throws {
    #expect(try FileManager.default.contentsOfDirectory(atPath: daemon.spool.rejected).isEmpty)
    #expect(daemon.results().isEmpty)
  }

  @Test(arguments: Limit.allCases) func aSpecWaits(limit: Limit) throws {
    let daemon = try quietDaemon()
    let process = try #require(daemon.processID)
    try limit.impose(on: process)
    try daemon.drop("a.yaml", Specs.tiny(name: "a"))
    try daemon.waitUntil("the log tells") { daemon.log.contains(limit.words) }
    try daemon.waitUntil("doctor tells") { doctor(daemon).contains(limit.words) }
    let told = doctor(daemon)
    #expect(
      told.contains("note  waits to be planned: a.yaml (")
        || told.contains("note  specs are not taken in for now: latticed can't "), "\(told)")
    try expectNoVerdict(daemon)
    try limit.lift(from: process)
    #expect(try daemon.waitForResults(1).first?.state == .succeeded, "\(daemon.log)")
    try daemon.waitUntil("doctor has nothing to tell") { !doctor(daemon).contains(limit.words) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: daemon.spool.rejected).isEmpty)
    daemon.stop()
  }

  /// Even one that has a single attempt: what the machine lacks uses up none.
  @Test(arguments: [Limit.processes, .moreFiles]) func aJobWaits(limit: Limit) throws {
    let daemon = try quietDaemon()
    let process = try #require(daemon.processID)
    try daemon.drop("a.yaml", Specs.tiny(name: "a") + "\nhold: true\nretry: { attempts: 1 }\n")
    try daemon.waitUntil("the job is held") { daemon.log.contains(", held") }
    try limit.impose(on: process)
    _ = try lattice(daemon, "resume", "a")
    try daemon.waitUntil("doctor tells") { doctor(daemon).contains(limit.words) }
    let told = doctor(daemon)
    #expect(told.contains("note  the job ") && told.contains(" waits: "), "\(told)")
    #expect(daemon.log.contains(limit.words))
    try expectNoVerdict(daemon)
    try limit.lift(from: process)
    #expect(try daemon.waitForResults(1).first?.state == .succeeded, "\(daemon.log)")
    daemon.stop()
  }

  /// No room where clerks put what they need for a while.
  @Test func aFullTemporaryFolderIsWaitedFor() throws {
    let disk = try #require(SmallDisk.make(bytes: 4 << 20))
    let daemon = try quietDaemon { daemon in
      chown(disk.path, 65534, 65534)
      symlink(disk.path, daemon.spool.temporary)
    }
    try disk.fill()
    try daemon.drop("a.yaml", Specs.tiny(name: "a"))
    try daemon.waitUntil("the log tells") {
      daemon.log.contains("'a.yaml' can't be planned now: ")
        && daemon.log.contains("No space left on device; trying again in ")
    }
    try daemon.waitUntil("doctor and ps tell") {
      doctor(daemon).contains("No space left on device")
    }
    let list = try lattice(daemon, "ps").data
    #expect(
      list.contains("waits to be planned: a.yaml (") && list.contains("No space left on device"),
      "\(list)")
    try expectNoVerdict(daemon)
    disk.free()
    #expect(try daemon.waitForResults(1).first?.state == .succeeded, "\(daemon.log)")
    daemon.stop()
  }

  /// A job pauses when the disk of its results has less room than the reserve, and goes on when there is.
  @Test func theReserveOfARealDiskIsKept() throws {
    let disk = try #require(SmallDisk.make(bytes: 8 << 20))
    let daemon = try quietDaemon { daemon in
      chown(disk.path, 65534, 65534)
      let text =
        #"{"scanSeconds": 1, "diskReserveBytes": 4194304, "allowedOutputs": ["\#(disk.path)"]}"#
      try Data(text.utf8).write(to: URL(filePath: daemon.spool.configuration))
    }
    try disk.fill(butFor: 1 << 20)
    try daemon.drop("a.yaml", Specs.tiny(name: "a") + "\noutput: { dir: \(disk.path)/out }\n")
    try daemon.waitUntil("the job pauses") { daemon.log.contains("paused: ") }
    #expect(try lattice(daemon, "ps").data.contains("paused"))
    #expect(daemon.results().isEmpty)
    disk.free()
    #expect(try daemon.waitForResults(1).first?.state == .succeeded, "\(daemon.log)")
    #expect(FileManager.default.fileExists(atPath: "\(disk.path)/out"))
    daemon.stop()
  }
}
