import Glibc

/// Writing to files.
enum FileOutput {
  /// Writes bytes; gives the error number, 0 when all are written.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var done = 0
    while done < bytes.count {
      let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return count == 0 ? EIO : errno }
      done += count
    }
    return 0
  }

  /// Makes a rename in the folder of `path` survive a power cut.
  static func synchronizeFolder(of path: String) throws(TensorFileError) {
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) }
    let descriptor = open(folder ?? ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw error(path, errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw error(path, errno) }
  }

  static func error(_ path: String, _ number: Int32) -> TensorFileError {
    if number == ENOSPC || number == EDQUOT { return .noSpace(path: path) }
    return .unwritable(path: path, reason: String(cString: strerror(number)))
  }
}
