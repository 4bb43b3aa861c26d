import Glibc

/// A lock on a file that ends with the process that holds it: there is no stale lock.
package final class FileLock: Sendable {
  private let file: OpenFile

  private init(_ file: OpenFile) { self.file = file }

  /// Takes the lock, and writes the process id into the file for people.
  ///
  /// A lock can outlive its holder for an instant: a child that the holder was about to start has the file open
  /// until it runs its own program.
  ///
  /// - Parameters:
  ///   - path: Made where it is missing.
  ///   - patience: Seconds to wait for a lock whose holder is dead; a living holder is never waited for.
  /// - Returns: Nil when another process has it.
  /// - Throws: ``FileError`` when the file can't be made.
  package static func acquire(
    _ path: String, patience: Double = 0
  ) throws(FileError) -> FileLock? {
    let end = WallClock.monotonicNanoseconds + Int(patience * 1e9)
    while true {
      let file = try OpenFile(path, O_RDWR | O_CREAT)
      if flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
        guard errno == EWOULDBLOCK else { throw FileError("lock", path, errno) }
        guard WallClock.monotonicNanoseconds < end, !holderIsAlive(path) else { return nil }
        usleep(1000)
        continue
      }
      // Somebody may have removed or replaced the file between its opening and its locking; then it locks nothing.
      guard try isStillNamed(file) else { continue }
      guard ftruncate(file.descriptor, 0) == 0 else { throw FileError("truncate", path, errno) }
      try file.write(Array("\(getpid())\n".utf8))
      return FileLock(file)
    }
  }

  /// True when the path of an open file still leads to it.
  private static func isStillNamed(_ file: OpenFile) throws(FileError) -> Bool {
    let opened = try Files.status(of: file)
    guard let named = Files.status(file.path, followingLinks: true) else { return false }
    return named.inode == opened.inode && named.device == opened.device
  }

  /// Whether a process holds the lock now; false where there is no such file or it can't be opened.
  ///
  /// Asks for no right to write, so that others than the holder's user can ask, too.
  package static func isHeld(_ path: String) -> Bool {
    guard let file = try? OpenFile(path, O_RDONLY) else { return false }
    // Shared: those who only ask don't take each other for a holder.
    return withExtendedLifetime(file) {
      flock(file.descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
  }

  /// The process id that the holder wrote; nil when it can't be read.
  package static func holder(of path: String) -> Int32? {
    guard let bytes = try? Files.read(path, limit: 64) else { return nil }
    return Int32(String(decoding: bytes, as: UTF8.self).prefix { $0.isNumber })
  }

  private static func holderIsAlive(_ path: String) -> Bool {
    guard let pid = holder(of: path), pid > 0 else { return false }
    return kill(pid, 0) == 0 || errno != ESRCH
  }
}
