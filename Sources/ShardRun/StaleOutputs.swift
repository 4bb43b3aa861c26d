import DurableFiles
import FileNames
import Glibc
import JobModel
import WorkerLink

/// Clears away what this shard published before it was queued again: results of items that fail now, and files that are
/// about to be published anew.
///
/// A file is touched only while it is byte for byte the one that was published: what somebody else has put in its place
/// stays. Everything is looked up in the folder of results as it is held open, so that nothing outside can be meant.
struct StaleOutputs {
  let context: ShardContext

  /// Removes them; to be called when everything is ready to be published.
  func remove(failed: Set<Int>) throws {
    let previous = PreviousOutputs.read(context.folder, shard: context.shard)
    guard !previous.isEmpty else { return }
    let renewed = Set(
      context.outputs.reservations(without: failed).filter { $0.existing == .error }.map(\.name))
    let results = try OutputFolder.open(context.plan.output, of: context.folder)
    for file in previous
    where file.item.map(failed.contains) ?? false || renewed.contains(file.name) {
      guard let folder = folder(of: file, in: results), try isUnchanged(file, in: folder) else {
        continue
      }
      try folder.remove(file.name.lastComponent)
      try folder.sync()
    }
  }

  /// The folder that a file is in; nil when it is gone or leads outside.
  private func folder(of file: OutputFile, in results: HeldFolder) -> HeldFolder? {
    let isDeep = file.name.bytes.contains(FileName.slash)
    return try? results.folder(isDeep ? file.name.parent : "")
  }

  private func isUnchanged(_ file: OutputFile, in folder: HeldFolder) throws -> Bool {
    guard let input = try? folder.open(file.name.lastComponent, O_RDONLY | O_NONBLOCK) else {
      return false
    }
    let status = try Files.status(of: input)
    guard status.kind == .regular, status.size == file.bytes else { return false }
    return try SHA256.hexDigest(ofRest: input) { context.recorder.beat() } == file.sha256
  }
}
