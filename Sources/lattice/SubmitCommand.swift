import ArgumentParser
import DurableFiles
import FileNames
import Foundation
import JobModel
import JobQueue
import Journal
import PipelineSpec
import Planning

/// Hands specs in to the daemon.
struct SubmitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit",
    abstract: "Check specs and hand them in to the daemon.",
    discussion: """
      Relative paths of a spec are resolved against its own folder. Prints the id of each job once the daemon has \
      taken it in; while the daemon is down the spec waits in the spool. With --wait --json one document is printed \
      at the end: each spec with its job and how that ended.

      \(Outcome.help)

      Examples:
        lattice submit spec.yaml
        lattice submit spec.yaml --wait
        JOB=$(lattice submit spec.yaml) && lattice logs $JOB -f
      """)

  @OptionGroup var spool: SpoolOptions
  @OptionGroup var plugins: PluginOptions
  @OptionGroup var output: OutputOptions
  @Argument(help: "Specs; - is standard input.", completion: .file(extensions: ["yaml", "yml"]))
  var specs: [String]
  @Flag(help: "Wait until the jobs have ended, and exit by the worst outcome.") var wait = false
  @Option(
    help: "With --wait: give up after this long: 30s, 10m, 2h.", transform: DurationOption.init)
  var timeout: DurationOption?
  @Flag(help: "Leave the check to the daemon, which may have other plugins.") var noCheck = false
  @Flag(name: .shortAndLong, help: "Show no progress.") var quiet = false

  /// What became of one spec.
  struct HandedIn: Encodable {
    var spec: String
    /// Nil while the daemon has not taken it.
    var job: JobID?
    var file: String
    /// With `--wait`: how the job ended.
    var outcome: JobSummary?
  }

  func run() throws {
    if let argument = Arguments.firstNotUnicode {
      throw failure(Arguments.refusal(of: argument), .rejected)
    }
    guard Files.exists(spool.folder.incoming) else {
      throw failure("\(JournalError.missing(path: spool.folder.path))", .noSpool)
    }
    let files = try specs.map { try SpecFile($0) }
    let names = try files.map(dropName)
    if !noCheck { try check(files) }
    let end = timeout.map { ContinuousClock.now + .bounded(seconds: $0.seconds) }
    var handedIn: [HandedIn] = []
    for (file, name) in zip(files, names) {
      handedIn.append(try handIn(file, as: name, until: wait ? end : .now + .seconds(15)))
    }
    if !output.json { handedIn.forEach(tell) }
    guard wait else {
      if output.json { try printJSON(handedIn) }
      return
    }
    try waitForEnds(of: &handedIn, until: end)
  }

  /// One line: the job's id, for scripts as soon as it is known.
  private func tell(_ one: HandedIn) {
    guard let job = one.job else { return say("'\(one.spec)' waits as incoming/\(one.file)") }
    print(job)
  }

  /// Waits for the jobs, prints the one JSON document that was asked for, and exits by the worst outcome.
  private func waitForEnds(
    of handedIn: inout [HandedIn], until end: ContinuousClock.Instant?
  ) throws {
    let jobs = handedIn.compactMap(\.job)
    let ended: [JobSummary]
    do {
      guard jobs.count == handedIn.count else { throw notTakenIn() }
      ended = try JobWait(spool: spool.folder, end: end, isQuiet: quiet).run(for: .these(jobs))
    } catch {
      if output.json { try printJSON(handedIn) }
      throw error
    }
    for (index, job) in ended.enumerated() { handedIn[index].outcome = job }
    if output.json { try printJSON(handedIn) }
    if let worst = Outcome.worst(of: ended) { throw worst.exitCode }
  }

  private func notTakenIn() -> ExitCode {
    guard FileLock.isHeld(spool.folder.daemonLock) else {
      say("latticed is not running, so there is nothing to wait for")
      return Outcome.noSpool.exitCode
    }
    say("time is up: latticed has not taken the spec in yet")
    return Outcome.timedOut.exitCode
  }

  /// What the spec is called in the spool, before it is made unique.
  private func dropName(of file: SpecFile) throws -> String {
    guard file.name != "-" else { return "stdin" }
    let name = AtomicFile.lastComponent(of: file.name)
    if let fault = DropName.fault(in: FileName(name)) {
      throw failure("'\(file.name)': \(fault.message)", .rejected)
    }
    return URL(filePath: name).deletingPathExtension().lastPathComponent
  }

  private func check(_ files: [SpecFile]) throws {
    let catalog = plugins.catalog(spool.folder)
    var isFaulty = false
    for file in files {
      let result = try file.check(catalog, spool: spool.folder)
      if !result.diagnostics.isEmpty { file.show(result.diagnostics, verdict: "not handed in") }
      isFaulty = isFaulty || result.hasErrors
    }
    if isFaulty { throw Outcome.rejected.exitCode }
  }

  /// Hands a spec in and waits until the daemon has made a job of it.
  private func handIn(
    _ file: SpecFile, as name: String, until end: ContinuousClock.Instant?
  ) throws -> HandedIn {
    let start = WallClock.milliseconds / 1000 - 1
    let unique = try HandIn.submit(
      file.bytes, name: name, origin: DropOrigin(base: file.folder, submitter: NSUserName()),
      into: spool.folder)
    var handedIn = HandedIn(spec: file.name, file: unique)
    while FileLock.isHeld(spool.folder.daemonLock), end.map({ .now < $0 }) ?? true {
      if let job = JobOfHandIn.find(unique, since: start, in: spool.folder) {
        handedIn.job = job
        return handedIn
      }
      let reasons = "\(spool.folder.rejected)/\(unique).error.txt"
      if let text = FileManager.default.contents(atPath: reasons) {
        writeAll(String(decoding: text, as: UTF8.self), to: 2)
        throw Outcome.rejected.exitCode
      }
      usleep(10_000)
    }
    return handedIn
  }
}

/// Finds the job that was made of a spec that was handed in.
enum JobOfHandIn {
  /// Looks through the newest jobs.
  ///
  /// - Parameters:
  ///   - name: What ``HandIn/submit(_:name:origin:into:)`` gave out.
  ///   - seconds: Since 1970; jobs from before are not looked at.
  ///   - spool: Where it was handed in.
  /// - Returns: The job; nil while there is none.
  static func find(_ name: String, since seconds: Int, in spool: SpoolFolder) -> JobID? {
    var generator = SystemRandomNumberGenerator()
    let earliest = JobID(at: seconds, using: &generator).text.prefix(15)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: spool.jobs)) ?? []
    return names.sorted(by: >).prefix { $0 >= earliest }.compactMap { JobID($0) }.first { id in
      let path = "\(spool.job(id).path)/origin.json"
      guard let data = FileManager.default.contents(atPath: path) else { return false }
      return (try? JSONDecoder().decode(DropOrigin.self, from: data))?.handedInAs == name
    }
  }
}
