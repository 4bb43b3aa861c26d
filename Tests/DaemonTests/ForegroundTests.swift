import Foundation
import JobModel
import LatticeDriver
import Testing

/// Where `lattice run` puts its results.
@Suite(.blocking) struct ForegroundTests {
  private let folder: URL
  private let daemon: Daemon

  init() throws {
    daemon = try Daemon()
    folder = daemon.root
    try TinyPictures.write(3, into: folder.appending(path: "photos"))
    try FixturePlugin.compile(
      "kept.c", to: folder.appending(path: "plugins/kept.stage.so"))
  }

  private func names(_ name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: name).path())
      .sorted()
  }

  private func write(_ text: String) throws {
    try Data(text.utf8).write(to: folder.appending(path: "job.yaml"))
  }

  private func slow(pause: Int) -> String {
    """
    version: 1
    name: job
    input: { n: { count: 4 } }
    stages:
      - { id: make, use: kept.value@1, params: { pause: \(pause) } }
      - { id: save, use: tensor.write@1, in: { tensor: make.image }, params: { name: "{item.number}.npy" } }
    shards: { items: 1 }
    """
  }

  private func arguments(_ out: String) -> [String] {
    ["run", "job.yaml", "--plugins", "plugins", "--slots", "1", "--out", out]
  }

  private static let all = ["000000.npy", "000001.npy", "000002.npy", "000003.npy"]

  @Test func anInterruptedRunThatPublishedNothingGoesToTheNewFolder() throws {
    try write(slow(pause: 400))
    let run = try Interrupted(arguments("old"), in: folder)
    let logs = folder.appending(path: ".lattice/job/jobs")
    try run.stop {
      let job = try? FileManager.default.contentsOfDirectory(atPath: logs.path()).first
      return job.map {
        access(logs.appending(path: "\($0)/logs/shard-0000/attempt-1/make.jsonl").path(), F_OK) == 0
      } ?? false
    }
    #expect(run.status == 4)
    let again = try Lattice.run(arguments("new"), in: folder)
    #expect(again.status == 0, "\(again.talk)")
    #expect(try names("new") == Self.all)
    #expect(try names("old") == [])
    #expect(try names(".lattice/job/jobs").count == 1)
    #expect(
      again.talk.contains("results  \(folder.appending(path: "new").path())"), "\(again.talk)")
  }

  @Test func anInterruptedRunThatPublishedBeginsAnewInAnotherFolder() throws {
    try write(slow(pause: 200))
    let run = try Interrupted(arguments("old"), in: folder)
    try run.stop { access(folder.appending(path: "old/000000.npy").path(), F_OK) == 0 }
    #expect(run.status == 4)
    let left = try names("old")
    let again = try Lattice.run(arguments("new"), in: folder)
    #expect(again.status == 0, "\(again.talk)")
    #expect(try names("new") == Self.all)
    #expect(try names("old") == left)
    let (old, new) = (folder.appending(path: "old").path(), folder.appending(path: "new").path())
    #expect(
      again.talk.contains(
        "an interrupted run left results in '\(old)'; this one begins anew in '\(new)'"),
      "\(again.talk)")
    // The same command as before still goes on where it was.
    #expect(try Lattice.run(arguments("old"), in: folder).status == 0)
    #expect(try names("old") == Self.all)
    #expect(try names(".lattice/job/jobs").count == 2)
  }

  private func copy(_ input: String) -> String {
    """
    version: 1
    name: photos
    input: { pictures: \(input) }
    stages:
      - { id: read, use: image.read@1, in: { file: pictures }, params: { size: 8 } }
      - { id: save, use: image.write@1, in: { image: read.image }, params: { name: "{item.stem}-small.png" } }
    """
  }

  @Test(arguments: [
    "{ dir: photos }", "{ dir: ./photos/ }", "{ files: [photos/0000.png, photos/0001.png] }",
    "{ list: photos/list.txt }",
  ])
  func aSpecNamedLikeItsInputDoesNotWriteIntoIt(_ input: String) throws {
    try Data("0000.png\n0002.png\n".utf8).write(to: folder.appending(path: "photos/list.txt"))
    try write(copy(input))
    let before = try names("photos")
    let output = try Lattice.run(["run", "job.yaml"], in: folder)
    #expect(output.status == 0, "\(output.talk)")
    #expect(try names("photos") == before)
    #expect(try names("photos-results").contains("0000-small.png"))
    #expect(
      output.talk.contains("results  \(folder.appending(path: "photos-results").path())"),
      "\(output.talk)")
  }

  @Test func anotherSpecGoesToAFolderOfItsName() throws {
    try write(copy("{ dir: photos }").replacing("name: photos", with: "name: small"))
    let output = try Lattice.run(["run", "job.yaml", "--quiet"], in: folder)
    #expect(output.status == 0, "\(output.talk)")
    #expect(try names("small").count == 3)
  }
}
