import Foundation
import JobModel
import LatticeDriver
import Testing

/// An input that isn't what it was at planning fails its item, and says so.
@Suite(.blocking) struct InputChangeTests {
  private let daemon: Daemon
  private var images: URL { daemon.root.appending(path: "data/images") }

  init() throws {
    daemon = try Daemon()
    try TinyPictures.write(5, into: daemon.root.appending(path: "data/images"))
  }

  private func resume() throws {
    try daemon.waitUntil("the job is queued") {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: daemon.spool.jobs)) ?? []
      return names.contains { !$0.hasPrefix(".") }
    }
  }

  @Test func changedFilesFailTheirItems() throws {
    try daemon.start()
    try daemon.drop(
      "job.yaml",
      Specs.tokenize(name: "job", itemsPerShard: 5)
        + "\nhold: true\nerrors: { max_failed_items: 4 }\n")
    try resume()
    func path(_ number: Int) -> String { images.appending(path: "000\(number).png").path() }
    let size = try Data(contentsOf: URL(filePath: path(1))).count
    try TinyPictures.png(width: 20, height: 20, seed: 9).write(to: URL(filePath: path(1)))
    let new = try Data(contentsOf: URL(filePath: path(1))).count
    var times = [
      timespec(tv_sec: 1_700_000_000, tv_nsec: 0), timespec(tv_sec: 1_700_000_000, tv_nsec: 0),
    ]
    #expect(utimensat(AT_FDCWD, path(2), &times, 0) == 0)
    try FileManager.default.removeItem(atPath: path(3))
    try FileManager.default.removeItem(atPath: path(4))
    #expect(mkfifo(path(4), 0o644) == 0)
    #expect(try Lattice.run(["resume", "job", "--spool", daemon.spool.path]).status == 0)
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .partial, "\(result.message ?? "")")
    #expect(result.itemsDone == 1)
    let lines = try Data(contentsOf: URL(filePath: daemon.spool.job(result.id).failedItems))
      .split(separator: 10).map { try JSONDecoder().decode(FailedItem.self, from: $0) }
    let end = "hand the job in again to use it as it is now"
    #expect(
      lines.map(\.reason) == [
        "'\(path(1))' changed since planned: it had \(size) bytes then and has \(new) now; \(end)",
        "'\(path(2))' changed since planned: it was written to at 2023-11-14T22:13:20Z; \(end)",
        "'\(path(3))' is gone: changed since planned; \(end)",
        "'\(path(4))' is no plain file any more: changed since planned; \(end)",
      ])
    #expect(lines.allSatisfy { $0.stage == "read" })
    let names = try daemon.outputs(of: result).keys.filter { $0.hasSuffix(".png") }
    #expect(Set(names) == ["0000.png"])
  }

  /// A task has no items to leave out.
  @Test func aChangedFileFailsATask() throws {
    let plugins = daemon.root.appending(path: "plugins")
    try TroublePlugins.compile("counter", into: plugins)
    try daemon.start(["--plugins", plugins.path()])
    try daemon.drop(
      "job.yaml",
      """
      version: 1
      name: job
      hold: true
      input: { photos: { dir: images } }
      stages:
        - { id: train, use: counter.train@1, in: { file: photos }, params: { steps: 3 } }
      output: { model: counted }
      """)
    try resume()
    try TinyPictures.png(width: 20, height: 20, seed: 9).write(
      to: images.appending(path: "0003.png"))
    #expect(try Lattice.run(["resume", "job", "--spool", daemon.spool.path]).status == 0)
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .failed)
    let message = result.failedAttempts.last?.failure.message ?? ""
    #expect(message.contains("0003.png' changed since planned: it had "), "\(message)")
  }
}
