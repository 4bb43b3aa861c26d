import Metrics
import Testing

@Suite struct DepthErrorTests {
  /// The same sums by numpy 2.4 in float64.
  @Test func equalsNumpy() throws {
    var truth = (0..<240).map { Float(0.5 + Double($0 * 37 % 101) / 10) }
    let predicted = (0..<240).map { truth[$0] * Float(0.7 + Double($0 * 53 % 97) / 150) }
    for index in stride(from: 0, to: 240, by: 17) { truth[index] = 0 }
    let errors = try #require(
      predicted.withUnsafeBufferPointer { predicted in
        truth.withUnsafeBufferPointer {
          DepthErrors(of: predicted, to: $0, range: 0.001...10)
        }
      })
    #expect(errors.pixels == 212)
    #expect(abs(errors.rootMeanSquare - 1.0931886866115659) < 1e-6)
    #expect(abs(errors.absoluteRelative - 0.16229559628222626) < 1e-6)
    #expect(abs(errors.log10 - 0.07053696757670246) < 1e-6)
    #expect(errors.deltas == [0.6886792452830188, 1, 1])
  }

  @Test func nothingInRangeIsNoScore() {
    let nothing: [Float] = [0, 12]
    let errors = nothing.withUnsafeBufferPointer {
      DepthErrors(of: $0, to: $0, range: 0.001...10)
    }
    #expect(errors == nil)
  }

  /// By scipy's bounded minimisation.
  @Test func theBestConstantIsFound() throws {
    let maps: [[Float]] = [
      [1, 2, 3, 4, 11, 0], [6, 6.5, 7, 0, 0, 0], [2.5, 3.5, 9, 9.5, 0.2, 5],
    ]
    let moments = maps.compactMap { map in
      map.withUnsafeBufferPointer { ConstantDepth.Moments(of: $0, range: 0.001...10) }
    }
    try #require(moments.count == 3)
    let best = ConstantDepth.best(of: moments, range: 0.001...10)
    #expect(abs(best.metres - 5.092018940403108) < 1e-5)
    #expect(abs(best.error - 2.550921343330717) < 1e-9)
  }

  @Test func noTruthHasNoMoments() {
    let nothing: [Float] = [0, 10]
    let moments = nothing.withUnsafeBufferPointer {
      ConstantDepth.Moments(of: $0, range: 0.001...10)
    }
    #expect(moments == nil)
  }

  /// By numpy 2.4 in float64, with the matrix and white of sRGB.
  @Test func chromaEqualsNumpy() {
    let picture = (0..<60).map { Float($0 * 29 % 61) / 60 }
    let reference = (0..<60).map { Float(($0 * 31 + 7) % 59) / 58 }
    let found = picture.withUnsafeBufferPointer { picture in
      reference.withUnsafeBufferPointer {
        ChromaErrors.peakSignalToNoise(of: picture, to: $0)
      }
    }
    #expect(abs(found - 8.76792881996674) < 1e-5)
  }
}
