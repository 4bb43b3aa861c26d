import DurableFiles
import Glibc

/// What the umask leaves of a new file's permissions.
enum FileMask {
  /// As this process was started; a plugin may have changed it since, and asking the system would change it as well.
  static let permissions: mode_t = {
    let status = (try? Files.read("/proc/self/status", limit: 1 << 16)) ?? []
    let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first {
      $0.hasPrefix("Umask:")
    }
    let mask = line.flatMap { mode_t($0.dropFirst("Umask:".count).filter(\.isNumber), radix: 8) }
    return 0o666 & ~(mask ?? 0o022)
  }()
}
