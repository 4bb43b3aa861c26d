import Foundation
import JobModel
import LatticeDriver
import Testing

/// Pipes whose other end goes away, or waits for lines.
@Suite(.blocking) struct PipeTests {
  @Test func theDaemonOutlivesTheReaderOfItsLog() throws {
    let daemon = try Daemon()
    try Specs.tinyTensor.write(to: daemon.root.appending(path: "data/in.npy"))
    let spool = daemon.spool
    let process = Process()
    process.executableURL = Lattice.products.appending(path: "latticed")
    process.arguments = [
      "--spool", spool.path, "--data-root", daemon.root.appending(path: "data").path(),
      "--slots", "1",
    ]
    let pipe = Pipe()
    process.standardError = pipe
    process.standardOutput = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    defer {
      process.terminate()
      process.waitUntilExit()
    }
    try daemon.waitUntil("the spool is ready") {
      access(spool.incomingTemporary, F_OK) == 0 && access("\(spool.database)-wal", F_OK) == 0
    }
    try pipe.fileHandleForReading.close()
    try daemon.drop("tiny.yaml", Specs.tiny(name: "tiny"))
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .succeeded)
    #expect(process.isRunning)
  }

  /// What the daemon ignores its workers don't: a pipe that nobody reads ends them.
  @Test func workersTakeSignalsAsUsual() throws {
    let daemon = try Daemon()
    let plugins = daemon.root.appending(path: "plugins")
    try FixturePlugin.compile("kept.c", to: plugins.appending(path: "kept.stage.so"))
    try daemon.start(["--plugins", plugins.path()])
    try daemon.drop(
      "job.yaml",
      """
      version: 1
      name: job
      input: { n: { count: 1 } }
      stages:
        - { id: make, use: kept.value@1, params: { pause: 20000 } }
        - { id: save, use: tensor.write@1, in: { tensor: make.image } }
      """)
    let process = try #require(daemon.processID)
    func ignored(_ pid: String) -> UInt64? {
      let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
      let line = status?.split(separator: "\n").first { $0.hasPrefix("SigIgn:") }
      return line.flatMap { UInt64($0.dropFirst(7).filter { !$0.isWhitespace }, radix: 16) }
    }
    let pipeBit = UInt64(1) << UInt64(SIGPIPE - 1)
    #expect(ignored("\(process)").map { $0 & pipeBit != 0 } == true)
    var worker: String?
    try daemon.waitUntil("a worker runs") {
      let children = try? String(
        contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
      worker = children?.split(separator: " ").first.map(String.init)
      return worker.map { name in
        (try? String(contentsOfFile: "/proc/\(name)/comm", encoding: .utf8)) == "lattice-worker\n"
      } ?? false
    }
    #expect(worker.flatMap(ignored).map { $0 & pipeBit == 0 } == true)
  }

  @Test func followedLogsComeLineByLine() throws {
    let daemon = try Daemon()
    let plugins = daemon.root.appending(path: "plugins")
    try FixturePlugin.compile("kept.c", to: plugins.appending(path: "kept.stage.so"))
    try daemon.start(["--plugins", plugins.path()])
    try daemon.drop(
      "job.yaml",
      """
      version: 1
      name: job
      input: { n: { count: 1 } }
      stages:
        - { id: make, use: kept.value@1, params: { pause: 60000 } }
        - { id: save, use: tensor.write@1, in: { tensor: make.image } }
      """)
    try daemon.waitUntil("the job is there") {
      (try? Lattice.run(["logs", "job", "--spool", daemon.spool.path]))?.data.isEmpty == false
    }
    let process = Process()
    process.executableURL = Lattice.products.appending(path: "lattice")
    process.arguments = ["logs", "job", "-f", "--spool", daemon.spool.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    defer {
      process.terminate()
      process.waitUntilExit()
    }
    // The job runs for a minute: the line is there long before the log's end would push it out.
    let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
    #expect(line.contains("attempt 1 at shard 0 begins"), "\(line)")
    #expect(process.isRunning)
    #expect(daemon.results().isEmpty)
  }
}
