import FileNames
import JobQueue
import Testing

@Suite struct SettleRuleTests {
  /// The rule, to be asked within an expectation.
  private final class Watch {
    var rule: SettleRule

    init(seconds: Double) { rule = SettleRule(settleSeconds: seconds) }

    func isSettled(_ name: FileName, _ look: SettleRule.Look, wasMoved: Bool = false, at now: Int)
      -> Bool
    {
      rule.isSettled(name, look, wasMoved: wasMoved, at: now)
    }
  }

  private func look(size: Int, at time: Int = 0) -> SettleRule.Look {
    SettleRule.Look(size: size, mtimeNanoseconds: time, ctimeNanoseconds: time, inode: 7)
  }

  /// A writer that adds a byte every 100 ms never starts its job early.
  @Test func growingFilesDoNotSettle() {
    let watch = Watch(seconds: 1)
    let tenth = 100_000_000
    for step in 0..<100 {
      #expect(
        !watch.isSettled("a", look(size: step, at: step * tenth), at: step * tenth))
    }
    let end = 99 * tenth
    #expect(!watch.isSettled("a", look(size: 99, at: end), at: end + 9 * tenth))
    #expect(watch.isSettled("a", look(size: 99, at: end), at: end + 10 * tenth))
  }

  @Test func aChangeOfTimeAloneCounts() {
    let watch = Watch(seconds: 1)
    #expect(!watch.isSettled("a", look(size: 5, at: 1), at: 0))
    #expect(!watch.isSettled("a", look(size: 5, at: 2), at: 2_000_000_000))
    #expect(watch.rule.quietNanoseconds(of: "a", at: 2_500_000_000) == 500_000_000)
  }

  @Test func renamedFilesAreComplete() {
    let watch = Watch(seconds: 1)
    #expect(watch.isSettled("a", look(size: 5), wasMoved: true, at: 0))
  }

  /// Two names that only look the same are two files.
  @Test func namesAreBytes() {
    let watch = Watch(seconds: 1)
    let (composed, apart): (FileName, FileName) = ("\u{E9}", "e\u{301}")
    #expect(!watch.isSettled(composed, look(size: 5), at: 0))
    #expect(!watch.isSettled(apart, look(size: 6), at: 0))
    #expect(watch.isSettled(composed, look(size: 5), at: 1_000_000_000))
    watch.rule.keep(only: [apart])
    #expect(watch.rule.quietNanoseconds(of: composed, at: 1_000_000_000) == 0)
    #expect(watch.rule.quietNanoseconds(of: apart, at: 1_000_000_000) == 1_000_000_000)
  }

  @Test func filesThatAreGoneAreForgotten() {
    let watch = Watch(seconds: 0)
    _ = watch.isSettled("a", look(size: 5), at: 0)
    #expect(watch.rule.isWaiting)
    watch.rule.keep(only: [])
    #expect(!watch.rule.isWaiting)
    #expect(!watch.isSettled("a", look(size: 5), at: 0))
  }
}
