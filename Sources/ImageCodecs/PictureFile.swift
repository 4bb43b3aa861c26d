import Glibc

/// Reads the bytes of a picture's file.
package enum PictureFile {
  /// The largest file that is read, in bytes.
  package static let largest = 1 << 30

  /// Why a file can't be read.
  package enum Fault: Error, Hashable, Sendable, CustomStringConvertible {
    case missing(path: String)
    case unreadable(path: String, reason: String)
    case tooLarge(path: String, byteCount: Int)

    package var description: String {
      switch self {
      case .missing(let path): "'\(path)' is not there any more"
      case .unreadable(let path, let reason): "can't read '\(path)': \(reason)"
      case .tooLarge(let path, let count):
        "'\(path)' has \(count) bytes; picture files of up to \(PictureFile.largest) bytes are read"
      }
    }
  }

  /// Hands out the bytes of a whole file.
  ///
  /// - Parameters:
  ///   - path: A regular file.
  ///   - body: Gets its bytes.
  /// - Returns: What `body` returns.
  /// - Throws: ``Fault``, and what `body` throws.
  package static func withBytes<Result>(
    of path: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    // Without waiting: a pipe that nobody writes to would be waited for without end.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { throw Fault.missing(path: path) }
      throw Fault.unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Fault.unreadable(path: path, reason: "it is not a file")
    }
    let size = Int(status.st_size)
    guard size <= largest else { throw Fault.tooLarge(path: path, byteCount: size) }
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
    defer { memory.deallocate() }
    var done = 0
    while done < size {
      let count = read(descriptor, memory.baseAddress.map { $0 + done }, size - done)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw Fault.unreadable(path: path, reason: String(cString: strerror(errno)))
      }
      guard count > 0 else { break }
      done += count
    }
    return try body(UnsafeRawBufferPointer(rebasing: memory[..<done]))
  }
}
