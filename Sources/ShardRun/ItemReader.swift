import DurableFiles
import FoundationEssentials
import Glibc
import JobModel

/// Reads the items of one shard from `items.jsonl`, a few at a time.
final class ItemReader {
  private let file: OpenFile
  private var range: Range<Int>
  private var buffer: [UInt8] = []
  private let decoder = JSONDecoder()

  /// - Throws: ``FileError`` when the manifest can't be read.
  init(folder: JobFolder, manifest: ItemManifest, shard: Int) throws(FileError) {
    file = try OpenFile(folder.items, O_RDONLY)
    range = manifest.range(ofShard: shard)
    guard lseek(file.descriptor, off_t(manifest.shardOffsets[shard]), SEEK_SET) >= 0 else {
      throw FileError("seek", folder.items, errno)
    }
  }

  /// The next items, at most `count`; none when the shard has no more.
  ///
  /// - Throws: ``AttemptFailure`` when the manifest is not what the plan says.
  func next(_ count: Int) throws -> [Item] {
    var items: [Item] = []
    while items.count < count, let number = range.first {
      let item = try? decoder.decode(Item.self, from: Data(try line()))
      guard let item, item.number == number else {
        throw AttemptFailure(
          kind: .internal,
          message: "'\(file.path)' does not list item \(number) where the plan says")
      }
      items.append(item)
      range = range.dropFirst()
    }
    return items
  }

  private func line() throws(FileError) -> [UInt8] {
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        defer { buffer.removeFirst(end + 1) }
        return Array(buffer[..<end])
      }
      var chunk = [UInt8](repeating: 0, count: 32 << 10)
      let count = chunk.withUnsafeMutableBytes { read(file.descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 else { throw FileError("read", file.path, errno) }
      guard count > 0 else { return [] }
      buffer += chunk[..<count]
    }
  }
}
