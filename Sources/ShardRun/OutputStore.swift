import DurableFiles
import Glibc
import JobModel
import StageHost
import Synchronization

/// An attempt's files before they are published: where they are written and what they will be called.
final class OutputStore: Sendable {
  /// A file some stage has reserved.
  struct Reservation: Sendable {
    var name: String
    var stage: String
    var item: Item?
    var existing: OutputPolicy.Existing
    var role: OutputFile.Role
  }

  /// Unpublished files under the names they will have.
  let files: String
  /// Scratch space of the stages.
  let scratch: String
  /// Folder to remove when the attempt is over.
  private let roots: [String]
  private let plan: JobPlan
  private let jobID: String
  private let reserved = Mutex<[String: Reservation]>([:])

  /// Makes the folders, on the filesystem of the results so that publishing is a rename.
  init(folder: JobFolder, plan: JobPlan, shard: Int, attempt: Int) throws(FileError) {
    self.plan = plan
    jobID = AtomicFile.lastComponent(of: folder.path)
    let own = folder.temporary(shard: shard, attempt: attempt)
    try Files.removeTree(own)
    try Files.makeDirectory("\(own)/scratch")
    try Files.makeDirectory(plan.output.directory)
    scratch = "\(own)/scratch"
    let isSameDisk =
      Files.status(own)?.device
      == Files.status(plan.output.directory, followingLinks: true)?.device
    let beside =
      "\(plan.output.directory)/.lattice-tmp/\(jobID)-\(AtomicFile.lastComponent(of: own))"
    files = isSameDisk ? "\(own)/files" : beside
    roots = isSameDisk ? [own] : [own, beside]
    try Files.removeTree(files)
    try Files.makeDirectory(files)
  }

  /// Files of the job's own output folder can only be of an earlier attempt at it.
  func policy(_ existing: OutputPolicy.Existing?) -> OutputPolicy.Existing {
    existing ?? plan.output.existing
  }

  /// The name an output of `item` will have.
  func name(_ template: String, item: Item?) throws(StageFailure) -> String {
    do throws(NameTemplateError) {
      return try NameTemplate(template).expanded(item: item, jobID: jobID, jobName: plan.name)
    } catch {
      throw StageFailure(.config, error.description)
    }
  }

  /// Takes a name and gives the path to write.
  func reserve(
    _ template: String, item: Item?, stage: String, existing: OutputPolicy.Existing?,
    role: OutputFile.Role
  ) throws(StageFailure) -> String {
    let name = try name(template, item: item)
    let reservation = Reservation(
      name: name, stage: stage, item: item, existing: policy(existing), role: role)
    let earlier = reserved.withLock { reserved -> Reservation? in
      if let earlier = reserved[name], earlier.item != item || earlier.stage != stage {
        return earlier
      }
      reserved[name] = reservation
      return nil
    }
    if let earlier {
      throw StageFailure(
        .config,
        "two outputs would be called '\(name)': \(Self.owner(earlier)) and \(Self.owner(reservation)); put {item.dir} or {item.number} into the name"
      )
    }
    let path = "\(files)/\(name)"
    do throws(FileError) {
      try Files.makeDirectory(AtomicFile.parent(of: path))
    } catch {
      throw StageFailure(error.isNoSpace ? .noSpace : .transient, error.description)
    }
    return path
  }

  private static func owner(_ reservation: Reservation) -> String {
    let item = reservation.item.map { "item '\($0.id)'" } ?? "the whole"
    return "\(item) of stage '\(reservation.stage)'"
  }

  /// Reservations in the order of their names, without those of the given items.
  func reservations(without failed: Set<Int>) -> [Reservation] {
    reserved.withLock { reserved in
      reserved.values.filter { $0.item.map { !failed.contains($0.number) } ?? true }
        .sorted { $0.name < $1.name }
    }
  }

  /// Removes what is left of the attempt.
  func sweep() {
    for root in roots { try? Files.removeTree(root) }
    if roots.count > 1 { rmdir("\(plan.output.directory)/.lattice-tmp") }
  }
}
