import Supervision
import LatticeDriver
import Testing

@Suite(.blocking) struct ShardBoardTests {
  private let now = ContinuousClock.now

  @Test func shardsRunInOrderAndOnce() {
    var board = ShardBoard(isDone: [false, true, false], attempts: [2: 4], reduceShard: nil)
    #expect(board.ready(at: now) == 0)
    board.lease(0)
    #expect(board.ready(at: now) == 2)
    #expect(board.nextAttempt(of: 2) == 5)
    board.lease(2)
    #expect(board.ready(at: now) == nil)
    #expect(board.runningCount == 2)
    board.finish(0)
    board.finish(2)
    #expect(board.isFinished)
    #expect(board.runningCount == 0)
  }

  @Test func aShardWaitsForItsTime() {
    var board = ShardBoard(isDone: [false, false], attempts: [:], reduceShard: nil)
    board.lease(0)
    board.requeue(0, notBefore: now + .seconds(2))
    #expect(board.ready(at: now) == 1)
    #expect(board.nextTime == now + .seconds(2))
    board.lease(1)
    #expect(board.ready(at: now + .seconds(1)) == nil)
    #expect(board.ready(at: now + .seconds(2)) == 0)
    #expect(board.nextAttempt(of: 0) == 2)
    board.lease(0)
    #expect(board.nextTime == nil)
  }

  @Test func theReducingShardComesLast() {
    var board = ShardBoard(isDone: [false, false, false], attempts: [:], reduceShard: 2)
    board.lease(0)
    board.lease(1)
    #expect(board.ready(at: now) == nil)
    board.finish(1)
    #expect(board.ready(at: now) == nil)
    board.finish(0)
    #expect(board.ready(at: now) == 2)
  }

  @Test func aJobWithoutShardsIsFinished() {
    #expect(ShardBoard(isDone: [], attempts: [:], reduceShard: nil).isFinished)
  }
}
