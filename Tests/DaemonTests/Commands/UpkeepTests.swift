import Foundation
import JobModel
import LatticeDriver
import Testing

/// What `doctor`, `models verify` and `plugin list` find, and how they exit by it.
@Suite(.blocking) struct UpkeepTests {
  /// A fault made in a copy of the frozen spool, and what is said of it.
  struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    let status: Int32
    /// A finding, with its mark.
    let line: String
    let make: @Sendable (Scene) throws -> Void

    var testDescription: String { name }
  }

  static let faults = [
    Fault(name: "none", status: 0, line: "note  latticed is not running") { _ in },
    Fault(name: "journal in order", status: 0, line: "ok    the journal is whole: 15 jobs") { _ in
    },
    Fault(name: "no spool", status: 1, line: "bad   there is no spool at {spool}") {
      try FileManager.default.removeItem(atPath: $0.spool.path)
    },
    Fault(name: "model without MANIFEST", status: 1, line: "bad   the model m@1 has no MANIFEST") {
      try $0.write("spool/models/m/1/MANIFEST", "")
    },
    Fault(
      name: "broken plugin", status: 1, line: "bad   broken plugin {spool}/plugins/bad.stage.so"
    ) { try $0.write("spool/plugins/bad.stage.so", "no library") },
    Fault(
      name: "a folder that the journal lacks", status: 1,
      line: "bad   not in the journal, but in jobs/: {id:bad}"
    ) { try FrozenSpool.execute("DELETE FROM job WHERE name = 'bad'", on: $0.spool) },
    Fault(
      name: "a job without folder", status: 0,
      line: "note  in the journal, but their folders are gone: {id:bad}"
    ) { try FileManager.default.removeItem(atPath: $0.job("bad").path) },
    Fault(
      name: "no journal", status: 1, line: "bad   there is no journal, but 15 jobs have a folder"
    ) {
      for name in ["lattice.db", "lattice.db-wal", "lattice.db-shm"] {
        try? FileManager.default.removeItem(atPath: $0.path("spool/\(name)"))
      }
    },
    Fault(
      name: "a name that is no spec's", status: 0,
      line: "note  in incoming/ but not taken in: readme.txt"
    ) { try $0.write("spool/incoming/readme.txt", "") },
  ]

  @Test(arguments: faults) func theDoctorExitsByWhatItFinds(_ fault: Fault) throws {
    let scene = try Scene.make(.copy)
    try fault.make(scene)
    let output = try scene.lattice("doctor")
    #expect(output.status == fault.status, "\(output.data)")
    let lines = output.data.split(separator: "\n").map(String.init)
    #expect(lines.contains(scene.filled(fault.line)), "\(output.data)")
    #expect(lines.contains { $0.hasPrefix("bad ") } == (fault.status == 1))
    let json = try scene.lattice("doctor", "--json")
    #expect(json.status == fault.status)
    let list = try JSONSerialization.jsonObject(with: Data(json.data.utf8)) as? [[String: Any]]
    #expect(
      list?.contains { $0["verdict"] as? String == "bad" } == (fault.status == 1), "\(json.data)")
  }

  @Test func repairIsOfWhatNeedsIt() throws {
    let scene = try Scene.make(.copy)
    let whole = try scene.lattice("doctor", "--repair")
    #expect(whole.status == 0, "\(whole.data)")
    #expect(whole.data.hasPrefix("ok    the journal needs no repair\n"), "\(whole.data)")
    try Data("garbage".utf8).write(to: URL(filePath: scene.spool.database))
    for name in ["lattice.db-wal", "lattice.db-shm"] {
      try? FileManager.default.removeItem(atPath: scene.path("spool/\(name)"))
    }
    #expect(try scene.lattice("doctor").status == 1)
    let mended = try scene.lattice("doctor", "--repair")
    #expect(mended.status == 0, "\(mended.data)\(mended.talk)")
    #expect(mended.data.contains("note  the damaged journal is kept as "), "\(mended.data)")
    #expect(try scene.lattice("doctor").status == 0)
    #expect(try scene.lattice("wait", "part", "-q").status == 3)
  }

  @Test func modelsAreVerified() throws {
    let scene = try Scene.fresh()
    func verify(_ words: String...) throws -> Lattice.Output {
      try scene.start("lattice", ["models", "verify"] + words).wait()
    }
    let all = try verify()
    #expect(all.status == 1)
    #expect(all.data == "m@2: 'weights' has other content than its MANIFEST says\n")
    #expect(all.talk.contains("m@1: 1 files are as they were\n"), "\(all.talk)")
    #expect(try verify("m@1").status == 0)
    #expect(try verify("m@1").data.isEmpty)
    try Data([7, 7]).write(to: URL(filePath: scene.path("spool/models/m/1/weights")))
    let longer = try verify("m@1")
    #expect(longer.status == 1)
    #expect(longer.data == "m@1: 'weights' has 2 bytes, its MANIFEST says 1\n")
    try FileManager.default.removeItem(atPath: scene.path("spool/models/m/1/weights"))
    let missing = try verify("m@1")
    #expect(missing.status == 1 && missing.data == "m@1: 'weights' is missing\n")
    try scene.write("spool/models/m/1/MANIFEST", "")
    let empty = try verify("m@1")
    #expect(empty.status == 1 && empty.data == "m@1: has no MANIFEST, or an empty one\n")
    let unknown = try verify("m@9")
    #expect(unknown.status == 1 && unknown.data.isEmpty)
    #expect(unknown.talk.hasPrefix("error: no model 'm@9' in "), "\(unknown.talk)")
  }

  /// Only the spool's own models are removed, and only the version that is named.
  @Test func oneVersionIsRemoved() throws {
    let scene = try Scene.fresh()
    let foreign = try scene.start(
      "lattice", ["models", "rm", "other@1"], environment: ["LATTICE_MODELS": "{root}/models"]
    ).wait()
    #expect(foreign.status == 1 && scene.exists("models/other/1/weights"), "\(foreign.talk)")
    let several = try scene.lattice("models", "rm", "m")
    #expect(several.status == 1 && scene.names("spool/models/m") == ["1", "2"])
    let output = try scene.lattice("models", "rm", "m@2")
    #expect(output.status == 0 && output.talk == "removed m@2\n", "\(output.talk)")
    #expect(scene.names("spool/models/m") == ["1"])
    #expect(scene.names("spool/models").filter { $0.hasPrefix(".") }.isEmpty)
  }

  /// `models` and `plugin` alone list, and `plugins` is another name.
  @Test func listingIsTheUsualCommand() throws {
    let scene = try Scene.fresh()
    for (short, long) in [
      (["models"], ["models", "list"]), (["plugin"], ["plugin", "list"]),
      (["plugins"], ["plugin", "list"]),
    ] {
      let first = try scene.start("lattice", short).wait()
      #expect(first.status == 0 && !first.data.isEmpty)
      #expect(try scene.start("lattice", long).wait().data == first.data)
    }
  }

  @Test func theListOfJobsIsShortUnlessAllAreWanted() throws {
    let scene = try Scene.make(.frozen)
    func names(_ words: String...) throws -> [String] {
      let output = try scene.start("lattice", ["ps", "--json"] + words).wait()
      let list = try JSONSerialization.jsonObject(with: Data(output.data.utf8)) as? [[String: Any]]
      return try #require(list).compactMap { $0["name"] as? String }
    }
    let old = (1...7).map { "old-\($0)" }
    let all = ["good", "bad", "part", "crash", "gone"] + old + ["held", "runs", "waits"]
    #expect(try names("--all") == all)
    // The ten that ended last, in the order in which they came.
    #expect(try names().count == 13)
    #expect(
      try Set(names()).isSuperset(of: [
        "good", "bad", "part", "crash", "gone", "held", "runs", "waits",
      ]))
    for (state, jobs) in [
      ("queued", ["waits"]), ("running", ["runs"]), ("paused", ["held"]), ("partial", ["part"]),
      ("failed", ["bad", "crash"]), ("cancelled", ["gone"]),
    ] {
      #expect(try names("--state", state) == jobs)
      #expect(try names("--state", state, "-a") == jobs)
    }
    #expect(try names("--state", "succeeded", "--all") == ["good"] + old)
  }
}
