import Glibc
import Supervision
import LatticeDriver
import Testing

@Suite(.blocking) struct StopLadderTests {
  private let start = ContinuousClock.now

  /// What the ladder does at whole seconds, by second.
  private func actions(_ steps: [StopLadder.Step]) -> [Int: [StopAction]] {
    var ladder = StopLadder(steps, startingAt: start)
    var taken: [Int: [StopAction]] = [:]
    for second in 0..<30 {
      let due = ladder.takeDue(at: start + .seconds(second))
      if !due.isEmpty { taken[second] = due }
    }
    return taken
  }

  @Test func cancellingAsksFirst() {
    #expect(
      actions(StopLadder.gentle())
        == [0: [.raiseFlag], 10: [.signalLeader(SIGTERM)], 15: [.killSession]])
  }

  @Test func aHungWorkerShowsItsStackFirst() {
    #expect(
      actions(StopLadder.hung())
        == [0: [.signalLeader(SIGABRT)], 1: [.signalLeader(SIGABRT)], 5: [.killSession]])
  }

  @Test func aLateLookTakesAllThatIsDue() {
    var ladder = StopLadder(StopLadder.gentle(), startingAt: start)
    #expect(
      ladder.takeDue(at: start + .seconds(60))
        == [.raiseFlag, .signalLeader(SIGTERM), .killSession])
    #expect(ladder.deadline == nil)
  }
}
