import ArgumentParser
import FileNames
import Foundation
import JobModel

/// Prints a job's log lines.
struct LogsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs",
    abstract: "Print the log of a job, of one stage, item or attempt; follow it as it grows.",
    discussion: """
      Examples:
        lattice logs tokenize --tail 50
        lattice logs tokenize -f --stage read
        lattice logs tokenize --item koala.jpg --attempt 2 --json
        lattice logs tokenize --since 10m
      """)

  @OptionGroup var spool: SpoolOptions
  @OptionGroup var output: OutputOptions
  @Argument(help: "Job id, its beginning, or job name.") var job: String
  @Flag(name: .shortAndLong, help: "Go on until the job ends.") var follow = false
  @Option(help: "Only this stage.") var stage: String?
  @Option(help: "Only this item, by its id.") var item: String?
  @Option(help: "Only this shard.") var shard: Int?
  @Option(help: "Only this attempt.") var attempt: Int?
  @Option(help: "Only lines at most this old: 30s, 10m, 2h.", transform: DurationOption.init)
  var since: DurationOption?
  @Option(help: "Only the last so many lines.") var tail: Int?
  @Flag(help: "Also print what the workers wrote on standard error.") var stderr = false

  func validate() throws {
    if let tail, tail < 0 { throw ValidationError("--tail must be 0 or more, not \(tail)") }
  }

  func run() throws {
    let view = try SpoolView(spool.folder)
    let job = try view.find(job)
    let now = Int(Date().timeIntervalSince1970 * 1000)
    let filter = LogFollower.Filter(
      stage: stage, item: item, shard: shard, attempt: attempt,
      since: since.map { now - Int($0.seconds * 1000) })
    var follower = LogFollower(folder: spool.folder.job(job.id), filter: filter)
    var lines = follower.next()
    if let tail, lines.count > tail {
      say("(\(lines.count - tail) earlier lines left out; --tail shows the last \(tail))")
      lines = Array(lines.suffix(tail))
    }
    try lines.forEach(show)
    // Whoever reads from a pipe is to see lines as they come.
    fflush(nil)
    while follow {
      let isOver = try view.find(job.id.text).state.isFinal
      try follower.next().forEach(show)
      if isOver { break }
      fflush(nil)
      usleep(200_000)
    }
    if stderr { printStandardError(of: spool.folder.job(job.id)) }
  }

  private func show(_ entry: LogFollower.Entry) throws {
    let line = entry.line
    if output.json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      print(ShownJSON.text(String(decoding: try encoder.encode(line), as: UTF8.self)))
      return
    }
    let seconds = line.milliseconds / 1000
    let time = CivilTime(secondsSince1970: seconds).iso8601
    let place = "\(line.stage ?? "worker") \(entry.shard).\(entry.attempt)"
    let level = Terminal.output.styled(line.level.rawValue, line.level.style)
    let item = line.item.map { " [\($0.shown)]" } ?? ""
    let fields = line.fields.flatMap { try? $0.canonicalText }.map { " \($0)" } ?? ""
    print("\(time) \(level) \(place)\(item) \(line.message.shown)\(fields)")
  }

  private func printStandardError(of folder: JobFolder) {
    let files =
      FileManager.default.enumerator(atPath: folder.logs)?.compactMap { $0 as? String } ?? []
    for file in files.sorted() where file.hasSuffix("stderr.txt") {
      guard let data = FileManager.default.contents(atPath: "\(folder.logs)/\(file)"), !data.isEmpty
      else { continue }
      print("--- \(file)\n\(String(decoding: data.suffix(64 << 10), as: UTF8.self))")
    }
  }
}

extension LogLine.Level {
  var style: Terminal.Style {
    switch self {
    case .debug: .dim
    case .info: .green
    case .warning: .yellow
    case .error: .red
    }
  }
}
