import CKernels
import Metrics
import Testing

/// Metrics against numpy and scipy in float64, and the kernels against the plain ones.
@Suite struct MetricsTests {
  private static let (height, width, channels) = (24, 31, 3)

  /// (height, width, channels); `bend` 1 gives the second picture.
  private static func picture(bend: Int) -> [Float] {
    var values: [Float] = []
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<channels {
          values.append(Float((x * 7 + y * 13 + c * 29 + bend * (x * y % 5)) % 64) / 63)
        }
      }
    }
    return values
  }

  private let a = picture(bend: 0)
  private let b = picture(bend: 1)

  private func ssim(_ first: [Float], _ second: [Float]) -> Double {
    first.withUnsafeBufferPointer { first in
      second.withUnsafeBufferPointer { second in
        StructuralSimilarity.mean(
          of: first, to: second, height: Self.height, width: Self.width, channels: Self.channels)
      }
    }
  }

  private func errors(_ first: [Float], _ second: [Float]) -> PictureErrors {
    first.withUnsafeBufferPointer { first in
      second.withUnsafeBufferPointer { PictureErrors(of: first, to: $0) }
    }
  }

  /// scipy.ndimage.correlate1d with the same window gives 0.837249123972995.
  @Test func similarityEqualsSciPy() {
    #expect(abs(ssim(a, b) - 0.837_249_123_972_995) < 1e-5)
    #expect(abs(ssim(a, a) - 1) < 1e-6)
    #expect(ssim(a, b) == ssim(a, b))
  }

  @Test func errorsEqualNumPy() {
    let errors = errors(a, b)
    #expect(abs(errors.peakSignalToNoise - 15.779_145_141_689_481) < 1e-6)
    #expect(abs(errors.meanAbsolute - 0.049_197_815_215_936_13) < 1e-9)
    #expect(self.errors(a, a).peakSignalToNoise == .infinity)
  }

  @Test func kernelsEqualThePlainOnes() {
    let window = StructuralSimilarity.window
    #expect(abs(window.reduce(0, +) - 1) < 1e-6 && window[0] == window[10])
    let plain = lattice_pixels_ssim_ref(
      a, b, Int64(Self.height), Int64(Self.width), Int64(Self.channels), window)
    let places = Double((Self.height - 10) * (Self.width - 10) * Self.channels)
    #expect(abs(plain / places - ssim(a, b)) < 1e-5)
    var (fastAbsolute, fastSquared, absolute, squared) = (0.0, 0.0, 0.0, 0.0)
    lattice_pixels_errors(a, b, Int64(a.count), &fastAbsolute, &fastSquared)
    lattice_pixels_errors_ref(a, b, Int64(a.count), &absolute, &squared)
    #expect(abs(fastAbsolute - absolute) < 1e-9 && abs(fastSquared - squared) < 1e-9)
  }
}
