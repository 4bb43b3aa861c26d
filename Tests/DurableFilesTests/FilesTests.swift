import DurableFiles
import FileNames
import Foundation
import Glibc
import Testing

@Suite struct FilesTests {
  private let folder = "/tmp/lattice-files-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"

  @Test func saysWhichStepFailed() {
    let error = #expect(throws: FileError.self) {
      try AtomicFile.write([1], to: "/nonexistent/state.json")
    }
    #expect(
      error?.description == "can't create '/nonexistent/state.json.tmp': No such file or directory")
  }

  @Test func aFullDiskIsKnownAsSuch() throws {
    let file = try OpenFile("/dev/full", O_WRONLY)
    let error = #expect(throws: FileError.self) { try file.write([1, 2, 3]) }
    #expect(error?.description == "can't write '/dev/full': No space left on device")
    #expect(error?.isNoSpace == true)
  }

  @Test func aTreeIsRemovedAPartAtATime() throws {
    try Files.makeDirectory("\(folder)/a/b/c")
    defer { try? Files.removeTree(folder) }
    for number in 0..<20 { try AtomicFile.write([1], to: "\(folder)/a/b/\(number)") }
    symlink("/etc", "\(folder)/a/link")
    var left = 5
    let goesOn = {
      left -= 1
      return left >= 0
    }
    var calls = 1
    while try !Files.removeTree(FileName("\(folder)/a"), while: goesOn) {
      left = 5
      calls += 1
    }
    #expect(calls >= 4)
    #expect(!Files.exists("\(folder)/a") && Files.exists("/etc"))
    #expect(try Files.removeTree(FileName("\(folder)/a")) { true })
  }

  @Test func replacesWholeAndLeavesNoTemporary() throws {
    try Files.makeDirectory("\(folder)/a/b")
    defer { try? Files.removeTree(folder) }
    try AtomicFile.write(Array("one".utf8), to: "\(folder)/a/b/x")
    try AtomicFile.write(Array("two".utf8), to: "\(folder)/a/b/x")
    #expect(try Files.read("\(folder)/a/b/x") == Array("two".utf8))
    #expect(try Files.names(in: "\(folder)/a/b") == ["x"])
  }

  @Test func renameWithoutReplacingKeepsTheFirst() throws {
    try Files.makeDirectory(folder)
    defer { try? Files.removeTree(folder) }
    try AtomicFile.write([1], to: "\(folder)/a")
    try AtomicFile.write([2], to: "\(folder)/b")
    #expect(try Files.renameWithoutReplacing("\(folder)/a", "\(folder)/b") == false)
    #expect(try Files.read("\(folder)/b") == [2])
    #expect(try Files.renameWithoutReplacing("\(folder)/a", "\(folder)/c"))
    #expect(try Files.names(in: folder) == ["b", "c"])
  }

  @Test func removeTreeStopsAtLinks() throws {
    try Files.makeDirectory("\(folder)/kept")
    try Files.makeDirectory("\(folder)/doomed/deep")
    defer { try? Files.removeTree(folder) }
    try AtomicFile.write([1], to: "\(folder)/kept/file")
    symlink("\(folder)/kept", "\(folder)/doomed/deep/link")
    try Files.removeTree("\(folder)/doomed")
    #expect(try Files.names(in: folder) == ["kept"])
    #expect(try Files.names(in: "\(folder)/kept") == ["file"])
  }

  @Test func aLockHasOneHolder() throws {
    try Files.makeDirectory(folder)
    defer { try? Files.removeTree(folder) }
    #expect(!FileLock.isHeld("\(folder)/lock"))
    let first = try FileLock.acquire("\(folder)/lock")
    #expect(first != nil)
    #expect(FileLock.isHeld("\(folder)/lock"))
    #expect(try FileLock.acquire("\(folder)/lock") == nil)
    #expect(FileLock.holder(of: "\(folder)/lock") == getpid())
    // A living holder is not waited for: this would take a day.
    #expect(try FileLock.acquire("\(folder)/lock", patience: 86_400) == nil)
  }

  /// A child between its fork and its own program holds what its killed parent had locked.
  @Test func aLockThatOutlivesItsHolderIsWaitedFor() throws {
    try Files.makeDirectory(folder)
    defer { try? Files.removeTree(folder) }
    let path = "\(folder)/lock"
    let dead = Int32.max  // above the kernel's highest process id, 2^22
    try AtomicFile.write(Array("\(dead)\n".utf8), to: path)
    let file = open(path, O_RDWR | O_CLOEXEC)
    #expect(flock(file, LOCK_EX | LOCK_NB) == 0)
    #expect(try FileLock.acquire(path) == nil)
    #expect(try FileLock.acquire(path, patience: 0.01) == nil)
    #expect(FileLock.holder(of: path) == dead)
    let release = Thread {
      usleep(50_000)
      close(file)
    }
    release.start()
    let lock = try FileLock.acquire(path, patience: 60)
    #expect(lock != nil)
    #expect(FileLock.isHeld(path))
    #expect(FileLock.holder(of: path) == getpid())
  }

  @Test func readRefusesWhatIsTooLong() throws {
    let error = #expect(throws: FileError.self) { try Files.read("/proc/self/maps", limit: 16) }
    #expect(error?.description == "can't read '/proc/self/maps': File too large")
  }
}
