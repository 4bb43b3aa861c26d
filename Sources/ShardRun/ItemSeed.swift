import DurableFiles
package import FileNames
import JobModel

/// Random bits of an item that do not depend on shard, attempt or machine.
package enum ItemSeed {
  /// The first eight bytes, little-endian, of
  /// SHA-256("lattice-seed-v1" 0 job-seed 0 stage-name 0 item-id), the seed in decimal.
  package static func seed(job: UInt64, stage: String, item: FileName) -> UInt64 {
    var hash = SHA256()
    hash.update("lattice-seed-v1".utf8)
    for part in [FileName(String(job)), FileName(stage), item] {
      hash.update([0])
      hash.update(part.bytes)
    }
    return hash.digest().prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
