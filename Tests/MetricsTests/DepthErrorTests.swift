import Foundation
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

  /// The best one colour for two pictures as one is the mean of theirs; its error is what is left of their squares.
  ///
  /// A picture that is its reference goes with it fully.
  @Test func colorBaselines() throws {
    let references: [[Float]] = [[1, 0, 0, 0, 1, 0], [0, 0, 1, 0.5, 0.5, 0.5]]
    let pictures: [[Float]] = [[0.5, 0.5, 0.5, 0.2, 0.8, 0.2], [0.5, 0.5, 0.5, 0.5, 0.5, 0.5]]
    func comparison(_ picture: [Float], _ reference: [Float]) -> ChromaComparison {
      picture.withUnsafeBufferPointer { picture in
        reference.withUnsafeBufferPointer { ChromaComparison(of: picture, to: $0) }
      }
    }
    let comparisons = zip(pictures, references).map { comparison($0, $1) }
    let all = try #require(ChromaComparison.mean(of: comparisons))
    // a and b of red, green, blue and grey by the usual tables.
    let (a, b): ([Double], [Double]) = ([80.09, -86.18, 79.20, 0], [67.20, 83.18, -107.86, 0])
    let best = (a: a.reduce(0, +) / 4, b: b.reduce(0, +) / 4)
    #expect(abs(all.a.wanted - best.a) < 0.1 && abs(all.b.wanted - best.b) < 0.1)
    let errors: [Double] = zip(a, b).map { pow($0 - best.a, 2) + pow($1 - best.b, 2) }
    let mean: Double = errors.reduce(0, +) / 8
    let wanted: Double = 10 * log10(255 * 255 / mean)
    let shares: [Double] = comparisons.map {
      pow(10, -$0.peakSignalToNoise(ofConstant: best) / 10)
    }
    let pooled: Double = -10 * log10(shares.reduce(0, +) / 2)
    #expect(abs(pooled - wanted) < 0.02)
    let other = all.peakSignalToNoise(ofConstant: (best.a + 5, best.b))
    #expect(all.peakSignalToNoise(ofConstant: best) > other)
    let own = comparison(references[0], references[0])
    #expect(abs((own.a.correlation ?? 0) - 1) < 1e-9)
    #expect(comparisons[1].a.correlation == nil)
    #expect(ChromaComparison.mean(of: []) == nil)
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
