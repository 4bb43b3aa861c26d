import TensorCore
import Training
import Testing

@Suite struct ScheduleTests {
  @Test func everyEpochVisitsEveryItemOnce() {
    let order = DataOrder(itemCount: 10, batch: 3, seed: 5)
    #expect(order.stepsPerEpoch == 3)
    var seen: [[Int]] = []
    for epoch in 0..<3 {
      let items = (0..<3).flatMap { order.items(ofStep: epoch * 3 + $0) }
      #expect(Set(items).count == 9 && items.allSatisfy { (0..<10).contains($0) })
      seen.append(items)
    }
    #expect(Set(seen).count == 3)
    #expect(order.items(ofStep: 7) == DataOrder(itemCount: 10, batch: 3, seed: 5).items(ofStep: 7))
    #expect(order.items(ofStep: 0) != DataOrder(itemCount: 10, batch: 3, seed: 6).items(ofStep: 0))
    var (first, second) = (order.random(ofStep: 4), order.random(ofStep: 4))
    #expect(first.next() == second.next())
  }

  @Test func warmUpThenCosine() {
    let rate = LearningRate(peak: 0.1, warmup: 10, total: 110, floor: 0.1)
    #expect(abs(rate.rate(ofStep: 0) - 0.01) < 1e-12)
    #expect(abs(rate.rate(ofStep: 9) - 0.1) < 1e-12)
    #expect(abs(rate.rate(ofStep: 10) - 0.1) < 1e-12)
    #expect(abs(rate.rate(ofStep: 60) - 0.055) < 1e-12)
    #expect(abs(rate.rate(ofStep: 110) - 0.01) < 1e-12)
    #expect(abs(rate.rate(ofStep: 500) - 0.01) < 1e-12)
  }

  @Test func otherDecays() {
    #expect(LearningRate(peak: 2, total: 10, decay: .constant).rate(ofStep: 9) == 2)
    #expect(LearningRate(peak: 2, total: 10, decay: .linear).rate(ofStep: 5) == 1)
  }
}
