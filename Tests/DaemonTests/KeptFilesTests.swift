import DurableFiles
import Foundation
import JobModel
import LatticeDriver
import Testing

/// A job runs with the plugins and models that it was planned with, whatever becomes of the files.
@Suite(.blocking) struct KeptFilesTests {
  /// How a file is changed under a job.
  enum Change: String, CaseIterable { case inPlace, byRename, removed }

  private let daemon: Daemon
  private let plugins: URL
  private var plugin: URL { plugins.appending(path: "kept.stage.so") }

  init() throws {
    daemon = try Daemon()
    plugins = daemon.root.appending(path: "plugins")
    try FixturePlugin.compile("kept.c", to: plugins.appending(path: "kept.stage.so"))
  }

  private func start() throws { try daemon.start(["--plugins", plugins.path()]) }

  /// Items of `use`, one to a shard, as `.npy`; held at first.
  private func spec(
    _ use: String = "kept.value@1", count: Int = 2, more: String = "", isHeld: Bool = true
  ) -> String {
    """
    version: 1
    name: job
    hold: \(isHeld)
    input: { n: { count: \(count) } }
    stages:
      - { id: make, use: \(use), \(more) }
      - { id: save, use: tensor.write@1, in: { tensor: make.image }, params: { name: "{item.number}.npy" } }
    shards: { items: 1 }
    """
  }

  private func change(_ file: URL, _ change: Change, to other: URL) throws {
    switch change {
    case .inPlace: try FixturePlugin.overwrite(file, with: other)
    case .byRename: #expect(rename(other.path(), file.path()) == 0)
    case .removed: try FileManager.default.removeItem(at: file)
    }
  }

  private func waitForJob() throws -> JobID {
    try daemon.waitUntil("the job is queued") { !jobs().isEmpty }
    return try #require(jobs().first.flatMap { JobID($0) })
  }

  private func jobs() -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: daemon.spool.jobs)) ?? []).filter {
      !$0.hasPrefix(".")
    }
  }

  private func resume() throws {
    let output = try Lattice.run(["resume", "job", "--spool", daemon.spool.path])
    #expect(output.status == 0, "\(output.talk)")
  }

  /// The last value of each output.
  private func values(_ result: JobResult) throws -> Set<Float> {
    let files = try daemon.outputs(of: result)
    return Set(
      files.values.map { data in
        data.suffix(4).withUnsafeBytes { $0.loadUnaligned(as: Float.self) }
      })
  }

  @Test(arguments: Change.allCases)
  func aQueuedJobKeepsItsPlugin(_ kind: Change) throws {
    let other = daemon.root.appending(path: "other.so")
    try FixturePlugin.compile("kept.c", to: other, defining: ["VALUE=2"])
    try start()
    try daemon.drop("job.yaml", spec())
    _ = try waitForJob()
    try change(plugin, kind, to: other)
    try resume()
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .succeeded, "\(result.message ?? "")\n\(daemon.log)")
    #expect(try values(result) == [1])
  }

  @Test(arguments: Change.allCases)
  func aRunningJobKeepsItsPlugin(_ kind: Change) throws {
    let other = daemon.root.appending(path: "other.so")
    try FixturePlugin.compile("kept.c", to: other, defining: ["VALUE=2"])
    try start()
    try daemon.drop(
      "job.yaml", spec(count: 12, more: "params: { pause: 100 }", isHeld: false))
    let job = daemon.spool.job(try waitForJob())
    try daemon.waitUntil("a shard is done") { access(job.done(shard: 0), F_OK) == 0 }
    try change(plugin, kind, to: other)
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .succeeded, "\(result.message ?? "")\n\(daemon.log)")
    #expect(result.failedAttempts.isEmpty, "\(result.failedAttempts)")
    #expect(try values(result) == [1])
  }

  @Test func theNextJobTakesTheNewPlugin() throws {
    try start()
    try daemon.drop("job.yaml", spec(isHeld: false))
    _ = try daemon.waitForResults(1)
    try FixturePlugin.compile("kept.c", to: plugin, defining: ["VALUE=2"])
    try daemon.drop("job.yaml", spec(isHeld: false))
    let results = try daemon.waitForResults(2)
    #expect(Set(try results.map(values)) == [[1], [2]])
  }

  @Test(arguments: Change.allCases)
  func aJobKeepsItsModelFile(_ kind: Change) throws {
    let model = daemon.root.appending(path: "data/model.bin")
    let other = daemon.root.appending(path: "data/other.bin")
    try Data([7]).write(to: model)
    try Data([8]).write(to: other)
    try start()
    try daemon.drop("job.yaml", spec("kept.model@1", more: "model: { path: model.bin }"))
    _ = try waitForJob()
    try change(model, kind, to: other)
    try resume()
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .succeeded, "\(result.message ?? "")\n\(daemon.log)")
    #expect(try values(result) == [7])
  }

  /// A model of one file, `weights`.
  private func writeModel(_ byte: UInt8, digestOf stated: UInt8? = nil) throws -> URL {
    let folder = URL(filePath: daemon.spool.models).appending(path: "m/1")
    try? FileManager.default.removeItem(at: folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data([byte]).write(to: folder.appending(path: "weights"))
    let digest = SHA256.hexDigest(of: [stated ?? byte])
    try Data("\(digest)  1  weights\n".utf8).write(to: folder.appending(path: "MANIFEST"))
    return folder
  }

  @Test func aJobKeepsItsModelFolder() throws {
    _ = try writeModel(7)
    try start()
    try daemon.drop("job.yaml", spec("kept.model@1", more: "model: m@1"))
    _ = try waitForJob()
    _ = try writeModel(8)
    try resume()
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .succeeded, "\(result.message ?? "")\n\(daemon.log)")
    #expect(try values(result) == [7])
  }

  @Test func aModelThatIsNotWhatItsManifestSaysIsRefused() throws {
    _ = try writeModel(7, digestOf: 8)
    try start()
    try daemon.drop("job.yaml", spec("kept.model@1", more: "model: m@1"))
    let path = "\(daemon.spool.rejected)/job.yaml.error.txt"
    try daemon.waitUntil("the spec is rejected") { access(path, F_OK) == 0 }
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let found = SHA256.hexDigest(of: [7])
    #expect(
      text.contains(
        "the model 'm@1' can't be used: 'weights' has sha256 \(found), which is not what its MANIFEST says; copy or import the model again, whole"
      ), "\(text)")
  }

  @Test func aManifestThatLeadsElsewhereIsRefused() throws {
    let folder = try writeModel(7)
    try Data("\(SHA256.hexDigest(of: [UInt8](0..<1)))  1  ../../secret\n".utf8).write(
      to: folder.appending(path: "MANIFEST"))
    try start()
    try daemon.drop("job.yaml", spec("kept.model@1", more: "model: m@1"))
    let path = "\(daemon.spool.rejected)/job.yaml.error.txt"
    try daemon.waitUntil("the spec is rejected") { access(path, F_OK) == 0 }
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(
      text.contains("its MANIFEST names '../../secret', which is not below its folder"), "\(text)")
  }

  /// Hands a job in where nothing can be kept, and gives its model once it is planned.
  private func planWithAModelThatIsNotKept() throws -> URL {
    let model = daemon.root.appending(path: "data/model.bin")
    try Data([7]).write(to: model)
    try start()
    try? FileManager.default.removeItem(atPath: daemon.spool.kept)
    try Data().write(to: URL(filePath: daemon.spool.kept))
    try daemon.drop("job.yaml", spec("kept.model@1", more: "model: { path: model.bin }"))
    _ = try waitForJob()
    return model
  }

  /// Where nothing can be kept the worker looks whether it is still the same.
  @Test func whatCouldNotBeKeptIsLookedAt() throws {
    let model = try planWithAModelThatIsNotKept()
    try Data([8]).write(to: model)
    try resume()
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .failed)
    let (seven, eight) = (SHA256.hexDigest(of: [7]), SHA256.hexDigest(of: [8]))
    #expect(
      result.failedAttempts.last?.failure.message
        == "the model '\(model.path())' is not what the job was planned with, and no copy of that was kept: '\(model.path())' has sha256 \(eight) and had \(seven); put it back and say 'lattice retry', or hand the job in again to use what is there now"
    )
    // Back again, it is what the job was planned with.
    try Data([7]).write(to: model)
    let retry = try Lattice.run(["retry", "job", "--spool", daemon.spool.path])
    #expect(retry.status == 0, "\(retry.talk)")
    try daemon.waitUntil("it succeeds") { daemon.results().first?.state == .succeeded }
    #expect(try values(try #require(daemon.results().first)) == [7])
  }

  /// A model that anybody may write to is copied however large it is, as long as there is room.
  @Test func aLargeModelIsKeptThoughItIsOverwritten() throws {
    let model = daemon.root.appending(path: "data/model.bin")
    try Data([7]).write(to: model)
    #expect(truncate(model.path(), 256 << 20) == 0)
    try start()
    try daemon.drop("job.yaml", spec("kept.model@1", more: "model: { path: model.bin }"))
    _ = try waitForJob()
    let file = try FileHandle(forWritingTo: model)
    try file.write(contentsOf: Data([8]))
    try file.close()
    try resume()
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .succeeded, "\(result.message ?? "")\n\(daemon.log)")
    #expect(try values(result) == [7])
  }

  @Test func aPluginThatCouldNotBeKeptIsLookedAt() throws {
    try start()
    try? FileManager.default.removeItem(atPath: daemon.spool.kept)
    try Data().write(to: URL(filePath: daemon.spool.kept))
    try daemon.drop("job.yaml", spec())
    _ = try waitForJob()
    try FixturePlugin.compile("kept.c", to: plugin, defining: ["VALUE=2"])
    try resume()
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .failed)
    let message = result.failedAttempts.last?.failure.message ?? ""
    #expect(
      message.hasPrefix(
        "the plugin '\(plugin.path())' is not what the job was planned with, and no copy of that was kept: '\(plugin.path())' has sha256 "
      ), "\(message)")
  }

  /// What is gone says so.
  @Test func aModelThatIsGoneAndWasNotKeptSaysSo() throws {
    let model = try planWithAModelThatIsNotKept()
    try FileManager.default.removeItem(at: model)
    try resume()
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(
      result.message
        == "shard 0: stage 'make': the model '\(model.path())' is not what the job was planned with, and no copy of that was kept: '\(model.path())' is gone; put it back and say 'lattice retry', or hand the job in again to use what is there now"
    )
  }

  @Test func aDamagedCopyGivesWayToTheOriginal() throws {
    try start()
    try daemon.drop("job.yaml", spec())
    let job = daemon.spool.job(try waitForJob())
    let plan = try JSONDecoder().decode(
      JobPlan.self, from: Data(contentsOf: URL(filePath: job.plan)))
    let kept = try #require(plan.stages.first?.kept)
    let copy = URL(filePath: "\(KeptEntry(kept.entry).content)/\(kept.name ?? "")")
    chmod(copy.path(), 0o644)
    try Data("no library".utf8).write(to: copy)
    try resume()
    let result = try #require(try daemon.waitForResults(1).first)
    #expect(result.state == .succeeded, "\(result.message ?? "")")
    // The next job gets a good copy again.
    try daemon.drop("job.yaml", spec(isHeld: false))
    let results = try daemon.waitForResults(2)
    #expect(results.allSatisfy { $0.state == .succeeded })
    #expect(try KeptEntry(kept.entry).firstWrong() == nil)
  }

  @Test func whatNoJobNeedsGoes() throws {
    try start()
    try daemon.drop("job.yaml", spec(isHeld: false))
    _ = try daemon.waitForResults(1)
    func kept() throws -> [String] {
      try Files.names(in: daemon.spool.kept).filter { $0 != "lock" }
    }
    #expect(try kept().count == 2)
    #expect(DigestStore(path: daemon.spool.kept).sweep() == 0)
    try daemon.waitUntil("the job may be removed") {
      let output = try? Lattice.run(["gc", "--older", "0s", "--spool", daemon.spool.path])
      return output?.data.hasPrefix("removed 1 job") == true
    }
    #expect(try kept() == [])
  }

  /// Without a daemon: an interrupted run goes on with the plugin that it began with.
  @Test(arguments: Change.allCases)
  func anInterruptedRunKeepsItsPlugin(_ kind: Change) throws {
    let other = daemon.root.appending(path: "other.so")
    try FixturePlugin.compile("kept.c", to: other, defining: ["VALUE=2"])
    try Data(spec(count: 8, more: "params: { pause: 150 }", isHeld: false).utf8).write(
      to: daemon.root.appending(path: "job.yaml"))
    let arguments = ["run", "job.yaml", "--plugins", "plugins", "--quiet", "--slots", "1"]
    let run = try Interrupted(arguments, in: daemon.root)
    try run.stop { access(daemon.root.appending(path: "job/000000.npy").path(), F_OK) == 0 }
    #expect(run.status == 4)
    try change(plugin, kind, to: other)
    let output = try Lattice.run(arguments, in: daemon.root)
    // A source that is gone can't be described, but what was planned is done.
    #expect(output.status == 0, "\(output.talk)")
    for number in 0..<8 {
      let data = try Data(contentsOf: daemon.root.appending(path: "job/00000\(number).npy"))
      #expect(data.suffix(4).withUnsafeBytes { $0.loadUnaligned(as: Float.self) } == 1)
    }
  }
}
