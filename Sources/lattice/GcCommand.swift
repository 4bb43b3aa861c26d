import ArgumentParser
import DurableFiles
import Foundation
import JobModel
import JobReport
import Journal

/// Removes ended jobs.
struct GcCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc",
    abstract: "Remove ended jobs and rejected specs that are older than a given age.",
    discussion: """
      Results in a job's own outputs/ folder go with it; results a spec sent elsewhere stay. A job that is queued again \
      while this runs is kept.

      Examples:
        lattice gc --older 30d --dry-run
        lattice gc --older 7d --keep-failed
      """)

  @OptionGroup var spool: SpoolOptions
  @OptionGroup var output: OutputOptions
  @Option(help: "Ended at least this long ago: 12h, 30d.", transform: DurationOption.init)
  var older: DurationOption
  @Flag(help: "Keep jobs that failed.") var keepFailed = false
  @Flag(help: "Only say what would be removed.") var dryRun = false

  struct Removed: Encodable {
    var job: String
    var name: String
    var bytes: Int
  }

  func run() throws {
    let view = try SpoolView(spool.folder)
    let limit = max(0, Date().timeIntervalSince1970 - older.seconds)
    let doomed = try view.jobs().filter { job in
      guard job.state.isFinal, let ended = job.endedMilliseconds else { return false }
      return Double(ended) / 1000 < limit && !(keepFailed && job.state == .failed)
    }
    let removed = try remove(doomed, endedBefore: Int(limit * 1000))
    if !dryRun { DigestStore(path: spool.folder.kept).sweep() }
    let rejected = try removeRejected(before: limit)
    if output.json { return try printJSON(removed) }
    let bytes = Quantity.bytes(removed.reduce(0) { $0 + $1.bytes })
    let verb = dryRun ? "would remove" : "removed"
    print("\(verb) \(removed.count) jobs (\(bytes)) and \(rejected) rejected specs")
  }

  /// Forgets each job in one transaction, and only then touches its folder.
  private func remove(_ doomed: [JobSummary], endedBefore limit: Int) throws -> [Removed] {
    let removal = dryRun ? nil : JobRemoval(spool.folder, try Journal(spool: spool.folder))
    var removed: [Removed] = []
    for job in doomed {
      let bytes = size(of: spool.folder.job(job.id).path)
      if let removal, try !removal.remove(job.id, endedBefore: limit) {
        say("'\(job.name)' (\(job.id)) was queued again meanwhile and is kept")
        continue
      }
      removed.append(Removed(job: job.id.text, name: job.name, bytes: bytes))
    }
    try removal?.sweep(endedBefore: limit)
    return removed
  }

  private func removeRejected(before limit: Double) throws -> Int {
    let folder = spool.folder.rejected
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var count = 0
    for name in names {
      let path = "\(folder)/\(name)"
      // One that is gone by now was removed by somebody else.
      guard let status = Files.status(path), Double(status.mtimeNanoseconds) / 1e9 < limit else {
        continue
      }
      if name.hasSuffix(".yaml") || name.hasSuffix(".yml") { count += 1 }
      if !dryRun { try Files.removeTree(path) }
    }
    return count
  }

  private func size(of folder: String) -> Int {
    let keys: [URLResourceKey] = [.totalFileAllocatedSizeKey]
    let files = FileManager.default.enumerator(
      at: URL(filePath: folder), includingPropertiesForKeys: keys)
    return (files?.compactMap { $0 as? URL } ?? []).reduce(0) { sum, url in
      sum + ((try? url.resourceValues(forKeys: Set(keys)).totalFileAllocatedSize) ?? 0)
    }
  }
}
