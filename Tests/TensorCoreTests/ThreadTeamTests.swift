import Synchronization
import TensorCore
import Testing

@Suite struct ThreadTeamTests {
  @Test(arguments: [1, 2, 5]) func everyChunkRunsOnce(threads: Int) {
    let team = ThreadTeam(threadCount: threads)
    for round in 0..<300 {
      let counts = (0..<(round % 23)).map { _ in Counter() }
      team.run(chunks: counts.count) { counts[$0].add() }
      #expect(counts.allSatisfy { $0.value == 1 }, "round \(round)")
    }
  }

  @Test func rangesCoverTheWhole() {
    let team = ThreadTeam(threadCount: 3)
    for count in [0, 1, 7, 1000] {
      let hits = (0..<count).map { _ in Counter() }
      team.forRanges(count, grain: 10) { range in for index in range { hits[index].add() } }
      #expect(hits.allSatisfy { $0.value == 1 })
    }
  }

  /// A job within a job runs on the thread that starts it.
  @Test func jobsNest() {
    let team = ThreadTeam(threadCount: 2)
    let inner = Counter()
    team.run(chunks: 8) { _ in team.run(chunks: 5) { _ in inner.add() } }
    #expect(inner.value == 40)
  }

  @Test func severalThreadsMayAskAtOnce() async {
    let team = ThreadTeam(threadCount: 2)
    let total = Counter()
    await withTaskGroup { group in
      for _ in 0..<4 {
        group.addTask { for _ in 0..<200 { team.run(chunks: 3) { _ in total.add() } } }
      }
    }
    #expect(total.value == 2400)
  }
}

private final class Counter: Sendable {
  private let count = Atomic(0)
  var value: Int { count.load(ordering: .sequentiallyConsistent) }

  func add() { count.wrappingAdd(1, ordering: .sequentiallyConsistent) }
}
