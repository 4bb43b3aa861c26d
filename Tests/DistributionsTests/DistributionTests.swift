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

  @Test func setsFarApartShareNothing() {
    let found = PrecisionAndRecall(
      made: vectors(20, 1, 0), real: vectors(15, 3, 50), width: Self.width)
    #expect(
      found == PrecisionAndRecall(made: [0, 1, 2, 3, 4], real: [90, 91, 92, 93, 94], width: 1))
    #expect(found.precision == 0 && found.recall == 0)
  }
}
