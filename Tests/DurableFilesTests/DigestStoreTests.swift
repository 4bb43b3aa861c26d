import DurableFiles
import Foundation
import Testing

/// Files kept by their digest: good ones, once, as long as somebody needs them.
@Suite struct DigestStoreTests {
  private let root: String
  private var store: DigestStore { DigestStore(path: "\(root)/store") }

  init() throws {
    root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path()
    try Files.makeDirectory("\(root)/from")
    try Files.makeDirectory("\(root)/job")
  }

  private func write(_ name: String, _ bytes: [UInt8]) throws -> DigestStore.Part {
    try Files.makeDirectory(AtomicFile.parent(of: "\(root)/from/\(name)"))
    try AtomicFile.write(bytes, to: "\(root)/from/\(name)")
    return DigestStore.Part(name: name, sha256: SHA256.hexDigest(of: bytes))
  }

  private func keep(_ parts: [DigestStore.Part], for user: String = "one") throws -> KeptEntry {
    KeptEntry(try store.keep("ab", parts, of: "\(root)/from", for: "\(root)/job/\(user)"))
  }

  @Test func aWritableFileIsCopied() throws {
    let part = try write("a", [1, 2, 3])
    let entry = try keep([part])
    let copy = try #require(Files.status("\(entry.content)/a"))
    #expect(copy.inode != Files.status("\(root)/from/a")?.inode)
    try AtomicFile.write([9], to: "\(root)/from/a")
    #expect(try Files.read("\(entry.content)/a") == [1, 2, 3])
    #expect(try entry.firstWrong() == nil)
  }

  @Test func aFileThatNobodyMayWriteIsLinked() throws {
    let part = try write("deep/a", [1, 2, 3])
    chmod("\(root)/from/deep/a", 0o444)
    let entry = try keep([part])
    #expect(
      Files.status("\(entry.content)/deep/a")?.inode == Files.status("\(root)/from/deep/a")?.inode)
  }

  /// A large file that anybody may write to is copied where that leaves as much room as it takes, and linked else: what is
  /// written into it then is found out.
  @Test(arguments: [(600, false), (500, true)])
  func aLargeFileIsCopiedWhereThereIsRoom(freeMegabytes: Int, isLinked: Bool) throws {
    let path = "\(root)/from/large"
    try Files.makeDirectory("\(root)/from")
    try AtomicFile.write([1], to: path)
    #expect(truncate(path, 256 << 20) == 0)
    let part = DigestStore.Part(name: "large", sha256: try SHA256.hexDigest(ofFile: path))
    let target = "\(root)/entry"
    try DigestCopy(
      parts: [part], source: "\(root)/from", target: target,
      freeBytes: { _ in freeMegabytes << 20 }, beat: {}
    ).make(withNeighbours: false)
    let entry = KeptEntry(target)
    #expect(
      (Files.status("\(entry.content)/large")?.inode == Files.status(path)?.inode) == isLinked)
    #expect(try entry.firstWrong() == nil)
    let file = try OpenFile(path, O_WRONLY)
    try file.write([2])
    #expect(try entry.firstWrong() == (isLinked ? "large" : nil))
    try Files.removeTree(root)
  }

  /// A small file is copied where that leaves as much room as it takes.
  @Test func aFileThatNoRoomIsLeftForIsNotKept() throws {
    let part = try write("a", [1, 2, 3])
    func copy(freeBytes: Int) throws {
      try DigestCopy(
        parts: [part], source: "\(root)/from", target: "\(root)/entry-\(freeBytes)",
        freeBytes: { _ in freeBytes }, beat: {}
      ).make(withNeighbours: false)
    }
    #expect(throws: DigestStore.Fault.file(FileError("copy", "\(root)/from/a", ENOSPC))) {
      try copy(freeBytes: 5)
    }
    try copy(freeBytes: 6)
  }

  @Test func anotherContentIsRefused() throws {
    _ = try write("a", [1])
    let found = SHA256.hexDigest(of: [UInt8(1)])
    let part = DigestStore.Part(name: "a", sha256: SHA256.hexDigest(of: [UInt8(2)]))
    #expect(throws: DigestStore.Fault.other(name: "a", found: found)) { try keep([part]) }
    #expect(try Files.names(in: store.path) == [])
  }

  @Test(arguments: ["../a", "/a", "a/../b", "", "a//b", "."])
  func namesThatLeadOutAreRefused(_ name: String) throws {
    let part = DigestStore.Part(name: name, sha256: "")
    #expect(throws: DigestStore.Fault.name(name)) { try keep([part]) }
  }

  @Test func aPipeIsNoFile() throws {
    #expect(mkfifo("\(root)/from/a", 0o644) == 0)
    let part = DigestStore.Part(name: "a", sha256: "")
    #expect(
      throws: DigestStore.Fault.file(
        FileError("read", "\(root)/from/a", EINVAL, found: "a named pipe"))
    ) {
      try keep([part])
    }
  }

  @Test func aDamagedEntryIsNoticedAndReplaced() throws {
    let part = try write("a", [1, 2, 3])
    let entry = try keep([part])
    chmod("\(entry.content)/a", 0o644)
    try AtomicFile.write([1, 2, 4], to: "\(entry.content)/a")
    #expect(try entry.firstWrong() == "a")
    #expect(try keep([part], for: "two") == entry)
    #expect(try entry.firstWrong() == nil)
    #expect(try Files.read("\(entry.content)/a") == [1, 2, 3])
  }

  /// A touched file is read once more and believed again.
  @Test func aTouchedFileIsStillRight() throws {
    let entry = try keep([try write("a", [1, 2, 3])])
    var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
    #expect(utimensat(AT_FDCWD, "\(entry.content)/a", &times, 0) == 0)
    #expect(try entry.firstWrong() == nil)
  }

  @Test func marksOfAnEarlierStartOfTheMachineAreNotBelieved() throws {
    let part = try write("a", [1, 2, 3])
    let entry = try keep([part])
    let path = "\(entry.path)/marks"
    var lines = String(decoding: try Files.read(path), as: UTF8.self).split(separator: "\n")
    lines[0] = "another"
    // Same size, time and inode, other bytes: what a power cut may leave.
    let file = "\(entry.content)/a"
    let status = try #require(Files.status(file))
    chmod(file, 0o644)
    let open = try OpenFile(file, O_WRONLY)
    try open.write([7, 7, 7])
    var times = [
      timespec(tv_sec: 0, tv_nsec: 0),
      timespec(
        tv_sec: status.mtimeNanoseconds / 1_000_000_000,
        tv_nsec: status.mtimeNanoseconds % 1_000_000_000),
    ]
    #expect(futimens(open.descriptor, &times) == 0)
    try AtomicFile.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: path)
    #expect(try entry.firstWrong() == "a")
  }

  @Test func whatNobodyNeedsIsSwept() throws {
    let part = try write("a", [1])
    _ = try keep([part], for: "one")
    _ = try keep([part], for: "two")
    #expect(store.sweep() == 0)
    try Files.removeTree("\(root)/job/one")
    #expect(store.sweep() == 0)
    try Files.removeTree("\(root)/job/two")
    #expect(store.sweep() == 1)
    #expect(try Files.names(in: store.path) == ["lock"])
    #expect(DigestStore(path: "\(root)/none").sweep() == 0)
  }

  @Test func neighboursAreFoundBesideACopy() throws {
    let part = try write("a.so", [1])
    _ = try write("b.so", [2])
    let entry = KeptEntry(
      try store.keep(
        "cd", [part], of: "\(root)/from", withNeighbours: true, for: "\(root)/job/one"))
    #expect(try Files.read("\(entry.content)/b.so") == [2])
    #expect(Files.status("\(entry.content)/a.so")?.kind == .regular)
  }

  /// Many at once: one entry, whole, and each has its link.
  @Test func keepersDoNotGetInEachOthersWay() async throws {
    let part = try write("a", [UInt8](repeating: 5, count: 1 << 20))
    let (store, root) = (store, root)
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<16 {
        group.addTask {
          let entry = try? store.keep(
            "ef", [part], of: "\(root)/from", for: "\(root)/job/\(number)")
          store.sweep()
          return entry.flatMap { try? KeptEntry($0).firstWrong() == nil } ?? false
        }
      }
      for await isRight in group { #expect(isRight) }
    }
    #expect(try Files.names(in: "\(root)/job").count == 16)
    #expect(try Files.names(in: store.path) == ["ef", "lock"])
  }
}
