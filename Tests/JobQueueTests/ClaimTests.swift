import DurableFiles
import FileNames
import Foundation
import Glibc
import JobModel
import JobQueue
import Testing

@Suite struct ClaimTests {
  @Test func onlySpecsAreSeen() throws {
    let bench = try QueueBench()
    for name in ["a.yaml", "b.yml", ".c.yaml", "d.yaml~", "e.txt", "f.yaml.part", "g.yaml.tmp"] {
      try bench.drop(name)
    }
    mkdir("\(bench.spool.incoming)/folder.yaml", 0o755)
    symlink("/etc/passwd", "\(bench.spool.incoming)/link.yaml")
    mkfifo("\(bench.spool.incoming)/pipe.yaml", 0o644)
    let found = try bench.queue.scan()
    let unfit = Dictionary(uniqueKeysWithValues: found.unfit.map { ($0.name, $0.message) })
    #expect(
      Set(found.specs.compactMap(\.name.text)).subtracting(unfit.keys) == ["a.yaml", "b.yml"])
    #expect(
      unfit == [
        "folder.yaml":
          "this is a folder, a spec is a file; put the specs that are in it here, one by one",
        "link.yaml":
          "this is a symbolic link, and what it leads to could change at any time; put a copy of the file here",
        "pipe.yaml":
          "this is a pipe, a socket or a device, a spec is a file; write the spec to a file and move that here",
      ])
    #expect(found.unfit.allSatisfy { $0.code == "E165" })
    #expect(try bench.queue.claim("link.yaml", as: bench.newID()) == nil)
    #expect(try bench.names(bench.spool.incoming).contains("link.yaml"))
  }

  @Test func whatIsTooLargeIsToldApart() throws {
    let bench = try QueueBench()
    try bench.drop("big.yaml", String(repeating: "x", count: (1 << 20) + 1))
    let unfit = try #require(try bench.queue.scan().unfit.first)
    #expect(
      unfit.message
        == "the file has 1048577 bytes, a spec at most 1048576; name many files in a text file, with 'list'"
    )
    let path = try #require(try bench.queue.turnAway(unfit, text: "why", json: "[]"))
    #expect(path == "\(bench.spool.rejected)/big.yaml")
    #expect(
      try bench.names(bench.spool.rejected) == [
        "big.yaml", "big.yaml.error.json", "big.yaml.error.txt",
      ])
    #expect(try bench.queue.turnAway(unfit, text: "why", json: "[]") == nil)
  }

  /// One winner, whoever asks again.
  @Test func aDropIsClaimedOnce() throws {
    let bench = try QueueBench()
    try bench.drop("a.yaml", "name: a\n")
    let claim = try #require(try bench.queue.claim("a.yaml", as: bench.newID()))
    #expect(try bench.queue.claim("a.yaml", as: bench.newID()) == nil)
    #expect(String(decoding: claim.bytes, as: UTF8.self) == "name: a\n")
    try bench.queue.publish(claim)
    #expect(try bench.names(bench.spool.job(claim.id).path) == ["spec.yaml"])
    #expect(try bench.names(bench.spool.jobs) == [claim.id.text])
  }

  @Test func fiveThousandAreClaimedOnceEach() throws {
    let bench = try QueueBench()
    for number in 0..<5000 { try bench.drop("j\(number).yaml", "\(number)") }
    var seen: Set<String> = []
    for name in try bench.queue.scan().specs.compactMap(\.name.text) {
      let claim = try #require(try bench.queue.claim(name, as: bench.newID()))
      seen.insert(String(decoding: claim.bytes, as: UTF8.self))
    }
    #expect(seen.count == 5000)
    #expect(try bench.queue.scan().specs.isEmpty)
  }

  /// A writer that keeps its descriptor writes to a file that nobody reads any more.
  @Test func theWriterCanNotChangeTheJob() throws {
    let bench = try QueueBench()
    try bench.drop("a.yaml", "name: a\n")
    let writer = try FileHandle(forWritingTo: URL(filePath: "\(bench.spool.incoming)/a.yaml"))
    let claim = try #require(try bench.queue.claim("a.yaml", as: bench.newID()))
    try writer.write(contentsOf: Data("name: b\n".utf8))
    try bench.queue.publish(claim)
    let spec = try String(contentsOfFile: bench.spool.job(claim.id).spec, encoding: .utf8)
    #expect(spec == "name: a\n")
  }

  /// Each state that a crash can leave is taken up again with the same bytes.
  @Test func leftoversAreAdopted() throws {
    let bench = try QueueBench()
    try bench.drop("a.yaml", "name: a\n")
    let claim = try #require(try bench.queue.claim("a.yaml", as: bench.newID()))
    #expect(try bench.queue.adopt().claims.map(\.bytes) == [claim.bytes])
    try Files.removeTree(claim.folder.spec)
    #expect(try bench.queue.adopt().claims.map(\.bytes) == [claim.bytes])
    try Files.removeTree("\(claim.folder.path)/drop.a.yaml")
    try AtomicFile.write(claim.bytes, to: claim.folder.spec)
    #expect(try bench.queue.adopt().claims.map(\.id) == [claim.id])
    let empty = bench.spool.claim(bench.newID())
    try Files.makeDirectory(empty.path)
    #expect(try bench.queue.adopt().claims.map(\.id) == [claim.id])
    #expect(!Files.exists(empty.path))
  }

  /// What is no folder at all, for one: the others are adopted, and it is named.
  @Test func oneThatCanNotBeReadHoldsUpNoOther() throws {
    let bench = try QueueBench()
    try bench.drop("a.yaml", "name: a\n")
    let claim = try #require(try bench.queue.claim("a.yaml", as: bench.newID()))
    let id = bench.newID()
    try AtomicFile.write([1], to: bench.spool.claim(id).path)
    let leftovers = try bench.queue.adopt()
    #expect(leftovers.claims.map(\.id) == [claim.id])
    #expect(
      leftovers.stuck.mapValues(\.description)
        == [id: "can't list '\(bench.spool.claim(id).path)': Not a directory"])
  }

  @Test func aDropIsPutBackWithItsOrigin() throws {
    let bench = try QueueBench()
    let name = try HandIn.submit(
      Array("name: a\n".utf8), name: "a", origin: DropOrigin(base: "/data", submitter: "ann"),
      into: bench.spool)
    let claim = try #require(try bench.queue.claim(name, as: bench.newID()))
    let origin = try JSONDecoder().decode(DropOrigin.self, from: Data(try #require(claim.origin)))
    #expect(origin.base == "/data" && origin.handedInAs == name)
    try bench.queue.putBack(claim)
    #expect(try bench.queue.scan().specs.map(\.name) == [FileName(name)])
    #expect(try bench.queue.claim(name, as: bench.newID())?.origin == claim.origin)
  }

  /// What was dropped under the name meanwhile is newer than what was claimed before.
  @Test func givingBackNeverOverwritesANewerDrop() throws {
    let bench = try QueueBench()
    try bench.drop("a.yaml", "name: old\n")
    let claim = try #require(try bench.queue.claim("a.yaml", as: bench.newID()))
    try bench.drop("a.yaml", "name: new\n")
    try bench.queue.putBack(claim)
    #expect(
      try Files.read("\(bench.spool.incoming)/a.yaml") == Array("name: new\n".utf8))
    #expect(try bench.names(bench.spool.jobs).isEmpty)
  }

  @Test func rejectedSpecsKeepTheirNames() throws {
    let bench = try QueueBench()
    for _ in 0..<2 {
      try bench.drop("a.yaml")
      let claim = try #require(try bench.queue.claim("a.yaml", as: bench.newID()))
      try bench.queue.reject(claim, text: "why\n", json: "[]")
    }
    #expect(
      try bench.names(bench.spool.rejected) == [
        "a-2.yaml", "a-2.yaml.error.json", "a-2.yaml.error.txt", "a.yaml", "a.yaml.error.json",
        "a.yaml.error.txt",
      ])
    #expect(try bench.names(bench.spool.jobs).isEmpty)
  }
}
