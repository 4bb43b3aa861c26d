import DurableFiles
import FileNames
import FoundationEssentials
import Glibc
import JobModel

/// Writes the manifest: one line of JSON an item, and where each shard starts.
package struct ManifestWriter {
  package private(set) var count = 0
  package private(set) var shardOffsets: [Int] = []
  let itemsPerShard: Int
  /// Items that can't be read.
  private(set) var faulty = Examples()
  private let file: OpenFile?
  private var offset = 0
  private var buffer: [UInt8] = []
  private let encoder = JSONEncoder()
  /// Called with each item.
  private let visit: (Item) -> Void

  /// Opens the manifest at `path`, or only counts when it is nil.
  init(path: String?, itemsPerShard: Int, visit: @escaping (Item) -> Void) throws(FileError) {
    self.itemsPerShard = itemsPerShard
    self.visit = visit
    file = try path.map { (path) throws(FileError) in
      try OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC)
    }
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  /// Adds an item; one with a fault will fail, and takes no output's name.
  mutating func add(
    id: FileName, path: FileName?, size: Int? = nil, mtime: Int? = nil, fault: String? = nil
  ) throws {
    let item = Item(
      number: count, id: id, path: path, size: size, mtimeNanoseconds: mtime, fault: fault)
    if fault == nil { visit(item) } else { faulty.add(item.id.shown, fault) }
    if count.isMultiple(of: itemsPerShard) { shardOffsets.append(offset) }
    count += 1
    guard file != nil else { return }
    let line = Array(try encoder.encode(item)) + [UInt8(ascii: "\n")]
    offset += line.count
    buffer += line
    if buffer.count > 1 << 16 { try flush() }
  }

  mutating func flush() throws {
    try file?.write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  mutating func finish() throws {
    try flush()
    try file?.sync()
  }
}
