import DurableFiles
import FileNames
import Glibc
import JobModel
import StageHost
import Synchronization

/// An attempt's files before they are published: where they are written and what they will be called.
final class OutputStore: Sendable {
  /// A file some stage has reserved.
  struct Reservation: Sendable {
    var name: FileName
    /// Absolute; where the stage writes it.
    var unpublished: String
    var stage: String
    var item: Item?
    var existing: OutputPolicy.Existing
    var role: OutputFile.Role
  }

  /// Unpublished files under the names they will have.
  let files: String
  /// Scratch space of the stages.
  let scratch: String
  /// The attempt's own folder, removed when it is over.
  private let own: String
  /// The folder of results as it was when the attempt began.
  private let results: HeldFolder
  private let plan: JobPlan
  private let jobID: String
  private let names: OutputNames
  private let reserved = Mutex<[FileName: Reservation]>([:])

  /// Makes the folders, and looks whether the folder of results is still that of the plan.
  ///
  /// - Throws: ``FileError``, or ``AttemptFailure`` when another folder is in its place.
  init(folder: JobFolder, plan: JobPlan, shard: Int, attempt: Int) throws {
    self.plan = plan
    jobID = AtomicFile.lastComponent(of: folder.path)
    names = OutputNames(plan, jobID: jobID)
    own = folder.temporary(shard: shard, attempt: attempt)
    try Files.removeTree(own)
    try Files.makeDirectory("\(own)/scratch")
    try Files.makeDirectory("\(own)/files")
    scratch = "\(own)/scratch"
    files = "\(own)/files"
    results = try OutputFolder.open(plan.output, of: folder)
  }

  /// What the names of this attempt's files begin with while they wait in the ``SpareFolder``.
  var sparePrefix: String { "\(jobID)-\(AtomicFile.lastComponent(of: own))-" }

  /// Files of the job's own output folder can only be of an earlier attempt at it.
  func policy(_ existing: OutputPolicy.Existing?) -> OutputPolicy.Existing {
    existing ?? plan.output.existing
  }

  /// Takes a name and gives the path to write.
  ///
  /// A name that an item can't have is that item's fault; one that is wrong for all is the spec's.
  func reserve(
    _ template: String, item: Item?, stage: String, existing: OutputPolicy.Existing?,
    role: OutputFile.Role
  ) throws(StageFailure) -> String {
    let name = try names.name(template, item: item)
    let reservation = Reservation(
      name: name, unpublished: unpublished(name), stage: stage, item: item,
      existing: policy(existing), role: role)
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
        "two outputs would be called '\(name.shown)': \(Self.owner(earlier)) and \(Self.owner(reservation)); put {item.dir} or {item.number} into the name"
      )
    }
    do throws(FileError) {
      try Files.makeDirectory(AtomicFile.parent(of: reservation.unpublished))
    } catch {
      if error.code == ENAMETOOLONG, item != nil { throw StageFailure(.input, error.description) }
      throw StageFailure(error.isNoSpace ? .noSpace : .transient, error.description)
    }
    return reservation.unpublished
  }

  /// Where a file is written before it has its name: stages write to paths that are UTF-8, as the ABI promises, and
  /// add to them while they write, so the longest names wait under another one too.
  private func unpublished(_ name: FileName) -> String {
    let room = NameTemplate.longestPart - 32
    if let text = name.text, name.lastComponent.bytes.count <= room { return "\(files)/\(text)" }
    let ending = name.pathExtension
    let isPlain = !ending.isEmpty && ending.bytes.count <= 16 && ending.text != nil
    let digest = SHA256.hexDigest(of: name.bytes)
    return "\(files)/.names/\(digest)" + (isPlain ? ".\(ending.text ?? "")" : "")
  }

  /// A path of UTF-8 that opens the item's file: its own, or a link to it in the scratch space.
  func openablePath(of item: Item) -> FileName? {
    guard let path = item.path, path.text == nil else { return item.path }
    let link = FileName("\(scratch)/.items/\(item.number)/\(path.lastComponent.shown)")
    if Files.exists(link) { return link }
    guard (try? Files.makeDirectory(link.parent)) != nil else { return path }
    let isMade = path.withSystemPath { path in
      link.withSystemPath { symlink(path, $0) == 0 || errno == EEXIST }
    }
    return isMade ? link : path
  }

  private static func owner(_ reservation: Reservation) -> String {
    let item = reservation.item.map { "item '\($0.id.shown)'" } ?? "the whole"
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
    try? Files.removeTree(own)
    SpareFolder.sweep(in: results, prefix: sparePrefix)
  }
}
