import Glibc

/// Reads small files, those under `/proc` among them, without Foundation.
enum SmallFile {
  /// The first `limit` bytes of a file, or nil when it can't be read.
  static func bytes(_ path: String, limit: Int = 64 << 10) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: min(limit, 4096))
    while bytes.count < limit {
      let count = read(descriptor, &buffer, min(buffer.count, limit - bytes.count))
      guard count >= 0 else { return nil }
      if count == 0 { break }
      bytes += buffer.prefix(count)
    }
    return bytes
  }

  /// The same as text.
  static func text(_ path: String, limit: Int = 64 << 10) -> String? {
    bytes(path, limit: limit).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The last `limit` bytes of a file as text; empty when it can't be read.
  static func tail(_ path: String, limit: Int) -> String {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    let end = lseek(descriptor, 0, SEEK_END)
    lseek(descriptor, max(0, end - limit), SEEK_SET)
    var buffer = [UInt8](repeating: 0, count: limit)
    let count = read(descriptor, &buffer, limit)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }
}
