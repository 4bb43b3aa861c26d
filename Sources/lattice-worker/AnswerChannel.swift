import FoundationEssentials
import Glibc

/// Where a command's answer goes: what was standard output when it began.
///
/// From then on standard output is standard error, so that nothing a plugin prints, up to the end of the process, gets
/// between the parts of an answer or behind it.
struct AnswerChannel {
  private let descriptor: Int32

  /// To be made before any plugin is loaded.
  init() {
    fflush(nil)
    // Far from the numbers that a plugin may close or take for its own.
    let far = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 100)
    descriptor = far >= 0 ? far : fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
    dup2(STDERR_FILENO, STDOUT_FILENO)
  }

  /// Writes the answer as a line of JSON and gives the exit code: 1 when that can't be done.
  func write(_ value: some Encodable) -> Int32 {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { return 1 }
    let bytes = Array(data) + [UInt8(ascii: "\n")]
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return 1 }
      done += count
    }
    return 0
  }
}
