import Autograd
import CKernels
import Convolutions
import Kernels
import TensorCore
import Testing

@Suite struct ImageOperationTests {
  private static let picture = Tensor(
    [1, 3, 7, 1], [0, 1, 5, 2, 9, 4, 3, 2, 2, 1, 0, 3, 8, 7, 5, 1, 0, 2, 6, 4, 1])

  struct Resized: Sendable {
    let height: Int
    let width: Int
    let isAntialiased: Bool
    let values: [Float]
  }

  /// By torch 2.13, `interpolate(mode="bilinear", align_corners=False, antialias=…)`.
  static let resized: [Resized] = [
    Resized(
      height: 5, width: 3, isAntialiased: false,
      values: [
        0.66667, 2.0, 3.66667, 1.2, 1.2, 5.26667, 2.0, 0.0, 7.66667, 2.2, 1.2, 4.86667, 2.33333,
        2.0, 3.0,
      ]),
    Resized(
      height: 2, width: 14, isAntialiased: false,
      values: [
        0.5, 0.6875, 1.0625, 1.9375, 3.3125, 3.375, 2.125, 3.0, 6.0, 6.875, 5.625, 4.75, 4.25, 4.0,
        4.25, 3.5, 2.0, 1.0, 0.5, 0.5625, 1.1875, 2.4375, 4.3125, 5.1875, 5.0625, 4.375, 3.125, 2.5,
      ]),
    Resized(
      height: 5, width: 3, isAntialiased: true,
      values: [
        1.5, 4.41177, 4.71429, 1.61429, 3.25882, 5.45714, 1.78571, 1.52941, 6.57143, 2.04286,
        2.12941, 4.64286, 2.21429, 2.52941, 3.35714,
      ]),
    Resized(
      height: 2, width: 14, isAntialiased: true,
      values: [
        0.75, 0.90625, 1.21875, 1.90625, 2.96875, 2.9375, 1.8125, 2.625, 5.375, 6.4375, 5.8125,
        5.25, 4.75, 4.5, 3.875, 3.25, 2.0, 1.125, 0.625, 0.59375, 1.03125, 2.15625, 3.96875,
        5.03125, 5.34375, 4.9375, 3.8125, 3.25,
      ]),
  ]

  @Test(arguments: resized) func bilinear(testCase: Resized) {
    let pass = Pass(workers: ThreadTeam(threadCount: 2))
    let output = pass.resizeBilinear(
      Variable(Self.picture), height: testCase.height, width: testCase.width,
      isAntialiased: testCase.isAntialiased)
    #expect(output.shape == [1, testCase.height, testCase.width, 1])
    #expect(
      zip(output.value.floats, testCase.values).allSatisfy { abs($0 - $1) < 2e-5 },
      "\(output.value.floats)")
  }

  @Test(arguments: [false, true], [(2, 9), (5, 3), (4, 2)])
  func bilinearGradients(isAntialiased: Bool, size: (Int, Int)) {
    let input = Parameter("x", GradientCheck.values([2, 4, 5, 3], seed: 1))
    GradientCheck.check([input]) { pass in
      pass.resizeBilinear(
        pass.variable(input), height: size.0, width: size.1, isAntialiased: isAntialiased)
    }
  }

  @Test(arguments: [1, 3, 16, 40]) func resamplingKernel(inner: Int) {
    let first: [Int32] = [0, 1, 0, 3]
    let counts: [Int32] = [3, 1, 0, 2]
    let weights = GradientCheck.values([12], seed: 1).floats
    let x = GradientCheck.values([2, 5, inner], seed: 2).floats
    var fast = [Float](repeating: .nan, count: 8 * inner)
    var plain = fast
    first.withUnsafeBufferPointer { first in
      counts.withUnsafeBufferPointer { counts in
        weights.withUnsafeBufferPointer { weights in
          var to = lattice_resampling(
            first: first.baseAddress, counts: counts.baseAddress, weights: weights.baseAddress,
            length: 5, out_length: 4, taps: 3)
          lattice_resample_f32(&to, x, &fast, Int64(inner), 0, 3)
          lattice_resample_f32(&to, x, &fast, Int64(inner), 3, 8)
          lattice_resample_f32_ref(&to, x, &plain, Int64(inner), 0, 8)
        }
      }
    }
    #expect(zip(fast, plain).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test(arguments: [(16, 3, 1), (6, 3, 2), (32, 5, 2)])
  func depthwiseConvolution(size: (Int, Int, Int)) throws {
    let (channels, kernel, stride) = size
    let input = Parameter("x", GradientCheck.values([2, 4, 5, channels], seed: 1))
    let weight = Parameter("w", GradientCheck.values([channels, 1, kernel, kernel], seed: 2))
    let bias = Parameter("b", GradientCheck.values([channels], seed: 3))
    GradientCheck.check([input, weight, bias], threads: 1) { pass in
      do {
        return pass.pixels(
          try pass.convolveDepthwise(
            pass.features(pass.variable(input)), weight: weight, bias: bias, stride: stride))
      } catch {
        Issue.record("\(error)")
        return pass.variable(input)
      }
    }
    // The same as a full convolution whose other weights are 0.
    var full = [Float](repeating: 0, count: channels * channels * kernel * kernel)
    for channel in 0..<channels {
      for place in 0..<kernel * kernel {
        full[(channel * channels + channel) * kernel * kernel + place] =
          weight.value.floats[channel * kernel * kernel + place]
      }
    }
    let pass = Pass(workers: OneThread())
    let map = pass.features(Variable(input.value))
    let whole = try pass.convolve(
      map, weight: Parameter("f", Tensor([channels, channels, kernel, kernel], full)), bias: bias,
      stride: stride)
    let each = try pass.convolveDepthwise(map, weight: weight, bias: bias, stride: stride)
    #expect(
      zip(whole.variable.value.floats, each.variable.value.floats).allSatisfy {
        abs($0 - $1) < 1e-5
      })
  }

  @Test(arguments: [1, 3, 16, 24] as [Int64]) func depthwiseKernels(block: Int64) {
    var conv = lattice_depthwise(
      groups: 2, h: 5, w: 6, block: block, oh: 3, ow: 3, kh: 3, kw: 3, sh: 2, sw: 2, top: 1, left: 1
    )
    let planes: Int64 = 4
    let x = GradientCheck.values([Int(planes * 30 * block)], seed: 1).floats
    let dy = GradientCheck.values([Int(planes * 9 * block)], seed: 2).floats
    let weights = GradientCheck.values([Int(2 * 9 * block)], seed: 3).floats
    func nothing(_ count: Int64) -> [Float] { [Float](repeating: .nan, count: Int(count)) }
    var (fast, plain) = (nothing(planes * 9 * block), nothing(planes * 9 * block))
    lattice_depthwise_f32(&conv, x, weights, &fast, 0, 5)
    lattice_depthwise_f32(&conv, x, weights, &fast, 5, planes * 3)
    lattice_depthwise_f32_ref(&conv, x, weights, &plain, 0, planes * 3)
    #expect(zip(fast, plain).allSatisfy { abs($0 - $1) < 1e-5 })
    (fast, plain) = (nothing(planes * 30 * block), nothing(planes * 30 * block))
    lattice_depthwise_backward_f32(&conv, dy, weights, &fast, 0, planes)
    lattice_depthwise_backward_f32_ref(&conv, dy, weights, &plain, 0, planes)
    #expect(zip(fast, plain).allSatisfy { abs($0 - $1) < 1e-5 })
    (fast, plain) = (nothing(9 * block), nothing(9 * block))
    lattice_depthwise_weights_f32(&conv, x, dy, &fast, 3)
    lattice_depthwise_weights_f32_ref(&conv, x, dy, &plain, 3)
    #expect(zip(fast, plain).allSatisfy { abs($0 - $1) < 1e-5 })
  }
}
