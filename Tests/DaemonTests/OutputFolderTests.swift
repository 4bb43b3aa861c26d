import Foundation
import JobModel
import LatticeDriver
import Testing

/// Results go where the plan said, or nowhere.
@Suite(.blocking) struct OutputFolderTests {
  private let daemon: Daemon
  private var results: URL { daemon.root.appending(path: "results") }
  private var victim: URL { daemon.root.appending(path: "victim") }

  init() throws {
    daemon = try Daemon()
    for folder in ["results", "victim", "data/images"] {
      try FileManager.default.createDirectory(
        at: daemon.root.appending(path: folder), withIntermediateDirectories: true)
    }
    try TinyPictures.write(3, into: daemon.root.appending(path: "data/images"))
  }

  /// A daemon that lets results go below `results`.
  private func start() throws {
    let configuration = daemon.root.appending(path: "latticed.json")
    try Data(#"{"allowedOutputs": ["\#(results.path())"]}"#.utf8).write(to: configuration)
    try daemon.start(["--config", configuration.path()])
  }

  private func spec(
    _ directory: String, name: String = "{item.stem}.png", more: String = ""
  ) -> String {
    """
    version: 1
    name: job
    input: { photos: { dir: images } }
    stages:
      - { id: read, use: image.read@1, in: { file: photos }, params: { size: 16 } }
      - { id: save, use: image.write@1, in: { image: read.image }, params: { name: "\(name)" } }
    output: { dir: \(directory)\(more) }
    """
  }

  private func names(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()
  }

  /// Plans the job, does something to its folder, and lets it go on.
  private func result(_ directory: String, after change: () throws -> Void) throws -> JobResult {
    try start()
    try daemon.drop("job.yaml", spec("\(results.path())/\(directory)") + "\nhold: true\n")
    try daemon.waitUntil("the job is queued") {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: daemon.spool.jobs)) ?? []
      return names.contains { !$0.hasPrefix(".") }
    }
    try change()
    let output = try Lattice.run(["resume", "job", "--spool", daemon.spool.path])
    #expect(output.status == 0, "\(output.talk)")
    return try #require(try daemon.waitForResults(1).first)
  }

  private func sentence(_ folder: String, _ what: String) -> String {
    """
    results can't go to '\(results.path())/\(folder)', which is not the folder that it was when the job was planned: \
    \(what); put the folder back and say 'lattice retry', or hand the job in again
    """
  }

  @Test func theFolderIsMadeAtPlanning() throws {
    var before: [String]?
    let result = try result("a/b") { before = try names(results.appending(path: "a/b")) }
    #expect(before == [])
    #expect(result.state == .succeeded, "\(result.message ?? "")")
    #expect(try names(results.appending(path: "a/b")) == ["0000.png", "0001.png", "0002.png"])
  }

  @Test func aLinkInItsPlaceStopsTheJob() throws {
    let folder = results.appending(path: "a")
    let result = try result("a") {
      try FileManager.default.removeItem(at: folder)
      try FileManager.default.createSymbolicLink(at: folder, withDestinationURL: victim)
    }
    #expect(result.state == .failed)
    #expect(
      result.failedAttempts.last?.failure.message
        == sentence("a", "a symbolic link has taken its place"))
    #expect(try names(victim) == [])
  }

  @Test func aLinkAboveItStopsTheJob() throws {
    try FileManager.default.createDirectory(
      at: victim.appending(path: "b"), withIntermediateDirectories: true)
    let result = try result("a/b") {
      try FileManager.default.removeItem(at: results.appending(path: "a"))
      try FileManager.default.createSymbolicLink(
        at: results.appending(path: "a"), withDestinationURL: victim)
    }
    #expect(result.state == .failed)
    #expect(
      result.failedAttempts.last?.failure.message
        == sentence("a/b", "a symbolic link has taken its place"))
    #expect(try names(victim.appending(path: "b")) == [])
  }

  @Test func anotherFolderInItsPlaceStopsTheJob() throws {
    let result = try result("a") {
      try FileManager.default.moveItem(
        at: results.appending(path: "a"), to: results.appending(path: "elsewhere"))
      try FileManager.default.createDirectory(
        at: results.appending(path: "a"), withIntermediateDirectories: true)
    }
    #expect(result.state == .failed)
    #expect(
      result.failedAttempts.last?.failure.message
        == sentence("a", "another folder has taken its place"))
    #expect(try names(results.appending(path: "a")) == [])
  }

  @Test func aFolderThatIsGoneStopsTheJob() throws {
    let result = try result("a") {
      try FileManager.default.removeItem(at: results.appending(path: "a"))
    }
    #expect(result.state == .failed)
    #expect(result.failedAttempts.last?.failure.message == sentence("a", "it is gone"))
  }

  @Test func aLinkedFolderMayBeNamedAsLongAsItStays() throws {
    try FileManager.default.createDirectory(
      at: results.appending(path: "real"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: results.appending(path: "a"), withDestinationURL: results.appending(path: "real"))
    let result = try result("a") {}
    #expect(result.state == .succeeded, "\(result.message ?? "")")
    #expect(try names(results.appending(path: "real")).count == 3)
  }

  /// Between attempts, without a daemon.
  @Test func aRunStopsAtALink() throws {
    let folder = daemon.root.appending(path: "data")
    try TinyPictures.write(40, into: folder.appending(path: "images"))
    let text =
      spec("out")
      + "\nshards: { items: 1 }\nlimits: { cpus: 1 }\n"
    try Data(text.utf8).write(to: folder.appending(path: "job.yaml"))
    let arguments = ["run", "job.yaml", "--slots", "1", "--quiet"]
    let run = try Interrupted(arguments, in: folder)
    try run.stop { access(folder.appending(path: "out/0000.png").path(), F_OK) == 0 }
    #expect(run.status == 4)
    let out = folder.appending(path: "out")
    try FileManager.default.moveItem(at: out, to: folder.appending(path: "old"))
    try FileManager.default.createSymbolicLink(at: out, withDestinationURL: victim)
    let again = try Lattice.run(arguments, in: folder)
    #expect(again.status == 1)
    #expect(
      again.talk.contains("it is a symbolic link to another folder now; put the folder back"),
      "\(again.talk)")
    #expect(try names(victim) == [])
  }

  @Test func aFolderThatMayNotBeWrittenIsSaidAtPlanning() throws {
    // The folder of a service that runs as another user.
    let base = daemon.root.appending(path: "theirs")
    try FileManager.default.createDirectory(at: base, withIntermediateDirectories: true)
    chmod(base.path(), 0o755)
    chmod(daemon.root.path(), 0o755)
    let work = daemon.root.appending(path: "work")
    try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
    chmod(work.path(), 0o777)
    try Data(spec("\(base.path())/out").utf8).write(
      to: daemon.root.appending(path: "data/job.yaml"))
    let output = try Unprivileged.lattice(
      ["run", "data/job.yaml", "--work", "work/job", "--quiet"], in: daemon.root)
    #expect(output.status == 2, "\(output.talk)")
    #expect(
      output.talk.contains(
        "error[E149]: results can't go to '\(base.path())/out': can't make folder '\(base.path())/out': Permission denied"
      ), "\(output.talk)")
  }

  @Test(arguments: [("077", 0o600, 0o700), ("027", 0o640, 0o750), ("002", 0o664, 0o775)])
  func theUmaskIsRespected(_ mask: String, _ file: Int, _ folder: Int) throws {
    let data = daemon.root.appending(path: "data")
    try Data(spec("out", name: "deep/{item.stem}.png").utf8).write(
      to: data.appending(path: "job.yaml"))
    let program = Lattice.products.appending(path: "lattice").path()
    let output = try Shell.run(
      "umask \(mask); exec '\(program)' run job.yaml --quiet", in: data)
    #expect(output.status == 0, "\(output.text)")
    func mode(_ name: String) throws -> Int? {
      let attributes = try FileManager.default.attributesOfItem(
        atPath: data.appending(path: name).path())
      return attributes[.posixPermissions] as? Int
    }
    #expect(try mode("out/deep/0000.png") == file)
    #expect(try mode("out/deep") == folder)
    #expect(try mode("out") == folder)
  }

  /// On another disk files are copied under a hidden name and then get theirs.
  @Test func resultsMayBeOnAnotherDisk() throws {
    let other = URL(filePath: "/dev/shm/lattice-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: other) }
    let data = daemon.root.appending(path: "data")
    func run(_ more: String = "") throws -> Lattice.Output {
      try Data(spec("\(other.path())", name: "deep/{item.stem}.png", more: more).utf8).write(
        to: data.appending(path: "job.yaml"))
      return try Lattice.run(["run", "job.yaml", "--quiet"], in: data)
    }
    #expect(try run().status == 0)
    #expect(try names(other) == ["deep"])
    let deep = other.appending(path: "deep")
    #expect(try names(deep) == ["0000.png", "0001.png", "0002.png"])
    try Data("mine".utf8).write(to: deep.appending(path: "0001.png"))
    #expect(try run().status == 2)
    #expect(try run(", exists: skip").status == 0)
    #expect(try Data(contentsOf: deep.appending(path: "0001.png")) == Data("mine".utf8))
    #expect(try run(", exists: replace").status == 0)
    #expect(try Data(contentsOf: deep.appending(path: "0001.png")) != Data("mine".utf8))
    #expect(try names(other) == ["deep"])
  }
}
