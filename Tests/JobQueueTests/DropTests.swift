import DurableFiles
import FileNames
import Foundation
import Glibc
import JobModel
import JobQueue
import Synchronization
import Testing

/// Drops that are special in one way or another.
@Suite struct DropTests {
  @Test func namesThatNoSpecCanHaveAreToldApart() throws {
    let bench = try QueueBench()
    let long = String(repeating: "b", count: 201) + ".yaml"
    try bench.drop(long)
    try bench.drop(".hidden.yaml")
    let latin = FileName(bench.spool.incoming).appending(
      FileName(bytes: Array("caf".utf8) + [0xE9] + Array(".yaml".utf8)))
    try AtomicFile.write([1], to: "\(bench.spool.incoming)/plain.txt")
    _ = try OpenFile(latin, O_CREAT | O_WRONLY)
    let unfit = try bench.queue.scan().unfit
    #expect(
      unfit.map { "\($0.code) \($0.name.prefix(12)) \($0.message)" } == [
        "E166 bbbbbbbbbbbb the name has 206 bytes, a spec's at most 200; give the spec a shorter name",
        #"E166 caf\xE9.yaml the name is not UTF-8; give the spec another name"#,
      ])
    for drop in unfit { try bench.queue.turnAway(drop, text: "why\n", json: "[]") }
    let short = String(repeating: "b", count: 140) + "….yaml"
    #expect(
      try bench.names(bench.spool.rejected) == [
        short, "\(short).error.json", "\(short).error.txt",
        #"caf\xE9.yaml"#, #"caf\xE9.yaml.error.json"#, #"caf\xE9.yaml.error.txt"#,
      ])
    #expect(try bench.queue.scan().specs.isEmpty)
  }

  @Test func aNameHandedInIsShortenedWhereNeedBe() throws {
    let bench = try QueueBench()
    let name = try HandIn.submit(
      [1], name: String(repeating: "ä", count: 97), origin: DropOrigin(base: "/", submitter: "ann"),
      into: bench.spool)
    #expect(name.utf8.count <= DropName.lengthLimit)
    #expect(try bench.queue.scan().unfit.isEmpty)
  }

  /// The folder that got the drop, and the one that holds it, are durable before the drop's old place is.
  @Test func theNewPlaceIsDurableBeforeTheOldOne() throws {
    let bench = try QueueBench()
    let synced = Mutex<[String]>([])
    let queue = JobQueue(spool: bench.spool) { path throws(FileError) in
      synced.withLock { $0.append(path) }
    }
    try bench.drop("a.yaml")
    let claim = try #require(try queue.claim("a.yaml", as: bench.newID()))
    let incoming = [claim.folder.path, bench.spool.jobs, bench.spool.incoming]
    #expect(synced.withLock { $0 } == incoming)
    try queue.publish(claim)
    #expect(synced.withLock { $0 } == incoming + [claim.folder.path, bench.spool.jobs])
  }

  /// `incoming/` on a filesystem of its own, where no rename leads to `jobs/`.
  private func foreignBench() throws -> (bench: QueueBench, folder: String) {
    let bench = try QueueBench()
    let folder = "/dev/shm/lattice-incoming-\(UUID().uuidString)"
    try Files.makeDirectory("\(folder)/tmp")
    try Files.removeTree(bench.spool.incoming)
    try #require(symlink(folder, bench.spool.incoming) == 0)
    try #require(
      Files.status(folder)?.device != Files.status(bench.spool.jobs)?.device,
      "the test needs two filesystems")
    return (bench, folder)
  }

  @Test func aDropOnAnotherFilesystemIsCopied() throws {
    let (bench, folder) = try foreignBench()
    defer { try? Files.removeTree(folder) }
    let name = try HandIn.submit(
      Array("name: a\n".utf8), name: "a", origin: DropOrigin(base: "/data", submitter: "ann"),
      into: bench.spool)
    let claim = try #require(try bench.queue.claim(name, as: bench.newID()))
    #expect(String(decoding: claim.bytes, as: UTF8.self) == "name: a\n")
    #expect(claim.origin != nil)
    #expect(try Files.names(in: folder) == ["tmp"])
    try bench.queue.publish(claim)
    #expect(try bench.names(bench.spool.job(claim.id).path) == ["origin.json", "spec.yaml"])
  }

  /// Killed after the copy and before the original was removed: the original goes, and the copy becomes the job.
  @Test func aCopiedDropIsNotTakenTwice() throws {
    let (bench, folder) = try foreignBench()
    defer { try? Files.removeTree(folder) }
    try bench.drop("a.yaml", "name: a\n")
    try bench.drop("kept", "name: a\n")
    let status = try #require(Files.status("\(folder)/a.yaml"))
    let claim = bench.spool.claim(bench.newID())
    try Files.makeDirectory(claim.path)
    let mark =
      "\(status.inode) \(status.size) \(status.mtimeNanoseconds) \(status.ctimeNanoseconds)\n"
    try AtomicFile.write(Array(mark.utf8), to: "\(claim.path)/copied")
    try AtomicFile.write(Array("name: a\n".utf8), to: "\(claim.path)/drop.a.yaml")
    #expect(try bench.queue.adopt().claims.map(\.name) == ["a.yaml"])
    #expect(try Files.names(in: folder) == ["kept", "tmp"])
    // Another file of that name is another drop.
    try bench.drop("a.yaml", "name: b\n")
    #expect(try bench.queue.adopt().claims.map(\.name) == ["a.yaml"])
    #expect(try Files.names(in: folder) == ["a.yaml", "kept", "tmp"])
  }

  @Test func whatWritersLeftBehindIsSwept() throws {
    let bench = try QueueBench()
    for name in ["a.yaml", ".a.yaml.meta.json", ".gone.yaml.meta.json", ".hidden.yaml"] {
      try bench.drop(name)
    }
    for folder in [bench.spool.incomingTemporary, bench.spool.controlTemporary] {
      try AtomicFile.write([1], to: "\(folder)/half")
    }
    try AtomicFile.write([1], to: "\(bench.spool.rejected)/b.yaml.error.txt.tmp")
    #expect(try bench.queue.sweep(touchedBefore: WallClock.milliseconds - 60_000).isEmpty)
    #expect(
      try Set(bench.queue.sweep(touchedBefore: WallClock.milliseconds + 60_000)) == [
        "\(bench.spool.incoming)/.gone.yaml.meta.json", "\(bench.spool.incomingTemporary)/half",
        "\(bench.spool.controlTemporary)/half", "\(bench.spool.rejected)/b.yaml.error.txt.tmp",
      ])
    #expect(
      try bench.names(bench.spool.incoming) == [
        ".a.yaml.meta.json", ".hidden.yaml", "a.yaml", "tmp",
      ])
  }

  @Test func aFileThatIsOpenForWritingIsKnown() throws {
    let bench = try QueueBench()
    try bench.drop("a.yaml")
    let path = "\(bench.spool.incoming)/a.yaml"
    func isWritten() -> Bool {
      var writers = OpenWriters()
      return writers.include(path)
    }
    func writer() -> Int32? {
      var writers = OpenWriters()
      return writers.process(writing: path)
    }
    #expect(!isWritten())
    let reader = try OpenFile(path, O_RDONLY)
    #expect(!isWritten())
    do {
      let file = try OpenFile(path, O_WRONLY | O_APPEND)
      #expect(isWritten())
      #expect(writer() == getpid())
      withExtendedLifetime(file) {}
    }
    #expect(!isWritten())
    #expect(writer() == nil)
    withExtendedLifetime(reader) {}
  }
}
