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

  /// Another process has it: nobody else gets it, however patient, until that process is gone.
  @Test func twoProcessesNeverHaveIt() throws {
    defer { try? Files.removeTree(path) }
    let holder = Process()
    holder.executableURL = URL(filePath: "/usr/bin/flock")
    holder.arguments = [path, "sleep", "100"]
    try holder.run()
    while !FileLock.isHeld(path) { usleep(5000) }
    try Data("\(holder.processIdentifier)\n".utf8).write(to: URL(filePath: path))
    #expect(try FileLock.acquire(path) == nil)
    #expect(try FileLock.acquire(path, patience: 5) == nil)
    #expect(FileLock.holder(of: path) == holder.processIdentifier)
    // Its child has the file open, too, and outlives it.
    for child in try children(of: holder.processIdentifier) { kill(child, SIGKILL) }
    holder.terminate()
    holder.waitUntilExit()
    let lock = try #require(try FileLock.acquire(path, patience: 20))
    #expect(FileLock.holder(of: path) == getpid())
    let asker = Process()
    asker.executableURL = URL(filePath: "/usr/bin/flock")
    asker.arguments = ["--nonblock", path, "true"]
    try asker.run()
    asker.waitUntilExit()
    #expect(asker.terminationStatus == 1)
    withExtendedLifetime(lock) {}
  }

  private func children(of process: Int32) throws -> [Int32] {
    let text = try String(
      contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
    return text.split(separator: " ").compactMap { Int32($0) }
  }

  @Test func whoMayOnlyReadCanAsk() throws {
    defer { try? Files.removeTree(path) }
    let lock = try #require(try FileLock.acquire(path))
    chmod(path, 0o444)
    #expect(FileLock.isHeld(path))
    withExtendedLifetime(lock) {}
  }
}
