import FileNames
import JobModel
import Supervision
import LatticeDriver
import Testing

@Suite(.blocking) struct JobTotalsTests {
  private func totals(done: Int, failed: Int) -> JobTotals {
    var totals = JobTotals()
    totals.add(
      ShardReport(
        shard: 0, attempt: 1, itemsDone: done, itemsFailed: failed, itemsSkipped: 0, files: [],
        stages: [], seconds: 1, peakMemoryBytes: 1))
    return totals
  }

  @Test(arguments: [
    (10, 0, FailureAllowance.count(0), JobEvent.succeeded, nil),
    (9, 1, .count(1), .endedPartial, "1 of 10 items failed"),
    (9, 1, .percent(10), .endedPartial, "1 of 10 items failed"),
    (
      8, 2, .percent(12.5), .failed,
      "2 of 10 items failed; 'errors.max_failed_items' allows 12.5%"
    ),
    (9, 1, .count(0), .failed, "1 of 10 items failed; 'errors.max_failed_items' allows none"),
    (0, 10, .percent(100), .endedPartial, "10 of 10 items failed"),
    (0, 3, .count(5), .endedPartial, "3 of 3 items failed"),
  ])
  func verdict(
    done: Int, failed: Int, allowance: FailureAllowance, event: JobEvent, message: String?
  ) {
    let verdict = JobVerdict.judge(
      totals(done: done, failed: failed), items: done + failed, allowance: allowance)
    #expect(verdict.event == event)
    #expect(verdict.message == message)
  }

  @Test func sumsOverShards() {
    var totals = JobTotals()
    for shard in 0..<3 {
      let file = OutputFile(
        name: FileName("\(shard)"), stage: "save", item: shard, bytes: 10, sha256: "", role: .result
      )
      totals.add(
        ShardReport(
          shard: shard, attempt: 1, itemsDone: 2, itemsFailed: 1, itemsSkipped: 1, files: [file],
          stages: [StageTiming(stage: "save", items: 2, calls: 1, seconds: 0.5)], seconds: 1,
          peakMemoryBytes: 100 * (3 - shard)))
    }
    totals.addQuarantined(2)
    #expect(totals.itemsDone == 6)
    #expect(totals.itemsFailed == 5)
    #expect(totals.itemsSkipped == 3)
    #expect(totals.files == 3)
    #expect(totals.bytes == 30)
    #expect(totals.peakMemoryBytes == 300)
  }
}
