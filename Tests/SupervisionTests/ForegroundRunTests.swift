import FoundationEssentials
import Glibc
import JobModel
import PipelineSpec
import Supervision
import LatticeDriver
import Testing

/// Runs without a daemon; each in a process of its own, for the worker is named in the environment.
@Suite(.blocking) struct ForegroundRunTests {
  /// Runs a spec of four items whose worker does `script`, and says how it went.
  private static func outcome(
    _ script: String, spec: String? = nil
  ) throws -> (outcome: ForegroundRun.Outcome, reports: [JobProgress]) {
    let shop = try DaemonShop(run: script)
    setenv("LATTICE_WORKER", shop.worker, 1)
    var place = ForegroundRun.Place(
      spool: SpoolFolder(path: "\(shop.root)/private"), base: shop.root, slots: 2)
    place.pluginFolders = ["\(shop.root)/plugins"]
    place.output = "\(shop.root)/results"
    let text =
      spec ?? """
        version: 1
        name: here
        input: { n: { count: 4 } }
        stages:
          - { id: work, use: fake.work@1 }
        shards: { items: 2 }
        """
    var reports: [JobProgress] = []
    let outcome = try ForegroundRun(place).run(
      Array(text.utf8), onProgress: { reports.append($0) })
    return (outcome, reports)
  }

  @Test func runsToTheEnd() async {
    await #expect(processExitsWith: .success) {
      let (outcome, reports) = try Self.outcome("publish 2 0")
      guard case .ended(let result) = outcome else { exit(1) }
      let isRight =
        result.state == .succeeded && result.itemsDone == 4
        && result.outputDirectory.hasSuffix("/results")
        && reports.allSatisfy { $0.itemsTotal == 4 && $0.shardsTotal == 2 }
      exit(isRight && !reports.isEmpty ? 0 : 2)
    }
  }

  @Test func saysWhatIsWrongWithASpec() async {
    await #expect(processExitsWith: .success) {
      let (outcome, _) = try Self.outcome("exit 9", spec: "version: 1\nname: x\nstagse: []\n")
      guard case .rejected(let faults) = outcome else { exit(1) }
      exit(faults.contains { $0.code == "E021" } ? 0 : 2)
    }
  }
}
