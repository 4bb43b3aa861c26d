import Foundation
import JobModel
import LatticeDriver
import Testing

/// `cancel`, `pause`, `resume`, `retry` and `priority` at a daemon that runs.
@Suite(.blocking) struct RequestTests {
  private let scene: Scene

  init() throws { scene = try Scene.make(.live) }

  private func name(_ word: String) -> String { "\(word)-\(UUID().uuidString.lowercased())" }

  /// Hands a spec in, and gives the id of its job.
  private func submit(_ name: String, _ text: String) throws -> String {
    try scene.write("\(name).yaml", text)
    let output = try scene.lattice("submit", "\(name).yaml", "--plugins", "plugins")
    let id = output.data.trimmingCharacters(in: .newlines)
    try #require(JobID(id) != nil, "\(output.talk)")
    return id
  }

  private func job(_ id: String) throws -> [String: Any] {
    let output = try scene.lattice("show", id, "--json")
    let details = try JSONSerialization.jsonObject(with: Data(output.data.utf8)) as? [String: Any]
    return try #require(details?["job"] as? [String: Any], "\(output.talk)")
  }

  private func state(_ id: String) throws -> String? { try job(id)["state"] as? String }

  private func waitUntil(_ what: String, _ condition: () throws -> Bool) throws {
    let end = ContinuousClock.now + .seconds(120)
    while try !condition() {
      try #require(ContinuousClock.now < end, "not within two minutes: \(what)")
      usleep(10_000)
    }
  }

  private func logs(_ id: String) -> [String] {
    let folder = "spool/jobs/\(id)/logs"
    return scene.names(folder).flatMap { shard in
      scene.names("\(folder)/\(shard)").map { "\(shard)/\($0)" }
    }
  }

  @Test func aRunningJobIsPausedAndGoesOn() throws {
    let name = name("pause")
    let folder = scene.path("met-\(name)")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let id = try submit(
      name,
      Scene.kept(name: name, count: 3, more: "params: { pause: 400 }", tail: "limits: { cpus: 4 }"))
    try waitUntil("it runs") { try state(id) == "running" }
    let pause = try scene.lattice("pause", name)
    #expect(pause.status == 0, "\(pause.talk)")
    #expect(pause.talk == "'\(name)' (\(id)) is paused\n")
    #expect(pause.data.isEmpty)
    #expect(try state(id) == "paused")
    let again = try scene.lattice("pause", id)
    #expect(again.status == 0 && again.talk == "'\(name)' (\(id)) is paused\n", "\(again.talk)")
    let resume = try scene.lattice("resume", String(id))
    #expect(resume.status == 0 && resume.talk == "'\(name)' (\(id)) goes on\n", "\(resume.talk)")
    #expect(try scene.lattice("wait", id, "-q").status == 0)
  }

  @Test func severalJobsAreCancelledInOneGo() throws {
    let names = [name("cancel"), name("cancel")]
    let ids = try names.map {
      try submit(
        $0,
        Specs.tiny(name: $0).replacing("in.npy", with: scene.path("data/in.npy")) + "\nhold: true\n"
      )
    }
    let output = try scene.start("lattice", ["cancel"] + ids).wait()
    #expect(output.status == 0)
    #expect(
      output.talk == zip(names, ids).map { "'\($0)' (\($1)) is cancelled\n" }.joined(),
      "\(output.talk)")
    for id in ids {
      #expect(try state(id) == "cancelled")
      #expect(try scene.lattice("wait", id, "-q").status == 4)
    }
    // The second can't be, so the third isn't asked.
    let third = try submit(
      name("cancel"),
      Specs.tiny(name: name("cancel")).replacing("in.npy", with: scene.path("data/in.npy"))
        + "\nhold: true\n")
    let refused = try scene.lattice("cancel", ids[0], third)
    #expect(refused.status == 1)
    #expect(try state(third) == "paused")
  }

  /// Without `--everything` only the shard with a failed item is done again.
  @Test func aRetryIsOfWhatFailed() throws {
    let name = name("retry")
    try scene.write("data/\(name).npy", "no tensor")
    let id = try submit(
      name,
      Specs.tiny(name: name).replacing(
        "[in.npy]", with: "[\(scene.path("data/in.npy")), \(scene.path("data/\(name).npy"))]")
        + "\nshards: { items: 1 }\nerrors: { max_failed_items: 1 }\n")
    #expect(try scene.lattice("wait", id, "-q").status == 3)
    #expect(logs(id) == ["shard-0000/attempt-1", "shard-0001/attempt-1"])
    let retry = try scene.lattice("retry", name)
    #expect(
      retry.status == 0 && retry.talk == "'\(name)' (\(id)) is queued again\n", "\(retry.talk)")
    #expect(try scene.lattice("wait", id, "-q").status == 3)
    #expect(logs(id) == ["shard-0000/attempt-1", "shard-0001/attempt-1", "shard-0001/attempt-2"])
    let all = try scene.lattice("retry", id, "--everything")
    #expect(all.status == 0 && all.talk == "'\(name)' (\(id)) is queued again\n", "\(all.talk)")
    #expect(try scene.lattice("wait", id, "-q").status == 3)
    #expect(logs(id).filter { $0.hasPrefix("shard-0000/") }.count == 2)
  }

  @Test(arguments: [-1000, 0, 1000]) func aPriorityIsSet(_ priority: Int) throws {
    let name = name("priority")
    let id = try submit(
      name,
      Specs.tiny(name: name).replacing("in.npy", with: scene.path("data/in.npy")) + "\nhold: true\n"
    )
    let output = try scene.lattice("priority", "--", "\(priority)", name)
    #expect(output.status == 0, "\(output.talk)")
    #expect(output.talk == "'\(name)' (\(id)) gets its new priority\n")
    #expect(try job(id)["priority"] as? Int == priority)
    #expect(try scene.lattice("cancel", id).status == 0)
  }

  /// Of two that wait for slots the one with the higher priority starts first.
  @Test func higherGoesFirst() throws {
    let scene = try Scene.make(.copy)
    for (job, priority) in [("held", "5"), ("waits", "9")] {
      #expect(try scene.lattice("priority", priority, job).status == 0)
    }
    #expect(Set(try scene.requests().map(\.action)) == [.setPriority(5), .setPriority(9)])
  }
}

/// Specs that are handed in, or not.
@Suite(.blocking) struct HandInTests {
  /// One faulty spec among good ones, and nothing is handed in.
  @Test(arguments: [
    ["faulty.yaml"], ["good.yaml", "faulty.yaml"], ["faulty.yaml", "good.yaml"],
    ["good.yaml", "faulty.yaml", "--wait"], ["good.yaml", "faulty.yaml", "--json"],
  ])
  func aFaultySpecHandsNothingIn(_ words: [String]) throws {
    let scene = try Scene.make(.copy)
    let before = scene.names("spool/rejected")
    let output = try scene.start("lattice", ["submit"] + words).wait()
    #expect(output.status == 2)
    #expect(output.data.isEmpty, "\(output.data)")
    #expect(output.talk.contains("faulty.yaml:5:"), "\(output.talk)")
    #expect(output.talk.hasSuffix(": not handed in.\n"), "\(output.talk)")
    #expect(scene.names("spool/incoming") == ["tmp"])
    #expect(scene.names("spool/incoming/tmp").isEmpty)
    #expect(scene.names("spool/rejected") == before)
  }

  /// A warning is told and keeps nothing back.
  @Test func aGoodSpecWaitsForTheDaemon() throws {
    let scene = try Scene.make(.copy)
    let output = try scene.lattice("submit", "good.yaml", "bad.yaml")
    #expect(output.status == 0 && output.data.isEmpty, "\(output.talk)")
    let files = scene.names("spool/incoming").filter { $0.hasSuffix(".yaml") }
    #expect(files.count == 2)
    #expect(
      output.talk
        == files.reversed().map { file in
          "'\(file.prefix { $0 != "-" }).yaml' waits as incoming/\(file)\n"
        }.joined(), "\(output.talk)")
  }

  @Test func aSpecComesFromStandardInput() throws {
    let scene = try Scene.make(.copy)
    let text = try scene.text("good.yaml")
    let check = try scene.start("lattice", ["check", "-"], input: text).wait()
    #expect(check.status == 0 && check.talk == "-: good: 1 items, 2 stages, 1 shards\n")
    let submit = try scene.start("lattice", ["submit", "-"], input: text).wait()
    #expect(
      submit.status == 0 && submit.talk.hasPrefix("'-' waits as incoming/stdin-"), "\(submit.talk)")
    let run = try scene.start("lattice", ["run", "-", "-q"], input: text).wait()
    #expect(run.status == 0 && scene.names("good") == ["in.npy"], "\(run.talk)")
  }

  /// Of jobs that were handed in and waited for together, the worst counts.
  @Test(arguments: [
    (["good"], 0), (["good", "part"], 3), (["part", "bad", "good"], 1), (["bad", "part"], 1),
  ])
  func waitingForThemExitsByTheWorst(_ names: [String], _ status: Int) throws {
    let scene = try Scene.make(.live)
    let mark = UUID().uuidString.lowercased()
    for name in Set(names) {
      let files = ["good": ["in"], "bad": ["bad"], "part": ["in", "bad"]][name] ?? []
      let list = files.map { scene.path("data/\($0).npy") }.joined(separator: ", ")
      try scene.write(
        "\(name)-\(mark).yaml",
        Specs.tiny(name: "\(name)-\(mark)").replacing("[in.npy]", with: "[\(list)]")
          + (name == "part" ? "\nerrors: { max_failed_items: 1 }\n" : "\n"))
    }
    let output = try scene.start(
      "lattice", ["submit", "--wait", "--json", "-q"] + names.map { "\($0)-\(mark).yaml" }
    ).wait()
    #expect(output.status == Int32(status), "\(output.talk)")
    let list = try JSONSerialization.jsonObject(with: Data(output.data.utf8)) as? [[String: Any]]
    let states = list?.map { ($0["outcome"] as? [String: Any])?["state"] as? String }
    #expect(
      states == names.map { ["good": "succeeded", "bad": "failed", "part": "partial"][$0] })
  }
}
