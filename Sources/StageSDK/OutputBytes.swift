import Glibc

/// Puts bytes into the files that the host publishes.
public enum OutputBytes {
  /// Writes a whole file; a full disk pauses the job, other trouble is worth another try.
  public static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw error(path) }
    defer { close(descriptor) }
    var done = 0
    while done < bytes.count {
      let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw error(path) }
      done += count
    }
  }

  private static func error(_ path: String) -> StageError {
    let isFull = errno == ENOSPC || errno == EDQUOT
    return StageError(
      isFull ? .noSpace : .transient, "can't write '\(path)': \(String(cString: strerror(errno)))")
  }
}
