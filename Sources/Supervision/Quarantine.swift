import DurableFiles
import FileNames
import FoundationEssentials
package import JobModel

/// The items of a shard that no attempt may touch again.
package enum Quarantine {
  /// Adds an item; durable when this returns.
  ///
  /// - Throws: ``FileError`` when the list can't be written; it is unchanged then.
  package static func add(_ item: FailedItem, folder: JobFolder, shard: Int) throws {
    let path = folder.quarantine(shard: shard)
    var items = read(path)
    guard !items.contains(where: { $0.item == item.item }) else { return }
    items.append(item)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var bytes: [UInt8] = []
    for item in items {
      let line = String(decoding: try encoder.encode(item), as: UTF8.self)
      bytes += Array(ShownJSON.text(line).utf8) + [UInt8(ascii: "\n")]
    }
    try AtomicFile.write(bytes, to: path)
  }

  /// Number of items in quarantine.
  package static func count(folder: JobFolder, shard: Int) -> Int {
    read(folder.quarantine(shard: shard)).count
  }

  private static func read(_ path: String) -> [FailedItem] {
    guard let bytes = SmallFile.bytes(path, limit: 16 << 20) else { return [] }
    return bytes.split(separator: UInt8(ascii: "\n")).compactMap {
      try? JSONDecoder().decode(FailedItem.self, from: Data($0))
    }
  }
}
