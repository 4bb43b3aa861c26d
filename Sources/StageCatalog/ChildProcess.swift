import CSystemCalls
package import DurableFiles
import Glibc
import JobModel

/// Runs a throw-away child with a time limit; what it loads can crash or hang without harm.
package enum ChildProcess {
  /// How a child ended.
  package enum Ending: Hashable, Sendable {
    case exited(Int32)
    case signalled(String)
    case timedOut
  }

  /// What a child printed and how it ended.
  package struct Output: Sendable {
    package var ending: Ending
    package var data: [UInt8]
    /// The end of what it wrote on standard error.
    package var talk: String

    /// What it said last as an end of a sentence; nothing when it said nothing.
    package var lastWords: String {
      LastWords.of(talk).map { "; its last words: \($0)" } ?? ""
    }
  }

  /// Runs an executable to its end, at most `seconds` long.
  ///
  /// `lattice-worker` ties itself to this process with the ``ChildLeash`` that it is given.
  ///
  /// - Parameters:
  ///   - executable: Absolute path.
  ///   - arguments: Without the program's name.
  ///   - input: What it reads on standard input.
  ///   - seconds: Then it is killed, unless it is at work and a busy machine has given it less than so many seconds
  ///     of CPU; even then after twelve times as long, on the clock or of CPU.
  ///   - memoryBytes: What it can allocate; nil for no limit.
  /// - Returns: What it printed and how it ended.
  /// - Throws: ``FileError`` when it can't be started.
  package static func run(
    _ executable: String, _ arguments: [String], input: [UInt8] = [], seconds: Double,
    memoryBytes: Int? = nil
  ) throws(FileError) -> Output {
    let scratch = try Scratch()
    // What a child leaves behind when it crashes goes with the scratch folder.
    try Files.makeDirectory("\(scratch.path)/tmp")
    try AtomicFile.write(input, to: "\(scratch.path)/in")
    let files = (
      try OpenFile("\(scratch.path)/in", O_RDONLY),
      try OpenFile("\(scratch.path)/out", O_RDWR | O_CREAT),
      try OpenFile("\(scratch.path)/err", O_RDWR | O_CREAT)
    )
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, files.0.descriptor, 0)
    posix_spawn_file_actions_adddup2(&actions, files.1.descriptor, 1)
    posix_spawn_file_actions_adddup2(&actions, files.2.descriptor, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Threads of a pool block most signals, and a child would inherit that.
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var pid = pid_t()
    let argv: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) } + [nil]
    defer { argv.forEach { free($0) } }
    // A child that crashes has nothing to tell that the signal does not.
    let leash = ChildLeash(
      parent: getpid(), cpuSeconds: max(1, Int(seconds * longest)), memoryBytes: memoryBytes)
    let variables = environment(adding: [
      "SWIFT_BACKTRACE=enable=no", "\(ChildLeash.variable)=\(leash.text)",
      "TMPDIR=\(scratch.path)/tmp",
    ])
    defer { variables.forEach { free($0) } }
    let code = posix_spawn(&pid, executable, &actions, &attributes, argv, variables + [nil])
    guard code == 0 else { throw FileError("start", executable, code) }
    lattice_note_child(pid)
    let ending = wait(for: pid, seconds: seconds)
    lattice_forget_child(pid)
    endOrphans()
    let data = try Files.read("\(scratch.path)/out", limit: 64 << 20)
    let talk = (try? Files.read("\(scratch.path)/err", limit: 64 << 20)) ?? []
    return Output(
      ending: ending, data: data, talk: String(decoding: talk.suffix(4000), as: UTF8.self))
  }

  /// Ends what a child has left running outside of its process group, if that came to this process.
  private static func endOrphans() {
    guard lattice_adopts_orphans() == 1 else { return }
    for _ in 0..<100 where lattice_end_orphans() > 0 { usleep(1000) }
  }

  /// What a child that loads plugins to ask them can allocate.
  package static let askingMemoryBytes = 4 << 30

  /// How many times as long as its limit a child may last on a busy machine.
  private static let longest = 12.0

  /// Copies of this process's variables after those that are added.
  private static func environment(adding variables: [String]) -> [UnsafeMutablePointer<CChar>?] {
    var all: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) }
    var pointer = lattice_environment()
    while let entry = pointer?.pointee {
      all.append(strdup(entry))
      pointer = pointer?.advanced(by: 1)
    }
    return all
  }

  private static func wait(for pid: pid_t, seconds: Double) -> Ending {
    let start = WallClock.monotonicNanoseconds
    var end = start + Int(seconds * 1e9)
    var used = 0.0
    var status: Int32 = 0
    let handle = lattice_pidfd_open(pid)
    defer { if handle >= 0 { close(handle) } }
    while !hasEnded(pid) {
      let now = WallClock.monotonicNanoseconds
      if now >= end, let look = look(at: pid), look.isAtWork || look.cpuSeconds > used,
        look.cpuSeconds < seconds, now < start + Int(seconds * longest * 1e9)
      {
        used = look.cpuSeconds
        end = now + Int(seconds / 4 * 1e9)
      }
      let left = (end - now) / 1_000_000
      guard left > 0 else {
        kill(-pid, SIGKILL)
        waitpid(pid, &status, 0)
        return .timedOut
      }
      if handle >= 0 {
        var poller = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
        poll(&poller, 1, Int32(min(left, 1000)))
      } else {
        usleep(1000)
      }
    }
    // Before it is waited for: its number can't have passed to another group.
    kill(-pid, SIGKILL)
    waitpid(pid, &status, 0)
    let signal = status & 0x7F
    if signal == 0 { return .exited(status >> 8 & 0xFF) }
    let names = [
      SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGILL: "SIGILL",
      SIGKILL: "SIGKILL", SIGSEGV: "SIGSEGV", SIGTERM: "SIGTERM", SIGTRAP: "SIGTRAP",
      SIGXCPU: "SIGXCPU",
    ]
    return .signalled(names[signal] ?? "signal \(signal)")
  }

  /// True once a child has ended; it can still be waited for.
  private static func hasEnded(_ pid: pid_t) -> Bool {
    var state = siginfo_t()
    let result = waitid(P_PID, id_t(pid), &state, WEXITED | WNOHANG | WNOWAIT)
    return result != 0 ? errno != EINTR : state.si_signo == SIGCHLD
  }

  /// CPU time that a process has had, without its children's, and whether it waits for a processor or a disk.
  private static func look(at pid: pid_t) -> (cpuSeconds: Double, isAtWork: Bool)? {
    guard let bytes = try? Files.read("/proc/\(pid)/stat") else { return nil }
    // The name is in parentheses and may hold anything.
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      return nil
    }
    let seconds = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    return (seconds, fields[0] == "R" || fields[0] == "D")
  }

  /// A temporary folder that goes with the value.
  private final class Scratch {
    let path: String

    init() throws(FileError) {
      path =
        "\(Files.temporaryFolder)/lattice-child-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
      try Files.makeDirectory(path)
    }

    deinit { try? Files.removeTree(path) }
  }
}
