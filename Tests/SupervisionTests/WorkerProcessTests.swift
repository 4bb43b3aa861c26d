import FoundationEssentials
import Glibc
import Supervision
import LatticeDriver
import Testing

/// Real processes; `sh` stands in for the worker.
@Suite(.serialized, .blocking) struct WorkerProcessTests {
  private let folder = "/tmp/lattice-process-\(UUID().uuidString)"

  init() { mkdir(folder, 0o755) }

  private func start(_ script: String, environment: [String: String] = [:]) throws -> WorkerProcess
  {
    try WorkerProcess.start(
      WorkerLaunch(
        executable: "/bin/sh", arguments: ["-c", script], environment: environment,
        standardError: "\(folder)/stderr.txt"))
  }

  /// Waits for the end as the daemon does: by polling the descriptor.
  private func waitUntilCleared(_ process: WorkerProcess) -> WorkerExit? {
    var entry = pollfd(fd: process.descriptor, events: Int16(POLLIN), revents: 0)
    poll(&entry, 1, 20_000)
    for _ in 0..<2000 {
      if process.isCleared() { break }
      usleep(1000)
    }
    return process.ending?.exit
  }

  private func output() throws -> String {
    try String(contentsOf: URL(filePath: "\(folder)/stderr.txt"), encoding: .utf8)
  }

  @Test func tellsHowItEnded() throws {
    #expect(waitUntilCleared(try start("exit 7")) == .code(7))
    let killed = try #require(waitUntilCleared(try start("kill -SEGV $$")))
    #expect(killed == .signal(SIGSEGV))
    #expect(killed.signalName == "SIGSEGV")
  }

  @Test func keepsBothOutputsAndSetsTheEnvironment() throws {
    let process = try start(
      "echo out $A; echo err $HOME >&2", environment: ["A": "1", "HOME": "/h"])
    #expect(waitUntilCleared(process) == .code(0))
    #expect(try output() == "out 1\nerr /h\n")
  }

  /// Two workers on one machine would wait for each other's spinning threads.
  @Test func workersHaveTheirShareOfThreadsAndNoneThatSpin() throws {
    let process = try start(
      "echo $OMP_NUM_THREADS $OPENBLAS_NUM_THREADS $OMP_WAIT_POLICY",
      environment: WorkerLaunch.environment(threads: 3))
    #expect(waitUntilCleared(process) == .code(0))
    #expect(try output() == "3 3 passive\n")
  }

  @Test func givesExactlyFourDescriptors() throws {
    let process = try start("ls -m /proc/$$/fd; readlink /proc/$$/fd/0")
    #expect(waitUntilCleared(process) == .code(0))
    #expect(try output() == "0, 1, 2, 3\n/dev/null\n")
  }

  @Test func leadsItsOwnSession() throws {
    let process = try start("sleep 30")
    #expect(ProcessTable.entry(process.pid)?.session == process.pid)
    #expect(ProcessTable.entry(process.pid)?.startTicks == process.startTicks)
    process.killSession()
    #expect(waitUntilCleared(process) == .signal(SIGKILL))
  }

  /// A worker that leaves children behind is not over until they are dead.
  @Test func nothingOfTheSessionIsLeftAlive() throws {
    let process = try start("sleep 60 & sleep 60 & trap '' TERM; exit 0")
    #expect(waitUntilCleared(process) == .code(0))
    #expect(ProcessTable.living(inSession: process.pid).isEmpty)
  }

  @Test func theLifelineEndsWithItsHolder() throws {
    var process: WorkerProcess? = try start("cat <&3; echo end of lifeline")
    let pid = try #require(process?.pid)
    #expect(ProcessTable.memory(of: pid)?.own ?? 0 > 0)
    process = nil
    #expect(ProcessTable.entry(pid) == nil, "a dropped worker is killed and waited for")
  }

  /// In a process of its own, for other tests open and close descriptors too.
  @Test func leaksNoDescriptors() async {
    await #expect(processExitsWith: .success) {
      func openDescriptors() -> Int { (0..<Int32(1024)).count { fcntl($0, F_GETFD) >= 0 } }
      func runOnce() throws {
        let process = try WorkerProcess.start(
          WorkerLaunch(
            executable: "/bin/sh", arguments: ["-c", "exit 0"], environment: [:],
            standardError: "/dev/null"))
        while !process.isCleared() {
          _ = Poller.wait(for: [process.descriptor], until: .now + .seconds(10))
        }
      }
      try runOnce()
      let before = openDescriptors()
      for _ in 0..<100 { try runOnce() }
      exit(openDescriptors() == before ? 0 : 1)
    }
  }

  @Test func saysWhatCantBeRun() {
    let error = #expect(throws: WorkerStartError.self) {
      try WorkerProcess.start(
        WorkerLaunch(
          executable: "/nonexistent/lattice-worker", arguments: [], environment: [:],
          standardError: "\(folder)/stderr.txt"))
    }
    #expect(
      error?.description
        == "can't run worker '/nonexistent/lattice-worker': can't start it: No such file or directory"
    )
  }
}
