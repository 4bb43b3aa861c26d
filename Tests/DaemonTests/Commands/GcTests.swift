import Foundation
import JobModel
import LatticeDriver
import Testing

/// What `gc` removes, and what has to stay.
@Suite(.blocking) struct GcTests {
  private static let old = (1...7).map { "old-\($0)" }

  /// Ages of the jobs are those of ``FrozenSpool/ages``: half an hour, 2 and 3 hours, 30 hours, 10 days, 60 days.
  struct Choice: Sendable, CustomTestStringConvertible {
    let options: [String]
    let removed: [String]
    /// Rejected specs that go: of half an hour and of 10 days.
    let rejected: [String]

    var testDescription: String { options.joined(separator: " ") }
  }

  static let choices = [
    Choice(
      options: ["--older", "0s"], removed: ["good", "bad", "crash", "part", "gone"] + old,
      rejected: ["new", "old"]),
    Choice(
      options: ["--older", "25m"], removed: ["good", "bad", "crash", "part", "gone"] + old,
      rejected: ["new", "old"]),
    Choice(
      options: ["--older", "1500s"], removed: ["good", "bad", "crash", "part", "gone"] + old,
      rejected: ["new", "old"]),
    Choice(
      options: ["--older", "3600000ms"], removed: ["bad", "crash", "part", "gone"] + old,
      rejected: ["old"]),
    Choice(
      options: ["--older", "35m"], removed: ["bad", "crash", "part", "gone"] + old,
      rejected: ["old"]),
    Choice(
      options: ["--older", "2.5h"], removed: ["crash", "part", "gone"] + old, rejected: ["old"]),
    Choice(options: ["--older", "1d"], removed: ["part", "gone"] + old, rejected: ["old"]),
    Choice(options: ["--older", "2d"], removed: ["gone"] + old, rejected: ["old"]),
    Choice(options: ["--older", "11d"], removed: old, rejected: []),
    Choice(options: ["--older", "61d"], removed: [], rejected: []),
    Choice(
      options: ["--older", "0s", "--keep-failed"], removed: ["good", "part", "gone"] + old,
      rejected: ["new", "old"]),
    Choice(
      options: ["--older", "2.5h", "--keep-failed"], removed: ["part", "gone"] + old,
      rejected: ["old"]),
  ]

  @Test(arguments: choices) func removesThoseAndNoOthers(_ choice: Choice) throws {
    let scene = try Scene.make(.copy)
    let dry = try scene.start("lattice", ["gc", "--dry-run"] + choice.options).wait()
    let before = try everything(in: scene)
    let output = try scene.start("lattice", ["gc"] + choice.options).wait()
    #expect(output.status == 0 && output.talk.isEmpty, "\(output.talk)")
    #expect(
      output.data.hasPrefix("removed \(choice.removed.count) jobs (")
        && output.data.hasSuffix(") and \(choice.rejected.count) rejected specs\n"),
      "\(output.data)")
    #expect(dry.data == "would remove" + output.data.dropFirst("removed".count))
    let left = Set(scene.jobs.keys).subtracting(choice.removed)
    #expect(try listed(scene) == left)
    #expect(Set(scene.names("spool/jobs")) == Set(left.map { scene.filled("{id:\($0)}") }))
    let rejected = Set(["new", "old"]).subtracting(choice.rejected)
    #expect(
      Set(scene.names("spool/rejected"))
        == Set(rejected.flatMap { ["\($0).yaml", "\($0).yaml.error.txt"] }))
    // What stays is whole.
    let after = try everything(in: scene)
    let kept = before.filter { name in
      left.contains { name.contains(scene.filled("/{id:\($0)}/")) }
    }
    #expect(kept.isSubset(of: after))
  }

  @Test func aDryRunTouchesNothing() throws {
    let scene = try Scene.make(.copy)
    let before = try everything(in: scene)
    let output = try scene.lattice("gc", "--older", "0s", "--dry-run", "--json")
    let list = try JSONSerialization.jsonObject(with: Data(output.data.utf8)) as? [[String: Any]]
    #expect(list?.count == 12)
    #expect(list?.allSatisfy { ($0["bytes"] as? Int ?? 0) > 0 } == true)
    #expect(try everything(in: scene) == before)
    #expect(try listed(scene) == Set(scene.jobs.keys))
  }

  /// Jobs that have not ended stay whatever is asked for, and run all the same afterwards.
  @Test func whatHasNotEndedStays() throws {
    let scene = try Scene.make(.copy)
    #expect(try scene.lattice("gc", "--older", "0s").status == 0)
    #expect(try listed(scene) == ["held", "runs", "waits"])
    for name in ["held", "runs", "waits"] {
      let job = try scene.job(name)
      #expect(access(job.plan, F_OK) == 0 && access(job.spec, F_OK) == 0)
    }
    #expect(try scene.lattice("ps", "--state", "running", "--json").data.contains("\"runs\""))
  }

  private func listed(_ scene: Scene) throws -> Set<String> {
    let output = try scene.lattice("ps", "--all", "--json")
    let jobs = try JSONSerialization.jsonObject(with: Data(output.data.utf8)) as? [[String: Any]]
    return Set(jobs?.compactMap { $0["name"] as? String } ?? [])
  }

  /// Every file of jobs and rejected specs, below the spool.
  private func everything(in scene: Scene) throws -> Set<String> {
    let names = FileManager.default.enumerator(atPath: scene.spool.path)?
      .compactMap { $0 as? String }
    return Set(try #require(names).filter { $0.hasPrefix("jobs/") || $0.hasPrefix("rejected/") })
  }
}
