import DurableFiles
import FileNames
import FoundationEssentials
import Glibc
import JobModel
import WorkerLink

/// Makes an attempt's files visible: synced, renamed into the output folder, then the shard's report.
///
/// A shard that is published twice gives the same names and the same bytes, so that a crash at any point is mended
/// by doing it again.
struct Publisher {
  let context: ShardContext

  private var folder: JobFolder { context.folder }
  private var output: OutputPolicy { context.plan.output }

  /// Publishes files and gives them with their sizes and digests, sorted by name.
  ///
  /// The folder of results is opened anew: another one in its place gets nothing.
  ///
  /// - Throws: ``FileError``, or ``AttemptFailure`` when a name is taken by somebody else's file.
  func publishFiles(without failed: Set<Int>) throws -> [OutputFile] {
    var files: [(file: OutputFile, reservation: OutputStore.Reservation)] = []
    for reservation in context.outputs.reservations(without: failed) {
      guard let file = try seal(reservation) else { continue }
      files.append((file, reservation))
      context.recorder.beat()
    }
    DurableBoundary.reached("shard.outputs-written")
    let results = try OutputFolder.open(output, of: folder)
    var parents: [FileName: HeldFolder] = ["": results]
    for (file, reservation) in files {
      let place = file.name.bytes.contains(FileName.slash) ? file.name.parent : ""
      let parent = try parents[place] ?? confined(place, in: results, for: file)
      parents[place] = parent
      try move(file, reservation, to: parent, results)
      DurableBoundary.reached("shard.file-renamed")
      context.recorder.beat()
    }
    for parent in parents.values { try parent.sync() }
    DurableBoundary.reached("shard.outputs-renamed")
    return files.map(\.file)
  }

  /// Makes a written file survive a power cut and gives it the permissions of a new one; nil when nothing was written.
  private func seal(_ reservation: OutputStore.Reservation) throws -> OutputFile? {
    guard Files.status(reservation.unpublished)?.kind == .regular else { return nil }
    let file = try OpenFile(reading: reservation.unpublished)
    var status = stat()
    guard fstat(file.descriptor, &status) == 0 else { throw FileError("look at", file.path, errno) }
    try file.sync()
    fchmod(file.descriptor, FileMask.permissions)
    return OutputFile(
      name: reservation.name, stage: reservation.stage, item: reservation.item?.number,
      bytes: Int(status.st_size), sha256: try SHA256.hexDigest(ofRest: file), role: reservation.role
    )
  }

  /// A folder below that of the results, made if need be.
  private func confined(
    _ name: FileName, in results: HeldFolder, for file: OutputFile
  ) throws -> HeldFolder {
    do throws(FileError) {
      return try results.folder(name, isMade: true)
    } catch {
      guard error.code == EXDEV || error.code == ELOOP else { throw error }
      throw AttemptFailure(
        kind: .config,
        message:
          "the output '\(file.name.shown)' would leave '\(output.directory)' through a symbolic link"
      )
    }
  }

  private func move(
    _ file: OutputFile, _ reservation: OutputStore.Reservation, to parent: HeldFolder,
    _ results: HeldFolder
  ) throws {
    let name = file.name.lastComponent
    let existing = reservation.existing
    // In the job's own folder there is nobody else's file.
    let isOwn = output.isOwn(of: folder)
    let isReplaced = existing == .replace || (isOwn && existing == .error)
    let source = try HeldFolder(AtomicFile.parent(of: reservation.unpublished))
    let written = FileName(reservation.unpublished).lastComponent
    let isMoved: Bool
    do throws(FileError) {
      isMoved = try parent.take(written, from: source, as: name, isReplaced: isReplaced)
    } catch {
      guard error.code == EXDEV else { throw error }
      isMoved = try carry(written, from: source, to: parent, as: name, results, isReplaced)
    }
    if isMoved || existing == .skip { return }
    let there = try? parent.open(name, O_RDONLY | O_NONBLOCK)
    guard let there, try SHA256.hexDigest(ofRest: there) == file.sha256 else {
      throw AttemptFailure(
        kind: .config, stage: file.stage, item: file.item,
        message: """
          the output '\(FileName(output.directory).appending(file.name).shown)' is there already with other content; \
          say 'exists: replace' or 'exists: skip', or choose another folder
          """)
    }
  }

  /// Brings a file over from another disk: copied beside the results, synced, renamed.
  private func carry(
    _ written: FileName, from source: HeldFolder, to parent: HeldFolder, as name: FileName,
    _ results: HeldFolder, _ isReplaced: Bool
  ) throws(FileError) -> Bool {
    let spare = try results.folder(SpareFolder.name, isMade: true, followsLinks: false)
    let waiting = FileName("\(context.outputs.sparePrefix)next")
    try spare.remove(waiting)
    let copy = try spare.open(waiting, O_WRONLY | O_CREAT | O_EXCL)
    try copy.append(allOf: try source.open(written, O_RDONLY | O_NONBLOCK))
    try copy.sync()
    fchmod(copy.descriptor, FileMask.permissions)
    guard try parent.take(waiting, from: spare, as: name, isReplaced: isReplaced) else {
      try spare.remove(waiting)
      return false
    }
    return true
  }

  /// Moves the states of reducing stages to where the reducing shard looks for them.
  func publishStates(of stages: [RunningStage]) throws {
    for stage in stages where stage.planned.description.reduces {
      let temporary = "\(context.outputs.scratch)/state-\(stage.planned.name)"
      try Files.makeDirectory(temporary)
      try stage.saveState(to: temporary)
      for name in try Files.names(in: temporary) {
        try OpenFile("\(temporary)/\(name)", O_RDONLY).sync()
      }
      let final = folder.state(shard: context.shard, stage: stage.planned.name)
      try Files.makeDirectory(AtomicFile.parent(of: final), isDurable: true)
      try Files.removeTree(final)
      try Files.rename(temporary, final)
      try AtomicFile.syncDirectory(AtomicFile.parent(of: final))
      DurableBoundary.reached("shard.state-renamed")
    }
  }

  /// Writes the lists beside the report, then the report: with it the shard is done.
  func publish(
    _ report: ShardReport, failed: [FailedItem], damaged: [DamagedItem] = [], metadata: [UInt8]
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try AtomicFile.write(
      try Self.lines(failed, encoder), to: folder.failedItems(shard: context.shard))
    let list = folder.damagedItems(shard: context.shard)
    if damaged.isEmpty {
      try Files.removeTree(list)
    } else {
      try AtomicFile.write(try Self.lines(damaged, encoder), to: list)
    }
    try AtomicFile.write(metadata, to: folder.itemMetadata(shard: context.shard))
    try writeSummary(of: report, encoder)
    try AtomicFile.write(
      Array(try encoder.encode(report)), to: folder.done(shard: context.shard))
    DurableBoundary.reached("shard.done")
    try PreviousOutputs.forget(folder, shard: context.shard)
  }

  /// A line of JSON for each item.
  private static func lines(_ items: [some Encodable], _ encoder: JSONEncoder) throws -> [UInt8] {
    try items.reduce(into: []) { lines, item in
      let line = String(decoding: try encoder.encode(item), as: UTF8.self)
      lines += Array(ShownJSON.text(line).utf8) + [UInt8(ascii: "\n")]
    }
  }

  /// Not synced: where it is lost or damaged the report is read.
  private func writeSummary(of report: ShardReport, _ encoder: JSONEncoder) throws {
    var summary = report
    summary.files = []
    let path = folder.summary(shard: context.shard)
    let file = try OpenFile("\(path).tmp", O_WRONLY | O_CREAT | O_TRUNC)
    try file.write(Array(try encoder.encode(summary)))
    try Files.rename("\(path).tmp", path)
  }
}
