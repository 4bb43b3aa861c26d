package import DurableFiles
package import FileNames
import Glibc

/// Says when something happens in a folder; only a hint, a scan is the truth.
package final class DirectoryWatcher {
  /// Names that came by rename since the last look; whole when they appear.
  package struct News: Hashable, Sendable {
    package var movedIn: Set<FileName>
    /// Something else happened, or events were lost.
    package var needsScan: Bool
  }

  /// Polls readable when there is news.
  package let descriptor: Int32
  private let path: String

  /// Watches a folder.
  ///
  /// - Throws: ``FileError`` when the system has no watch left or the folder is gone.
  package init(_ path: String) throws(FileError) {
    self.path = path
    descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    guard descriptor >= 0 else { throw FileError("watch", path, errno) }
    let mask = UInt32(IN_MOVED_TO | IN_CREATE | IN_CLOSE_WRITE | IN_ONLYDIR)
    guard inotify_add_watch(descriptor, path, mask) >= 0 else {
      let code = errno
      close(descriptor)
      throw FileError("watch", path, code)
    }
  }

  deinit { close(descriptor) }

  /// Takes all waiting events.
  package func take() -> News {
    var news = News(movedIn: [], needsScan: false)
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return news }
      news.needsScan = true
      var offset = 0
      while offset + 16 <= count {
        let (mask, length) = buffer.withUnsafeBytes { bytes in
          (
            bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self),
            Int(bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
          )
        }
        let name = buffer[(offset + 16)..<(offset + 16 + length)].prefix { $0 != 0 }
        if mask & UInt32(IN_MOVED_TO) != 0 {
          news.movedIn.insert(FileName(bytes: name))
        }
        offset += 16 + length
      }
    }
  }
}
