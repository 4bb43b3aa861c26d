import DurableFiles
import Foundation
import JobModel
import LatticeDriver
import Testing

/// A folder in which a command is tried: with data, plugins, a spool.
final class Scene: Sendable {
  /// What is there.
  enum Kind: Sendable {
    /// Data, plugins and models; the spool has models and a plugin, and no daemon has been there.
    case fresh
    /// The spool with a job in each state, whose daemon is gone; to be looked at only.
    case frozen
    /// A copy of that, to be changed.
    case copy
    /// A copy with ended jobs alone; to be looked at only.
    case ended
    /// A spool that a daemon serves, shared by all; each job needs a name of its own.
    case live
  }

  let root: URL
  private let isOwn: Bool
  /// Ids of the spool's jobs by name.
  let jobs: [String: JobID]

  /// - Parameters:
  ///   - root: The folder.
  ///   - isOwn: Whether it goes with this object.
  ///   - jobs: Ids by name.
  init(root: URL, isOwn: Bool, jobs: [String: JobID] = [:]) {
    self.root = root
    self.isOwn = isOwn
    self.jobs = jobs
  }

  deinit { if isOwn { try? FileManager.default.removeItem(at: root) } }

  /// Sets up what is asked for.
  static func make(_ kind: Kind) throws -> Scene {
    switch kind {
    case .fresh: try fresh()
    case .frozen: try FrozenSpool.shared.get().scene
    case .copy: try FrozenSpool.shared.get().copy()
    case .ended: try FrozenSpool.ended.get()
    case .live: try LiveSpool.shared.get().scene
    }
  }

  /// A folder of its own, with what `fill` puts there.
  static func fresh() throws -> Scene {
    let root = FileManager.default.temporaryDirectory.appending(
      path: "lattice-\(UUID().uuidString)")
    let scene = Scene(root: root, isOwn: true)
    try scene.fill()
    return scene
  }

  var spool: SpoolFolder { SpoolFolder(path: path("spool")) }

  func path(_ name: String) -> String { root.appending(path: name).path() }

  func exists(_ name: String) -> Bool { access(path(name), F_OK) == 0 }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }

  func names(_ name: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path(name))) ?? []).sorted()
  }

  func write(_ name: String, _ text: String) throws {
    let url = root.appending(path: name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  /// The folder of a job of the spool.
  func job(_ name: String) throws -> JobFolder { spool.job(try #require(jobs[name])) }

  /// What was asked of jobs through `control/`.
  func requests() throws -> [ControlRequest] {
    try names("spool/control").filter { $0.hasSuffix(".json") }.map {
      try JSONDecoder().decode(
        ControlRequest.self, from: Data(contentsOf: root.appending(path: "spool/control/\($0)")))
    }
  }

  /// Places in arguments: `{root}`, `{spool}`, and ids of jobs, as `{id:good}`.
  func filled(_ text: String) -> String {
    jobs.reduce(
      text.replacing("{root}", with: root.path()).replacing("{spool}", with: spool.path)
    ) { $0.replacing("{id:\($1.key)}", with: $1.value.text) }
  }

  /// Starts a program here, whose usual spool is the scene's.
  func start(
    _ program: String, _ arguments: [String], environment: [String: String] = [:],
    input: String = ""
  ) throws -> BuiltProgram {
    let usual = ["LATTICE_SPOOL": spool.path]
    return try BuiltProgram(
      program, arguments.map(filled), in: root,
      environment: usual.merging(environment.mapValues(filled)) { $1 }, input: input)
  }

  /// Runs `lattice` to its end.
  func lattice(_ arguments: String...) throws -> Lattice.Output {
    try start("lattice", arguments).wait()
  }
}

extension Scene {
  /// Specs, data and pictures; plugins in `plugins/`, one of them in the spool, too; models.
  func fill() throws {
    try write("data/bad.npy", "no tensor")
    try Specs.tinyTensor.write(to: root.appending(path: "data/in.npy"))
    try TinyPictures.write(2, into: root.appending(path: "images"))
    try FixtureLibrary.link(
      ["kept", "trouble", "counter", "meets", "invert", "harm"], into: path("plugins"))
    try FixtureLibrary.link(["kept"], into: path("spool/plugins"))
    try writeModel("spool/models/m/1", says: 7, holds: 7)
    try writeModel("spool/models/m/2", says: 7, holds: 8)
    try writeModel("models/other/1", says: 9, holds: 9)
    try write("good.yaml", Specs.tiny(name: "good").replacing("in.npy", with: "data/in.npy"))
    try write("bad.yaml", Specs.tiny(name: "bad").replacing("in.npy", with: "data/bad.npy"))
    try write("part.yaml", Self.partial)
    try write("kept.yaml", Self.kept(name: "kept"))
    try write("slow.yaml", Self.kept(name: "slow", count: 4, more: "params: { pause: 60000 }"))
    try write("meets.yaml", Self.meets(name: "meets", folder: path("met")))
    try FileManager.default.createDirectory(atPath: path("met"), withIntermediateDirectories: true)
    try write("faulty.yaml", Specs.tiny(name: "faulty").replacing("params", with: "parms"))
  }

  /// Two items, of which one fails and may.
  private static let partial =
    Specs.tiny(name: "part").replacing("[in.npy]", with: "[data/in.npy, data/bad.npy]")
    + "\nerrors: { max_failed_items: 1 }\n"

  /// Items of `kept.value`, one to a shard.
  static func kept(name: String, count: Int = 2, more: String = "", tail: String = "") -> String {
    """
    version: 1
    name: \(name)
    input: { n: { count: \(count) } }
    stages:
      - { id: make, use: kept.value@1, \(more) }
      - { id: save, use: tensor.write@1, in: { tensor: make.image }, params: { name: "{item.number}.npy" } }
    shards: { items: 1 }
    \(tail)
    """
  }

  /// Two shards that go on once both run.
  static func meets(name: String, folder: String) -> String {
    kept(name: name).replacing("kept.value@1, ", with: "meets.all@1, params: { folder: \(folder) }")
  }

  /// A model of one file, whose MANIFEST is right when both bytes are equal.
  private func writeModel(_ name: String, says: UInt8, holds: UInt8) throws {
    let folder = root.appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data([holds]).write(to: folder.appending(path: "weights"))
    try write("\(name)/MANIFEST", "\(SHA256.hexDigest(of: [says]))  1  weights\n")
  }
}
