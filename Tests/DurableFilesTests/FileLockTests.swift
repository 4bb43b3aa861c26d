import DurableFiles
import Foundation
import Glibc
import Testing

@Suite struct FileLockTests {
  private let path = "/tmp/lattice-lock-\(UUID().uuidString)"

  /// Somebody who cleans up replaces the file while one waits for it: a lock on the old one would keep nobody out.
  @Test func aLockIsOnTheFileThatHasTheName() throws {
    defer { try? Files.removeTree(path) }
    let old = try OpenFile(path, O_RDWR | O_CREAT)
    try old.write(Array("2147483646\n".utf8))
    #expect(flock(old.descriptor, LOCK_EX | LOCK_NB) == 0)
    let replaced = Thread {
      usleep(100_000)
      unlink(path)
      close(open(path, O_CREAT | O_RDWR, 0o644))
      flock(old.descriptor, LOCK_UN)
    }
    replaced.start()
    let lock = try #require(try FileLock.acquire(path, patience: 20))
    #expect(FileLock.isHeld(path))
    #expect(FileLock.holder(of: path) == getpid())
    withExtendedLifetime(lock) {}
  }

  @Test func whoMayOnlyReadCanAsk() throws {
    defer { try? Files.removeTree(path) }
    let lock = try #require(try FileLock.acquire(path))
    chmod(path, 0o444)
    #expect(FileLock.isHeld(path))
    withExtendedLifetime(lock) {}
  }
}
