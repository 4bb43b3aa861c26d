import JobModel
import JobReport
import Testing

/// What a task measured, on its way into the report's plots.
@Suite struct MetricTests {
  private func series(_ values: [(Int, Double)]) -> MetricSeries {
    var series = MetricSeries()
    for (step, value) in values { series.add(value, at: step) }
    return series
  }

  /// An attempt that goes on from step 10 tells again of steps 10 to 12.
  @Test func whatIsToldAgainReplacesWhatWasTold() {
    let series = series([(9, 4), (10, 3), (11, 2), (12, 1), (10, 3.5), (11, 2.5)])
    #expect(series.points.map(\.step) == [9, 10, 11])
    #expect(series.points.map(\.value) == [4, 3.5, 2.5])
  }

  @Test func whatIsNoNumberIsLeftOut() {
    var table = MetricTable()
    table.add(
      MetricLine(
        step: 1, milliseconds: 0, metrics: ["loss": .double(2), "odd": .string("nan")]))
    table.add(
      MetricLine(
        step: 2, milliseconds: 0, metrics: ["loss": .string("inf"), "rate": .int(1)]))
    #expect(table.names == ["loss", "rate"])
    #expect(table.series["loss"]?.points.map(\.step) == [1])
  }

  @Test(arguments: [1, 2, 7, 320, 1000])
  func bucketsHoldEveryPointOnce(count: Int) {
    let series = series((0..<777).map { ($0, Double($0 % 10)) })
    let buckets = series.buckets(atMost: count)
    #expect(buckets.count == min(count, 777))
    #expect(zip(buckets, buckets.dropFirst()).allSatisfy { $0.step < $1.step })
    #expect(buckets.allSatisfy { $0.least <= $0.mean && $0.mean <= $0.greatest })
    #expect(buckets.map(\.greatest).max() == 9 && buckets.map(\.least).min() == 0)
  }

  @Test func nothingHasNoBuckets() {
    #expect(MetricSeries().buckets(atMost: 10) == [])
  }

  @Test(arguments: [
    (0.0, 10.0, [0, 2.5, 5, 7.5, 10]), (0, 1000, [0, 500, 1000]), (-1, 1, [-1, -0.5, 0, 0.5, 1]),
    (3, 3, [3]),
  ])
  func ticksAreRound(least: Double, greatest: Double, near: [Double]) {
    let ticks = AxisTicks.linear(least...greatest, about: 4)
    #expect(ticks.allSatisfy { (least...greatest).contains($0) }, "\(ticks)")
    #expect((1...11).contains(ticks.count))
    let gaps = zip(ticks, ticks.dropFirst()).map { $1 - $0 }
    #expect(gaps.allSatisfy { abs($0 - (gaps.first ?? 0)) < 1e-9 })
  }

  @Test(arguments: [
    (0.0, "0"), (1, "1"), (0.25, "0.25"), (1234.5, "1235"), (12_000, "12k"), (0.00003, "3e-5"),
    (2_500_000, "2.5e6"), (-0.5, "-0.5"), (0.001, "0.001"), (.nan, "–"), (9.999e-5, "1e-4"),
  ])
  func labelsAreShort(value: Double, text: String) { #expect(AxisTicks.label(value) == text) }
}
