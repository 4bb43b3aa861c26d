import Glibc

/// A lock on a file that ends with the process that holds it: there is no stale lock.
package final class FileLock: Sendable {
  private let file: OpenFile

  private init(_ file: OpenFile) { self.file = file }

  /// Takes the lock without waiting, and writes the process id into the file for people.
  ///
  /// - Returns: Nil when another process has it.
  /// - Throws: ``FileError`` when the file can't be made.
  package static func acquire(_ path: String) throws(FileError) -> FileLock? {
    let file = try OpenFile(path, O_RDWR | O_CREAT)
    guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
      if errno == EWOULDBLOCK { return nil }
      throw FileError("lock", path, errno)
    }
    guard ftruncate(file.descriptor, 0) == 0 else { throw FileError("truncate", path, errno) }
    try file.write(Array("\(getpid())\n".utf8))
    return FileLock(file)
  }

  /// The process id that the holder wrote; nil when it can't be read.
  package static func holder(of path: String) -> Int32? {
    guard let bytes = try? Files.read(path, limit: 64) else { return nil }
    return Int32(String(decoding: bytes, as: UTF8.self).prefix { $0.isNumber })
  }
}
