import Autograd
import Kernels
import TensorCore
import Testing

/// What group normalisation gives, against doubles: `(x - mean) / sqrt(variance + epsilon) * gain + offset`.
@Suite struct GroupNormValueTests {
  /// From an epsilon that hardly counts to one that is most of the root.
  @Test(arguments: [1e-6, 0.25, 9.0] as [Float], [(32, 4), (16, 16), (6, 3)])
  func valuesAreThoseOfTheFormula(epsilon: Float, size: (Int, Int)) {
    let (channels, groups) = size
    let values = GradientCheck.values([2, 3, 5, channels], seed: 1)
    let gain = Parameter("gain", GradientCheck.values([channels], seed: 2))
    let offset = Parameter("offset", GradientCheck.values([channels], seed: 3))
    let pass = Pass(workers: OneThread())
    let found = pass.pixels(
      pass.groupNorm(
        pass.features(Variable(values)), gain: gain, offset: offset, groups: groups,
        epsilon: epsilon)
    ).value.floats
    let expected = reference(
      values.floats, gain.value.floats, offset.value.floats, groups, Double(epsilon))
    #expect(zip(found, expected).allSatisfy { abs(Double($0) - $1) < 2e-5 * max(1, abs($1)) })
  }

  /// Two pictures of 15 pixels.
  private func reference(
    _ x: [Float], _ gain: [Float], _ offset: [Float], _ groups: Int, _ epsilon: Double
  ) -> [Double] {
    let (channels, pixels) = (gain.count, 15)
    let size = channels / groups
    var y = [Double](repeating: .nan, count: x.count)
    for picture in 0..<2 {
      for group in 0..<groups {
        let places = (0..<pixels).flatMap { pixel in
          (0..<size).map { (picture * pixels + pixel) * channels + group * size + $0 }
        }
        let mean = places.reduce(0) { $0 + Double(x[$1]) } / Double(places.count)
        let variance =
          places.reduce(0) { $0 + (Double(x[$1]) - mean) * (Double(x[$1]) - mean) }
          / Double(places.count)
        for place in places {
          let channel = place % channels
          y[place] =
            (Double(x[place]) - mean) / (variance + epsilon).squareRoot() * Double(gain[channel])
            + Double(offset[channel])
        }
      }
    }
    return y
  }
}
