import CSystemCalls
import Glibc

/// What is needed to start a worker.
package struct WorkerLaunch: Sendable {
  package var executable: String
  package var arguments: [String]
  /// Added to the daemon's own environment, or put in place of what is there.
  package var environment: [String: String]
  /// File that standard output and standard error are appended to; created if absent.
  package var standardError: String

  package init(
    executable: String, arguments: [String], environment: [String: String], standardError: String
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.standardError = standardError
  }

  /// Variables every worker gets: a readable stack when it crashes, no more threads than it may use, and threads that
  /// sleep while they have nothing to do.
  ///
  /// libgomp, which oneDNN runs on, has idle threads spin else; where another process has one of the processors, each
  /// convolution then waits for a turn of the scheduler: 50 times as long on a small network. It reads the variable before
  /// `main`, so that it's the parent's to set. Who has the machine for Lattice alone can start the daemon with
  /// `OMP_WAIT_POLICY=active`, which is some percent faster.
  package static func environment(threads: Int) -> [String: String] {
    var environment = [
      "OMP_WAIT_POLICY": getenv("OMP_WAIT_POLICY").map { String(cString: $0) } ?? "passive",
      "SWIFT_BACKTRACE":
        "enable=yes,interactive=no,color=no,sanitize=no,threads=crashed,images=none,"
        + "registers=none,limit=64,timeout=10s,symbolicate=fast,output-to=stderr",
    ]
    for name in ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"] {
      environment[name] = String(threads)
    }
    return environment
  }
}

/// How a process ended.
package enum WorkerExit: Hashable, Sendable {
  case code(Int32)
  /// Name and number of the signal.
  case signal(Int32)

  /// `SIGSEGV`.
  package var signalName: String? {
    guard case .signal(let number) = self else { return nil }
    let names = [
      SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGILL: "SIGILL", SIGINT: "SIGINT",
      SIGKILL: "SIGKILL", SIGPIPE: "SIGPIPE", SIGQUIT: "SIGQUIT", SIGSEGV: "SIGSEGV",
      SIGSYS: "SIGSYS", SIGTERM: "SIGTERM", SIGTRAP: "SIGTRAP", SIGXCPU: "SIGXCPU",
    ]
    return names[number] ?? "signal \(number)"
  }
}

/// A worker: the leader of its own session, tied to this process by a pipe that ends when this process does.
package final class WorkerProcess {
  package let pid: Int32
  /// With the pid and the boot it names the process for good; 0 when it was gone before anybody looked.
  package let startTicks: Int
  private let pidfd: Descriptor
  private let lifeline: Descriptor
  private var exit: (exit: WorkerExit, peakBytes: Int)?
  /// Pages of mapped files when its memory was last asked for; nil when it never was.
  private(set) var mappedBytes: Int?
  /// ``ProcessTable/memoryKills`` when it started.
  let memoryKillsBefore = ProcessTable.memoryKills
  /// When what it left behind no longer keeps it from being cleared.
  private var orphanDeadline: ContinuousClock.Instant?

  private init(pid: Int32, pidfd: Descriptor, lifeline: Descriptor) {
    self.pid = pid
    self.pidfd = pidfd
    self.lifeline = lifeline
    startTicks = ProcessTable.entry(pid)?.startTicks ?? 0
  }

  deinit {
    guard exit == nil else { return }
    killSession()
    _ = reap(blocking: true)
  }

  /// Polls readable once the worker has ended.
  package var descriptor: Int32 { pidfd.number }

  /// Starts a worker.
  ///
  /// - Throws: ``WorkerStartError`` naming the step that failed; nothing is left behind then.
  package static func start(_ launch: WorkerLaunch) throws(WorkerStartError) -> WorkerProcess {
    let input = try opened("/dev/null", O_RDONLY, "open its standard input")
    let output = try opened(
      launch.standardError, O_WRONLY | O_CREAT | O_APPEND, "open '\(launch.standardError)'")
    var ends: [Int32] = [-1, -1]
    let piped = lattice_pipe(&ends)
    guard piped == 0 else { throw WorkerStartError(launch, "make its lifeline", -piped) }
    let (reading, writing) = (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
    let pid = spawn(launch, input, output, reading)
    guard pid > 0 else { throw WorkerStartError(launch, "start it", -pid) }
    let pidfd = lattice_pidfd_open(pid)
    guard pidfd >= 0 else {
      kill(-pid, SIGKILL)
      waitpid(pid, nil, 0)
      lattice_forget_child(pid)
      throw WorkerStartError(launch, "watch it", -pidfd)
    }
    return WorkerProcess(pid: pid, pidfd: Descriptor(owning: pidfd), lifeline: writing)

    func opened(_ path: String, _ flags: Int32, _ step: String) throws(WorkerStartError)
      -> Descriptor
    {
      let number = open(path, flags | O_CLOEXEC, 0o644)
      guard number >= 0 else { throw WorkerStartError(launch, step, errno) }
      return Descriptor(owning: number)
    }
  }

  /// True once the worker itself has ended; others of its session may live on.
  package var hasEnded: Bool {
    if exit != nil { return true }
    var state = siginfo_t()
    let result = waitid(P_PID, id_t(pid), &state, WEXITED | WNOHANG | WNOWAIT)
    return result == 0 && state.si_signo == SIGCHLD
  }

  package func signalLeader(_ signal: Int32) {
    if exit == nil { _ = lattice_pidfd_send_signal(pidfd.number, signal) }
  }

  /// SIGKILL to the process group and to whatever else is in the session.
  package func killSession() {
    guard exit == nil else { return }
    kill(-pid, SIGKILL)
    for member in ProcessTable.living(inSession: pid) { kill(member, SIGKILL) }
  }

  /// True when the worker has ended and no process that it started is alive, in whatever session that is.
  ///
  /// What it left behind is killed; ask again until it is true. The worker is waited for only then, so that its
  /// number can't pass to another session before. What can't be killed within two seconds is waited for no longer.
  package func isCleared() -> Bool {
    if exit != nil { return true }
    guard hasEnded else { return false }
    let left = ProcessTable.living(inSession: pid)
    guard left.isEmpty else {
      for member in left { kill(member, SIGKILL) }
      return false
    }
    guard Adoption.endOrphans() == 0 || isOutOfPatience else { return false }
    return reap(blocking: false) != nil
  }

  private var isOutOfPatience: Bool {
    let deadline = orphanDeadline ?? .now + .seconds(2)
    orphanDeadline = deadline
    return .now > deadline
  }

  /// How it ended and the most memory it had, in bytes; nil before ``isCleared()`` is true.
  package var ending: (exit: WorkerExit, peakBytes: Int)? { exit }

  /// Its memory now; nil when it is gone.
  package func residentBytes() -> Int? {
    guard exit == nil, let memory = ProcessTable.memory(of: pid) else { return nil }
    mappedBytes = memory.mapped
    return memory.own
  }

  private func reap(blocking: Bool) -> (exit: WorkerExit, peakBytes: Int)? {
    var status: Int32 = 0
    var usage = rusage()
    guard wait4(pid, &status, blocking ? 0 : WNOHANG, &usage) == pid else { return nil }
    let signal = status & 0x7f
    let ending = (
      exit: signal == 0 ? WorkerExit.code(status >> 8 & 0xff) : .signal(signal),
      peakBytes: usage.ru_maxrss << 10
    )
    exit = ending
    lattice_forget_child(pid)
    return ending
  }

  private static func spawn(
    _ launch: WorkerLaunch, _ input: Descriptor, _ output: Descriptor, _ lifeline: Descriptor
  ) -> Int32 {
    withCStrings([launch.executable] + launch.arguments) { arguments in
      withCStrings(variables(launch.environment)) { environment in
        lattice_spawn(
          launch.executable, arguments, environment, input.number, output.number, lifeline.number)
      }
    }
  }

  /// The daemon's environment with `added` in it, as `NAME=value`.
  private static func variables(_ added: [String: String]) -> [String] {
    var variables = added.map { "\($0.key)=\($0.value)" }
    var pointer = environ
    while let entry = pointer.pointee {
      let text = String(cString: entry)
      let name = String(text.prefix { $0 != "=" })
      if added[name] == nil { variables.append(text) }
      pointer += 1
    }
    return variables
  }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let pointers = strings.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers + [nil])
  }
}

/// A worker that could not be started.
package struct WorkerStartError: Error, Hashable, CustomStringConvertible {
  package let executable: String
  package let step: String
  package let code: Int32

  fileprivate init(_ launch: WorkerLaunch, _ step: String, _ code: Int32) {
    executable = launch.executable
    self.step = step
    self.code = code
  }

  /// True when it may work a little later.
  package var isPassing: Bool { [EAGAIN, ENOMEM, EMFILE, ENFILE].contains(code) }

  package var description: String {
    "can't run worker '\(executable)': can't \(step): \(String(cString: strerror(code)))"
  }
}
