import Glibc

/// Reads whole files that other programs wrote.
package enum ForeignFile {
  /// Why a file can't be read.
  package enum Fault: Error, Hashable, Sendable, CustomStringConvertible {
    case missing(path: String)
    case unreadable(path: String, reason: String)
    case tooLarge(path: String, byteCount: Int, limit: Int)

    package var description: String {
      switch self {
      case .missing(let path): "there is no file '\(path)'"
      case .unreadable(let path, let reason): "can't read '\(path)': \(reason)"
      case .tooLarge(let path, let count, let limit):
        "'\(path)' has \(count) bytes, more than the \(limit) that such a file may have"
      }
    }
  }

  /// The bytes of a regular file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - limit: Bytes it may have.
  /// - Returns: All of them.
  /// - Throws: ``Fault``.
  package static func bytes(of path: String, limit: Int) throws(Fault) -> [UInt8] {
    // Without waiting: a pipe that nobody writes to would be waited for without end.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { throw .missing(path: path) }
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(path: path, reason: "it is not a file")
    }
    let size = Int(status.st_size)
    guard size <= limit else { throw .tooLarge(path: path, byteCount: size, limit: limit) }
    var problem: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, done in
      while done < size {
        let count = read(descriptor, buffer.baseAddress.map { $0 + done }, size - done)
        if count < 0 && errno == EINTR { continue }
        if count < 0 { problem = errno }
        guard count > 0 else { break }
        done += count
      }
    }
    guard problem == 0 else {
      throw .unreadable(path: path, reason: String(cString: strerror(problem)))
    }
    return bytes
  }
}
