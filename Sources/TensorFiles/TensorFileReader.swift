import Glibc

/// Reads tensors of one `.npy` or `.safetensors` file; which of them is told by its first bytes, not by its name.
///
/// Nothing is allocated on the word of a header: sizes are checked against the file first.
package final class TensorFileReader {
  /// The file.
  package let path: String
  /// Those of types that are read, in the order in which they lie in the file.
  package let entries: [TensorEntry]
  /// The others: what their types are called, by name.
  package let foreign: [String: String]
  /// Texts that the file's maker left in it.
  package let metadata: [String: String]
  private let descriptor: Int32

  /// Opens a file and reads its header.
  ///
  /// - Parameter path: The file.
  /// - Throws: ``TensorFileError``.
  package init(path: String) throws(TensorFileError) {
    // Without waiting: a pipe that nobody writes to would be waited for without end.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    var isSound = false
    defer { if !isSound { close(descriptor) } }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(path: path, reason: "it is not a file")
    }
    let size = Int(status.st_size)
    var first = try Self.bytes(descriptor, 0, min(size, 12), path)
    if first.starts(with: NPYHeader.magic) {
      let (start, length) = try NPYHeader.size(first, path: path)
      first = try Self.bytes(descriptor, 0, min(size, start + length), path)
      let entry = try NPYHeader.read(first, path: path)
      guard size - entry.offset >= entry.byteCount else {
        throw .truncated(path: path, expected: entry.offset + entry.byteCount, found: size)
      }
      entries = [entry]
      foreign = [:]
      metadata = [:]
    } else {
      guard size >= 10, first[8] == UInt8(ascii: "{") else { throw .unknownFormat(path: path) }
      let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(first[$1]) << (8 * UInt64($1)) }
      guard length <= SafetensorsHeader.largest else { throw .unknownFormat(path: path) }
      guard Int(length) <= size - 8 else {
        throw .truncated(path: path, expected: 8 + Int(length), found: size)
      }
      let json = try Self.bytes(descriptor, 8, Int(length), path)
      let header = try SafetensorsHeader(json, fileSize: size, path: path)
      entries = header.entries
      foreign = header.foreign
      metadata = header.metadata
    }
    self.path = path
    self.descriptor = descriptor
    isSound = true
  }

  deinit { close(descriptor) }

  /// Finds a tensor by name.
  ///
  /// - Parameter name: nil for the only one.
  /// - Returns: Its entry.
  /// - Throws: ``TensorFileError`` when there is none, more than one to choose from, or its type isn't read.
  package func entry(_ name: String?) throws(TensorFileError) -> TensorEntry {
    let names = entries.map(\.name) + foreign.keys.sorted()
    guard let name = name ?? (names.count == 1 ? names[0] : nil) else {
      throw .ambiguous(path: path, found: names)
    }
    if let entry = entries.first(where: { $0.name == name }) { return entry }
    if let type = foreign[name] { throw .unsupportedType(path: path, name: name, type: type) }
    throw .noTensor(path: path, name: name, found: names)
  }

  /// Reads a tensor in row-major order and this machine's byte order.
  ///
  /// - Parameters:
  ///   - entry: One of ``entries``.
  ///   - memory: As many bytes as the entry has.
  /// - Throws: ``TensorFileError``.
  package func read(
    _ entry: TensorEntry, into memory: UnsafeMutableRawBufferPointer
  ) throws(TensorFileError) {
    precondition(memory.count == entry.byteCount, "memory must be of the tensor's size")
    try Self.read(descriptor, entry.offset, into: memory, path)
    if entry.isBigEndian { ByteOrder.swap(memory, width: entry.type.byteCount) }
    if entry.isFortranOrder && entry.shape.count(where: { $0 > 1 }) > 1 {
      FortranOrder.rearrange(memory, shape: entry.shape, width: entry.type.byteCount)
    }
  }

  private static func bytes(
    _ descriptor: Int32, _ offset: Int, _ count: Int, _ path: String
  ) throws(TensorFileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let result: Result<Void, TensorFileError> = bytes.withUnsafeMutableBytes { memory in
      do throws(TensorFileError) {
        return .success(try read(descriptor, offset, into: memory, path))
      } catch { return .failure(error) }
    }
    try result.get()
    return bytes
  }

  private static func read(
    _ descriptor: Int32, _ offset: Int, into memory: UnsafeMutableRawBufferPointer, _ path: String
  ) throws(TensorFileError) {
    var done = 0
    while done < memory.count {
      let count = pread(
        descriptor, memory.baseAddress.map { $0 + done }, memory.count - done, offset + done)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw .unreadable(path: path, reason: String(cString: strerror(errno)))
      }
      guard count > 0 else {
        throw .truncated(path: path, expected: offset + memory.count, found: offset + done)
      }
      done += count
    }
  }
}
