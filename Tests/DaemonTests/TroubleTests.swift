import Foundation
import JobModel
import LatticeDriver
import Testing

/// Many jobs whose plugins do harm: each says what happened, and the daemon stays as it was.
@Suite(.blocking) struct TroubleTests {
  /// Five kinds of harm in turn: 25 jobs as a rule, 100 in the long mode.
  static let jobs = isLongRun ? 100 : 25

  private static let kinds = ["trap", "abort", "hang", "leak", "shape"]

  private func spec(_ name: String, _ kind: String) -> String {
    """
    version: 1
    name: \(name)
    input: { n: { count: 4 } }
    stages:
      - { id: make, use: ramp.make@1 }
      - { id: bad, use: trouble.\(kind)@1, in: { image: make.image }, params: { item: 2 } }
      - { id: save, use: image.write@1, in: { image: bad.image }, params: { name: "{item.number}.png" } }
    limits: { stall: 3s, memory: 256MiB, batch: 1 }
    retry: { attempts: 2, backoff: 10ms..20ms }
    errors: { max_failed_items: 1 }
    """
  }

  @Test func theDaemonStaysAsItIs() throws {
    let daemon = try Daemon()
    try TroublePlugins.build(into: daemon.root.appending(path: "plugins"))
    try daemon.start(["--plugins", daemon.root.appending(path: "plugins").path()])
    let process = try #require(daemon.processID)
    func run(_ numbers: Range<Int>) throws -> (descriptors: Int, kilobytes: Int) {
      for number in numbers {
        try daemon.drop("j\(number).yaml", spec("j\(number)", Self.kinds[number % 5]))
      }
      _ = try daemon.waitForResults(numbers.upperBound, seconds: 300)
      return (try openDescriptors(of: process), try daemon.residentKilobytes())
    }
    let before = try run(0..<10)
    let after = try run(10..<Self.jobs)
    #expect(after.descriptors <= before.descriptors)
    #expect(after.kilobytes < before.kilobytes + 8 << 10)
    #expect(after.kilobytes < 80 << 10)
    for result in daemon.results() { check(result, daemon) }
    daemon.stop()
  }

  /// The job names stage, item, signal and stack, and the other items are done.
  private func check(_ result: JobResult, _ daemon: Daemon) {
    let number = Int(result.name.dropFirst()) ?? 0
    let kind = Self.kinds[number % 5]
    #expect(result.state == .partial, "\(result.message ?? "")")
    #expect(result.itemsDone == 3 && result.itemsFailed == 1)
    if kind == "shape" {
      #expect(result.failedAttempts.isEmpty)
      let failed = try? String(
        contentsOfFile: daemon.spool.job(result.id).failedItems, encoding: .utf8)
      #expect(
        failed?.contains(
          #""item":2,"reason":"'image' of stage 'bad' is f32[1,3,2,3], its check promised f32[N,2,2,3]""#
        ) == true, "\(failed ?? "")")
    }
    let expected = [
      "trap": ["crashed"], "abort": ["crashed"], "hang": ["stalled"],
      "leak": ["no-memory", "stalled"],
    ]
    for attempt in result.failedAttempts {
      let failure = attempt.failure
      #expect(expected[kind]?.contains(failure.kind.rawValue) == true, "\(kind): \(failure)")
      #expect(failure.stage == "bad" && failure.item == 2, "\(kind): \(failure)")
      if kind == "trap" { #expect(failure.message.contains("SIGILL"), "\(failure.message)") }
      if kind == "abort" { #expect(failure.message.contains("SIGABRT"), "\(failure.message)") }
    }
    if kind == "trap" || kind == "abort" {
      let stacks = result.failedAttempts.map(\.failure.stack).joined()
      #expect(
        stacks.contains { $0.contains("process") || $0.hasPrefix("trouble.stage.so+") },
        "\(kind): \(Array(stacks))")
    }
  }

  /// The fewest of many looks: a pass under way holds some for a moment.
  private func openDescriptors(of process: Int32) throws -> Int {
    var fewest = Int.max
    for _ in 0..<40 {
      let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd")
      fewest = min(fewest, open.count)
      usleep(10_000)
    }
    return fewest
  }
}
