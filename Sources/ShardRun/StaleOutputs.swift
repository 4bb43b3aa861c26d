import DurableFiles
import FileNames
import Glibc
import JobModel
import WorkerLink

/// Clears away what this shard published before it was queued again: results of items that fail now, and files that are
/// about to be published anew.
///
/// A file is touched only while it is byte for byte the one that was published: what somebody else has put in its place
/// stays.
struct StaleOutputs {
  let context: ShardContext

  /// Removes them; to be called when everything is ready to be published.
  func remove(failed: Set<Int>) throws {
    let previous = PreviousOutputs.read(context.folder, shard: context.shard)
    guard !previous.isEmpty else { return }
    let renewed = Set(
      context.outputs.reservations(without: failed).filter { $0.existing == .error }.map(\.name))
    for file in previous
    where file.item.map(failed.contains) ?? false || renewed.contains(file.name) {
      let path = FileName(context.plan.output.directory).appending(file.name)
      guard isInside(path), try isUnchanged(path, file) else { continue }
      try Files.removeTree(path)
    }
  }

  private func isInside(_ path: FileName) -> Bool {
    guard let root = Files.resolved(FileName(context.plan.output.directory)),
      let parent = Files.resolved(path.parent)
    else { return false }
    return parent.isInside(root)
  }

  private func isUnchanged(_ path: FileName, _ file: OutputFile) throws -> Bool {
    guard let status = Files.status(path), status.kind == .regular, status.size == file.bytes
    else { return false }
    let input = try OpenFile(path, O_RDONLY | O_NOFOLLOW)
    var hash = SHA256()
    var chunk = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let count = try input.read(into: &chunk)
      guard count > 0 else { return hash.hexDigest() == file.sha256 }
      hash.update(chunk[..<count])
      context.recorder.beat()
    }
  }
}
