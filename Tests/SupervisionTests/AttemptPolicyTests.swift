import FileNames
import JobModel
import Supervision
import LatticeDriver
import Testing

/// The failure policy as tables: a run of failures of shard 0 and the answer to the last one.
@Suite(.blocking) struct AttemptPolicyTests {
  private static let retry = {
    var retry = RetryPolicy()
    retry.attempts = 3
    retry.firstDelaySeconds = 2
    retry.longestDelaySeconds = 3
    return retry
  }()

  private static func failure(
    _ kind: AttemptFailure.Kind, item: Int? = nil, stage: String = "tok",
    message: String = "SIGSEGV"
  ) -> AttemptFailure {
    AttemptFailure(
      kind: kind, stage: stage, item: item, itemID: item.map { FileName("\($0).png") },
      message: message)
  }

  private func answers(
    _ failures: [AttemptFailure], retry: RetryPolicy = retry, shard: Int = 0
  ) -> [AttemptDecision] {
    var history = JobHistory()
    return failures.map { failure in
      history.record(failure, shard: shard)
      return AttemptPolicy.decide(after: failure, shard: shard, history: history, retry: retry)
    }
  }

  @Test(arguments: [AttemptFailure.Kind.config, .internal])
  func theStagesOwnFaultIsNeverRetried(kind: AttemptFailure.Kind) {
    #expect(
      answers([Self.failure(kind, message: "no such level")])
        == [.failJob("shard 0: stage 'tok': no such level")])
  }

  @Test func transientFailuresWaitLongerEachTimeAndThenFail() {
    let failure = Self.failure(.transient, message: "the server is busy")
    #expect(
      answers([failure, failure, failure]) == [
        .retry(afterSeconds: 2, oneByOne: false), .retry(afterSeconds: 3, oneByOne: false),
        .failJob(
          "shard 0 failed 3 times, and 'retry.attempts' is 3; the last time: "
            + "stage 'tok': the server is busy"),
      ])
  }

  @Test func fullDisksAndInterruptionsBurnNothing() {
    let transient = Self.failure(.transient)
    let free = [Self.failure(.noSpace), Self.failure(.interrupted), Self.failure(.cancelled)]
    let decisions = answers(free + free + [transient, transient])
    #expect(
      decisions.prefix(3) == [
        .waitForSpace, .requeue(oneByOne: false), .requeue(oneByOne: false),
      ])
    #expect(decisions.suffix(1) == [.retry(afterSeconds: 3, oneByOne: false)])
  }

  @Test(arguments: [AttemptFailure.Kind.crashed, .stalled, .noMemory])
  func anItemThatKillsTwiceIsQuarantined(kind: AttemptFailure.Kind) {
    let unnamed = Self.failure(kind)
    let named = Self.failure(kind, item: 7)
    #expect(
      answers([unnamed, named, named]) == [
        .retry(afterSeconds: 0, oneByOne: true), .retry(afterSeconds: 0, oneByOne: true),
        .quarantine(
          FailedItem(
            item: 7, id: "7.png", stage: "tok",
            reason: "ended its worker twice and was left out; the last time: SIGSEGV",
            isQuarantined: true)),
      ])
  }

  @Test func anItemThatIsLeftOutAndStillKillsFailsTheJob() {
    let named = Self.failure(.crashed, item: 7)
    #expect(
      answers([named, named, named]).last
        == .failJob(
          "shard 0: item '7.png' was left out and still ended its worker; the last time: "
            + "stage 'tok': SIGSEGV"))
  }

  @Test func theThirdItemCondemnsTheStage() {
    let last = answers([1, 1, 2, 2, 3].map { Self.failure(.crashed, item: $0) }).last
    #expect(
      last
        == .failJob(
          "stage 'tok' ended its worker on 3 different items ('1.png', '2.png', '3.png'): "
            + "the stage is at fault, not the items"))
  }

  @Test func itemsOfDifferentStagesCondemnNone() {
    let failures = [("a", 1), ("b", 2), ("c", 3)]
      .map { Self.failure(.crashed, item: $0.1, stage: $0.0) }
    #expect(answers(failures).last == .retry(afterSeconds: 0, oneByOne: true))
  }

  @Test func crashesOfOtherShardsCountForTheStage() {
    var history = JobHistory()
    for item in 0..<3 { history.record(Self.failure(.crashed, item: item), shard: item) }
    // With several batches at work one may have died of what another did.
    #expect(history.condemnedStage == nil)
    for item in 0..<3 { history.record(Self.failure(.crashed, item: item), shard: item) }
    #expect(history.condemnedStage != nil)
  }

  @Test func aCrashOutsideAnyItemUsesUpAttempts() {
    let failure = Self.failure(.crashed)
    #expect(
      answers([failure, failure, failure]) == [
        .retry(afterSeconds: 0, oneByOne: true), .retry(afterSeconds: 0, oneByOne: true),
        .failJob(
          "shard 0 failed 3 times, and 'retry.attempts' is 3; the last time: stage 'tok': SIGSEGV"),
      ])
  }

  @Test func withoutRetriesACrashIsStillLookedAtItemByItem() {
    var retry = RetryPolicy()
    retry.attempts = 1
    let failure = Self.failure(.crashed)
    #expect(
      answers([failure, failure], retry: retry) == [
        .retry(afterSeconds: 0, oneByOne: true),
        .failJob(
          "shard 0 failed 2 times, and 'retry.attempts' is 1; the last time: stage 'tok': SIGSEGV"),
      ])
  }

  @Test func aTimeLimitIsRetriedAtOnce() {
    #expect(answers([Self.failure(.timedOut)]) == [.retry(afterSeconds: 0, oneByOne: false)])
  }

  @Test func aRetryByAPersonStartsAfresh() {
    var history = JobHistory()
    history.record(Self.failure(.transient), shard: 0)
    history.clear()
    #expect(history == JobHistory())
  }
}
