import Glibc

/// The bytes of a file, mapped into memory and read only; or bytes that are in memory already.
///
/// A file that another process makes shorter meanwhile ends this one with a bus error: checkpoints are replaced by
/// renaming, never rewritten.
final class MappedFile: Sendable {
  /// For errors.
  let path: String
  /// Bytes in all.
  let count: Int
  // An address is kept, not a pointer, since the memory only ever is read, from any thread.
  private let address: UInt
  private let isMapped: Bool

  /// Maps a file.
  init(path: String) throws(CheckpointError) {
    // A pipe must not make the call wait.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(path: path, reason: "it is not a file")
    }
    self.path = path
    count = Int(status.st_size)
    isMapped = true
    guard count > 0 else {
      address = 0
      return
    }
    guard let memory = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
      memory != MAP_FAILED
    else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
    address = UInt(bitPattern: memory)
  }

  /// Copies bytes.
  init(_ bytes: [UInt8], path: String) {
    self.path = path
    count = bytes.count
    isMapped = false
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
    memory.copyBytes(from: bytes)
    address = UInt(bitPattern: memory.baseAddress)
  }

  deinit {
    guard let memory = UnsafeMutableRawPointer(bitPattern: address) else { return }
    if isMapped { munmap(memory, count) } else { memory.deallocate() }
  }

  /// All bytes; valid as long as the object is.
  var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: count)
  }

  /// Some bytes; nil when they aren't all in the file.
  func part(_ range: ByteRange) -> UnsafeRawBufferPointer? { bytes.part(range) }
}

/// A run of bytes of a file.
struct ByteRange: Hashable, Sendable {
  var start: Int
  var count: Int

  init(_ start: Int, _ count: Int) {
    self.start = start
    self.count = count
  }
}

extension UnsafeRawBufferPointer {
  /// Some bytes; nil when they aren't all in here.
  func part(_ range: ByteRange) -> UnsafeRawBufferPointer? {
    guard range.start >= 0, range.count >= 0, range.start <= count,
      range.count <= count - range.start
    else { return nil }
    return UnsafeRawBufferPointer(rebasing: self[range.start..<(range.start + range.count)])
  }
}
