import Distributions
import Testing

/// Numbers of scipy 1.17 (`linalg.sqrtm`, `numpy.cov`) for the same vectors.
@Suite struct DistributionTests {
  private static let width = 5

  private func vectors(_ count: Int, _ factor: Int, _ shift: Float) -> [Float] {
    (0..<(count * Self.width)).map { place -> Float in
      let (i, j) = (place / Self.width, place % Self.width)
      let mixed = i * 37 * factor + j * 101 + i * j * 53 + i * i * 7 * (j + 1)
      return Float(Double(mixed % 97) / 97) + shift
    }
  }

  @Test func theDistanceIsThatOfSciPy() throws {
    let first = FeatureStatistics(vectors(20, 1, 0), width: Self.width)
    let second = FeatureStatistics(vectors(15, 3, 0.125), width: Self.width)
    let distance = try #require(first.frechetDistance(to: second))
    #expect(abs(distance - 0.072_355_633_479_787_82) < 1e-6, "\(distance)")
    let back = try #require(second.frechetDistance(to: first))
    #expect(abs(distance - back) < 1e-9)
    #expect(try #require(first.frechetDistance(to: first)) < 1e-9)
  }

  @Test(arguments: [(1, 0.45, 13.0 / 15), (3, 1, 14.0 / 15)]) func precisionAndRecallAreThose(
    neighbour: Int, precision: Double, recall: Double
  ) {
    let (made, real) = (vectors(20, 1, 0), vectors(15, 3, 0.125))
    let found = PrecisionAndRecall(
      made: made, real: real, width: Self.width, neighbour: neighbour)
    #expect(abs(found.precision - precision) < 1e-12 && abs(found.recall - recall) < 1e-12)
    let turned = PrecisionAndRecall(
      made: real, real: made, width: Self.width, neighbour: neighbour)
    #expect(turned.precision == found.recall && turned.recall == found.precision)
  }

  /// Numbers of numpy 2.4: the unbiased estimate, and the jackknife with each vector left out in turn.
  @Test func theKernelDistanceIsThatOfNumPy() {
    let (made, real) = (vectors(20, 1, 0), vectors(15, 3, 0.125))
    let found = KernelDistance(made: made, real: real, width: Self.width)
    #expect(abs(found.value - -0.038_236_228_302_526_6) < 1e-6, "\(found)")
    #expect(abs(found.standardError - 0.051_406_145_806_915_64) < 1e-6, "\(found)")
  }

  /// Sets of one distribution have a distance of 0 on average, which the standard error accounts for.
  @Test func theKernelDistanceHasNoBias() {
    var (sum, within) = (0.0, 0)
    for seed in 0..<40 as Range<UInt64> {
      var state = seed &* 2_862_933_555_777_941_757 &+ 3_037_000_493
      func noise(_ count: Int) -> [Float] {
        (0..<(count * 4)).map { _ in
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return Float(state >> 40) / Float(1 << 24) - 0.5
        }
      }
      let found = KernelDistance(made: noise(30), real: noise(12), width: 4)
      sum += found.value
      if abs(found.value) < 2.5 * found.standardError { within += 1 }
    }
    #expect(abs(sum / 40) < 0.01 && within >= 34, "\(sum / 40), \(within)")
  }

  private func distance(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Float {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  /// Sets that take several blocks either way give what going through all pairs does, but for pairs on the very edge.
  @Test func blocksChangeNothing() {
    let width = 2
    func points(_ count: Int, _ factor: Int) -> [ArraySlice<Float>] {
      (0..<count).map { i in
        let x = Float((i * i * factor + i * 13) % 1009) / 1009
        return [x, Float((i * 7919 + i * i) % 1013) / 1013][...]
      }
    }
    let (made, real) = (points(600, 3), points(4200, 5))
    let found = PrecisionAndRecall(
      made: made.flatMap(\.self), real: real.flatMap(\.self), width: width)
    let radii = made.map { row in made.map { distance(row, $0) }.sorted()[3] }
    func recall(_ factor: Float) -> Int {
      real.count { point in
        made.indices.contains { distance(point, made[$0]) <= radii[$0] * factor }
      }
    }
    #expect(found.recall * 4200 >= Double(recall(0.999)) - 0.5)
    #expect(found.recall * 4200 <= Double(recall(1.001)) + 0.5)
  }

  @Test func setsFarApartShareNothing() {
    let found = PrecisionAndRecall(
      made: vectors(20, 1, 0), real: vectors(15, 3, 50), width: Self.width)
    #expect(
      found == PrecisionAndRecall(made: [0, 1, 2, 3, 4], real: [90, 91, 92, 93, 94], width: 1))
    #expect(found.precision == 0 && found.recall == 0)
  }
}
