import DurableFiles
import Glibc
import JobModel

/// How clerks are run, and what bounds them.
package struct ClerkSettings: Hashable, Sendable {
  /// Absolute path of `latticed`.
  package var executable: String
  /// Folder for what nobody needs after a clerk.
  package var temporaryFolder: String
  /// Seconds a clerk may take.
  package var seconds = 600.0
  /// Bytes a clerk can allocate.
  package var memoryBytes = 2 << 30
  /// Clerks of one kind at a time.
  package var atOnce = 2

  package init(executable: String, temporaryFolder: String) {
    self.executable = executable
    self.temporaryFolder = temporaryFolder
  }
}

/// A clerk at work: watched, bounded, and killed with all it has started.
final class ClerkProcess {
  enum Ending: Hashable {
    case done
    /// A file that was looked at is no YAML yet.
    case unfinished
    /// The machine's fault; to be tried again.
    case passing(String)
    /// Its own fault, or that of what it was given.
    case fell(String)
    /// Somebody stopped it.
    case stopped
  }

  private let process: WorkerProcess
  private let talk: String
  private let settings: ClerkSettings
  private let end: ContinuousClock.Instant
  private var isTooLate = false
  private var isStopped = false

  private init(_ process: WorkerProcess, talk: String, settings: ClerkSettings) {
    self.process = process
    self.talk = talk
    self.settings = settings
    end = .now + .bounded(seconds: settings.seconds)
  }

  /// Starts a clerk.
  ///
  /// - Parameters:
  ///   - task: What it does.
  ///   - path: To what.
  ///   - talk: File that takes what it says.
  ///   - settings: Its bounds.
  /// - Returns: The clerk, at work.
  /// - Throws: ``WorkerStartError``; nothing is left behind then.
  static func start(
    _ task: Clerk.Task, _ path: String, talk: String, settings: ClerkSettings
  ) throws(WorkerStartError) -> ClerkProcess {
    unlink(talk)
    let leash = ChildLeash(
      parent: getpid(), cpuSeconds: max(1, Int(min(settings.seconds, 1e6) * 2)),
      memoryBytes: settings.memoryBytes)
    var environment = WorkerLaunch.environment(threads: 1)
    environment["SWIFT_BACKTRACE"] = "enable=no"
    environment["TMPDIR"] = settings.temporaryFolder
    environment[ChildLeash.variable] = leash.text
    let launch = WorkerLaunch(
      executable: settings.executable, arguments: [Clerk.argument, task.rawValue, path],
      environment: environment, standardError: talk)
    return ClerkProcess(try WorkerProcess.start(launch), talk: talk, settings: settings)
  }

  /// Polls readable once it has ended.
  var descriptor: Int32 { process.descriptor }

  /// When it has had its time.
  var deadline: ContinuousClock.Instant? { isTooLate || isStopped ? nil : end }

  /// How it ended, once nothing of it is alive; kills it when its time is over.
  func look(at now: ContinuousClock.Instant) -> Ending? {
    if now >= end, !isTooLate, !isStopped, !process.hasEnded {
      isTooLate = true
      process.killSession()
    }
    guard process.isCleared(), let ending = process.ending else { return nil }
    if isStopped { return .stopped }
    if isTooLate { return .fell("took longer than \(Watchdog.seconds(settings.seconds))") }
    switch ending.exit {
    case .code(0): return .done
    case .code(Clerk.unfinishedExit): return .unfinished
    case .code(Clerk.passingExit):
      return .passing(lastWords ?? "the machine was short of something")
    case .code(let code):
      return .fell("left with exit code \(code)" + (lastWords.map { ": \($0)" } ?? ""))
    case .signal(SIGKILL): return .passing("its process was killed from outside")
    case .signal(SIGXCPU): return .fell("used more than its share of the processor")
    case .signal(let number):
      if ending.peakBytes > settings.memoryBytes / 10 * 7 {
        return .fell("needed more than \(Watchdog.bytes(settings.memoryBytes)) of memory")
      }
      return .fell("was ended by \(WorkerExit.signal(number).signalName ?? "signal \(number)")")
    }
  }

  /// Kills it and all it has started.
  func stop() {
    isStopped = true
    process.killSession()
  }

  private var lastWords: String? {
    SmallFile.tail(talk, limit: 4000).split(separator: "\n").last.map { String($0.prefix(400)) }
  }
}
