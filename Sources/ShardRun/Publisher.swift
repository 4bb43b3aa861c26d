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
  /// - Throws: ``FileError``, or ``AttemptFailure`` when a name is taken by somebody else's file.
  func publishFiles(without failed: Set<Int>) throws -> [OutputFile] {
    let reservations = context.outputs.reservations(without: failed)
    var files: [(file: OutputFile, reservation: OutputStore.Reservation)] = []
    for reservation in reservations {
      let path = reservation.unpublished
      guard let status = Files.status(path), status.kind == .regular else { continue }
      let digest = try sync(path)
      files.append(
        (
          OutputFile(
            name: reservation.name, stage: reservation.stage, item: reservation.item?.number,
            bytes: status.size, sha256: digest, role: reservation.role), reservation
        ))
      context.recorder.beat()
    }
    DurableBoundary.reached("shard.outputs-written")
    var folders: Set<FileName> = [FileName(output.directory)]
    for (file, reservation) in files {
      let target = try confinedTarget(file.name)
      folders.insert(target.parent)
      try rename(file, from: FileName(reservation.unpublished), to: target, reservation.existing)
      DurableBoundary.reached("shard.file-renamed")
      context.recorder.beat()
    }
    for folder in folders.sorted() { try AtomicFile.syncDirectory(folder) }
    DurableBoundary.reached("shard.outputs-renamed")
    return files.map(\.file)
  }

  /// Makes a file survive a power cut, and gives its digest.
  private func sync(_ path: String) throws -> String {
    try sync(try OpenFile(path, O_RDONLY))
  }

  private func sync(_ file: OpenFile) throws -> String {
    try file.sync()
    fchmod(file.descriptor, 0o644)
    var hash = SHA256()
    var chunk = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let count = chunk.withUnsafeMutableBytes { read(file.descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 else { throw FileError("read", file.path, errno) }
      guard count > 0 else { return hash.hexDigest() }
      hash.update(chunk[..<count])
    }
  }

  /// The path of an output, its folder made and proven to be inside the output folder.
  private func confinedTarget(_ name: FileName) throws -> FileName {
    let folder = FileName(output.directory)
    let target = folder.appending(name)
    try Files.makeDirectory(target.parent)
    guard let root = Files.resolved(folder), let real = Files.resolved(target.parent),
      real.isInside(root)
    else {
      throw AttemptFailure(
        kind: .config,
        message:
          "the output '\(name.shown)' would leave '\(output.directory)' through a symbolic link")
    }
    return target
  }

  private func rename(
    _ file: OutputFile, from source: FileName, to target: FileName,
    _ existing: OutputPolicy.Existing
  ) throws {
    // In the job's own folder there is nobody else's file.
    let isOwn = output.directory == folder.outputs
    if existing == .replace || (isOwn && existing == .error) {
      return try Files.rename(source, target)
    }
    if try Files.renameWithoutReplacing(source, target) { return }
    if existing == .skip { return }
    guard try sync(try OpenFile(target, O_RDONLY)) == file.sha256 else {
      throw AttemptFailure(
        kind: .config, stage: file.stage, item: file.item,
        message: """
          the output '\(target.shown)' is there already with other content; say 'exists: replace' or \
          'exists: skip', or choose another folder
          """)
    }
  }

  /// Moves the states of reducing stages to where the reducing shard looks for them.
  func publishStates(of stages: [RunningStage]) throws {
    for stage in stages where stage.planned.description.reduces {
      let temporary = "\(context.outputs.scratch)/state-\(stage.planned.name)"
      try Files.makeDirectory(temporary)
      try stage.saveState(to: temporary)
      for name in try Files.names(in: temporary) { _ = try sync("\(temporary)/\(name)") }
      let final = folder.state(shard: context.shard, stage: stage.planned.name)
      try Files.makeDirectory(AtomicFile.parent(of: final))
      try Files.removeTree(final)
      try Files.rename(temporary, final)
      try AtomicFile.syncDirectory(AtomicFile.parent(of: final))
      DurableBoundary.reached("shard.state-renamed")
    }
  }

  /// Writes the lists beside the report, then the report: with it the shard is done.
  func publish(_ report: ShardReport, failed: [FailedItem], metadata: [UInt8]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var lines: [UInt8] = []
    for item in failed {
      let line = String(decoding: try encoder.encode(item), as: UTF8.self)
      lines += Array(ShownJSON.text(line).utf8) + [UInt8(ascii: "\n")]
    }
    try AtomicFile.write(lines, to: folder.failedItems(shard: context.shard))
    try AtomicFile.write(metadata, to: folder.itemMetadata(shard: context.shard))
    try AtomicFile.write(
      Array(try encoder.encode(report)), to: folder.done(shard: context.shard))
    DurableBoundary.reached("shard.done")
  }
}
