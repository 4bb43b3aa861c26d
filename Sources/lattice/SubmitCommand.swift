import ArgumentParser
import DurableFiles
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
      taken it in; while the daemon is down the spec waits in the spool.

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
  @Option(help: "With --wait: give up after this long: 30s, 10m, 2h.", transform: DurationOption.init)
  var timeout: DurationOption?
  @Flag(help: "Leave the check to the daemon, which may have other plugins.") var noCheck = false
  @Flag(name: .shortAndLong, help: "Show no progress.") var quiet = false

  /// What became of one spec.
  struct HandedIn: Encodable {
    var spec: String
    /// Nil while the daemon has not taken it.
    var job: String?
    var file: String
  }

  func run() throws {
    guard Files.exists(spool.folder.incoming) else {
      throw failure("\(JournalError.missing(path: spool.folder.path))", .noSpool)
    }
    let files = try specs.map { try SpecFile($0) }
    if !noCheck { try check(files) }
    var handedIn: [HandedIn] = []
    for file in files { handedIn.append(try handIn(file)) }
    if output.json {
      try printJSON(handedIn)
    } else {
      for one in handedIn {
        if let job = one.job {
          print(job)
        } else {
          say("'\(one.spec)' waits as incoming/\(one.file)")
        }
      }
    }
    let jobs = handedIn.compactMap(\.job)
    guard wait else { return }
    guard jobs.count == handedIn.count else {
      say("latticed is not running, so there is nothing to wait for")
      throw Outcome.noSpool.exitCode
    }
    var command = WaitCommand()
    command.spool = spool
    command.output = OutputOptions()
    command.jobs = jobs
    command.timeout = timeout
    command.quiet = quiet
    command.all = false
    command.expect = 0
    try command.run()
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

  private func handIn(_ file: SpecFile) throws -> HandedIn {
    let start = WallClock.milliseconds / 1000 - 1
    let name = URL(filePath: file.name == "-" ? "stdin" : file.name).deletingPathExtension()
      .lastPathComponent
    let unique = try HandIn.submit(
      file.bytes, name: name, origin: DropOrigin(base: file.folder, submitter: NSUserName()),
      into: spool.folder)
    var handedIn = HandedIn(spec: file.name, file: unique)
    guard FileLock.isHeld(spool.folder.daemonLock) else { return handedIn }
    for _ in 0..<1500 {
      if let job = JobOfHandIn.find(unique, since: start, in: spool.folder) {
        handedIn.job = job.text
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
