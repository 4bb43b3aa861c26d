import Autograd
import Convolutions
import Kernels
import TensorCore
import Testing

/// Operations on features: gradients, in blocks of channels and without.
@Suite(.serialized) struct FeatureMapTests {
  private func parameter(_ name: String, _ shape: Shape, _ seed: UInt64) -> Parameter {
    Parameter(name, GradientCheck.values(shape, seed: seed))
  }

  private func check(
    _ shape: Shape, _ others: [Parameter] = [], step: Float = 1 / 64, tolerance: Float = 2e-3,
    _ function: (Pass, FeatureMap) throws -> FeatureMap,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let input = parameter("x", shape, 1)
    GradientCheck.check(
      [input] + others, step: step, tolerance: tolerance, threads: 1,
      { pass in
        do {
          return pass.pixels(try function(pass, pass.features(pass.variable(input))))
        } catch {
          Issue.record("\(error)", sourceLocation: sourceLocation)
          return pass.variable(input)
        }
      }, sourceLocation: sourceLocation)
  }

  struct Case: Sendable {
    let channels: (Int, Int)
    let kernel: Int
    let stride: Int
    let padding: ConvolutionPadding
    let out: (Int, Int)
  }

  static let cases = [
    Case(channels: (16, 16), kernel: 3, stride: 1, padding: .same, out: (4, 5)),
    Case(channels: (16, 3), kernel: 3, stride: 2, padding: .same, out: (2, 3)),
    Case(channels: (3, 16), kernel: 3, stride: 1, padding: .torch(1), out: (4, 5)),
    Case(channels: (5, 7), kernel: 1, stride: 1, padding: .same, out: (4, 5)),
    Case(channels: (3, 16), kernel: 2, stride: 2, padding: .torch(0), out: (2, 2)),
    Case(
      channels: (4, 4), kernel: 3, stride: 1,
      padding: .sides(.init(top: 0, left: 2, bottom: 1, right: 0)), out: (3, 5)),
  ]

  /// Sums of small whole numbers are exact, unless a transform with fractions stands between.
  @Test func withoutWinogradSumsAreAsTheyAreDefined() throws {
    let (side, channels) = (16, 32)
    func whole(_ shape: Shape, _ seed: UInt64) -> Tensor {
      Tensor(shape, GradientCheck.values(shape, seed: seed).floats.map { ($0 * 8).rounded() })
    }
    let image = whole([2, side, side, channels], 1)
    let weight = Parameter("w", whole([channels, channels, 3, 3], 2))
    func output(_ usesWinograd: Bool) throws -> [Float] {
      let pass = Pass(workers: OneThread(), usesWinograd: usesWinograd)
      let map = try pass.convolve(pass.features(Variable(image)), weight: weight)
      return pass.pixels(map).value.floats
    }
    let (pixels, kernel) = (image.floats, weight.value.floats)
    func sum(_ item: Int, _ row: Int, _ column: Int, _ out: Int) -> Float {
      var sum: Float = 0
      for (i, j) in (0..<9).map({ ($0 / 3, $0 % 3) }) {
        let (y, x) = (row + i - 1, column + j - 1)
        guard (0..<side).contains(y), (0..<side).contains(x) else { continue }
        for channel in 0..<channels {
          sum +=
            pixels[((item * side + y) * side + x) * channels + channel]
            * kernel[(out * channels + channel) * 9 + i * 3 + j]
        }
      }
      return sum
    }
    let places = [(0, 0, 0, 0), (1, 15, 15, 31), (0, 7, 3, 11), (1, 8, 0, 20), (1, 0, 9, 5)]
    let (plain, fast) = (try output(false), try output(true))
    for (item, row, column, out) in places {
      let index = ((item * side + row) * side + column) * channels + out
      let wanted = sum(item, row, column, out)
      #expect(plain[index] == wanted)
      #expect(abs(fast[index] - wanted) <= 1e-3 * max(1, abs(wanted)))
    }
    #expect(plain.allSatisfy { $0 == $0.rounded() })
  }

  @Test(arguments: cases) func convolution(testCase: Case) throws {
    let (from, to) = testCase.channels
    let weight = parameter("w", [to, from, testCase.kernel, testCase.kernel], 2)
    let bias = parameter("b", [to], 3)
    check([1, 4, 5, from], [weight, bias]) { pass, map in
      let output = try pass.convolve(
        map, weight: weight, bias: bias, stride: testCase.stride, padding: testCase.padding)
      #expect(output.height == testCase.out.0 && output.width == testCase.out.1)
      return output
    }
  }

  /// y = x + conv(x), twice, added within the convolution.
  @Test(arguments: [16, 6]) func residuals(channels: Int) throws {
    let weight = parameter("w", [channels, channels, 1, 1], 2)
    check([1, 3, 2, channels], [weight], tolerance: 5e-3) { pass, map in
      let inner = try pass.convolve(map, weight: weight, adding: map)
      return try pass.convolve(inner, weight: weight, adding: inner)
    }
    // Without a tape: what is still held elsewhere must not change.
    let pass = Pass(workers: OneThread())
    let map = pass.features(Variable(GradientCheck.values([1, 3, 2, channels], seed: 5)))
    let before = map.variable.value.floats
    let sum = try pass.convolve(map, weight: weight, adding: map)
    #expect(map.variable.value.floats == before)
    let plain = pass.add(map, try pass.convolve(map, weight: weight))
    #expect(
      zip(sum.variable.value.floats, plain.variable.value.floats).allSatisfy { abs($0 - $1) < 1e-6 }
    )
  }

  /// Handed over, a residual's memory becomes the result's.
  @Test func residualsAreReused() throws {
    let weight = parameter("w", [16, 16, 3, 3], 2)
    let pass = Pass(workers: OneThread())
    let map = pass.features(Variable(GradientCheck.values([1, 8, 8, 16], seed: 5)))
    let residual = pass.scale(map, by: 2)
    let address = residual.variable.value.withFloats { $0.baseAddress }
    let sum = try pass.convolve(map, weight: weight, adding: consume residual)
    #expect(sum.variable.value.withFloats { $0.baseAddress } == address)
    let gain = parameter("g", [16], 3)
    let normal = pass.groupNorm(consume sum, gain: gain, offset: nil, groups: 4)
    #expect(normal.variable.value.withFloats { $0.baseAddress } == address)
    let before = map.variable.value.floats
    let other = pass.groupNorm(map, gain: gain, offset: nil, groups: 4)
    #expect(map.variable.value.floats == before && other.variable.value.floats != before)
  }

  @Test(arguments: [(16, 16), (4, 3)]) func transposedConvolution(channels: (Int, Int)) throws {
    let weight = parameter("w", [channels.0, channels.1, 4, 4], 2)
    let bias = parameter("b", [channels.1], 3)
    check([1, 2, 3, channels.0], [weight, bias]) { pass, map in
      let output = try pass.convolveTransposed(
        map, weight: weight, bias: bias, stride: 2, padding: 1)
      #expect(output.height == 4 && output.width == 6)
      return output
    }
  }

  @Test(arguments: [(16, 4), (32, 2), (16, 16), (6, 3), (48, 2), (5, 1)])
  func groupNorm(size: (Int, Int)) {
    let (gain, offset) = (parameter("gain", [size.0], 2), parameter("offset", [size.0], 3))
    for activation in [nil, Activation.swish, .tanh] {
      check([2, 3, 2, size.0], [gain, offset], step: 1 / 128, tolerance: 1e-2) { pass, map in
        pass.groupNorm(
          map, gain: gain, offset: offset, groups: size.1, epsilon: 1e-2, activation: activation)
      }
    }
    check([1, 3, 2, size.0], [gain], step: 1 / 128, tolerance: 1e-2) { pass, map in
      pass.groupNorm(map, gain: gain, offset: nil, groups: size.1, epsilon: 1e-2)
    }
  }

  /// Large means do not harm.
  @Test func groupNormFarFromZero() {
    let gain = Parameter("gain", Tensor([32], repeating: 1))
    let pass = Pass(workers: OneThread())
    let values = GradientCheck.values([1, 40, 40, 32], seed: 1)
    let moved = Tensor(values.shape, values.floats.map { $0 + 512 })
    let outputs = [values, moved].map { images in
      pass.pixels(
        pass.groupNorm(pass.features(Variable(images)), gain: gain, offset: nil, groups: 4)
      ).value.floats
    }
    // The numbers themselves were rounded to 1 / 32768 when they were moved.
    #expect(zip(outputs[0], outputs[1]).allSatisfy { abs($0 - $1) < 1e-4 })
    let square = outputs[0].reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(square / Double(outputs[0].count) - 1) < 1e-4)
  }

  @Test(arguments: [16, 3]) func pooling(channels: Int) {
    check([2, 4, 5, channels]) { pass, map in pass.averagePool(map) }
    check([1, 4, 5, channels]) { pass, map in pass.averagePool(overAllOf: map) }
    check([1, 5, 5, channels]) { pass, map in
      pass.averagePool(map, window: 3, stride: 2, padding: 1)
    }
    // No two values are nearer than the step of the differences.
    let count = 24 * channels
    let order = CounterRandom.permutation(of: count, seed: 1, stream: 0)
    let input = Parameter("x", Tensor([1, 4, 6, channels], order.map { Float($0) / 16 }))
    GradientCheck.check([input], step: 1 / 64, threads: 1) { pass in
      pass.pixels(pass.maxPool(pass.features(pass.variable(input))))
    }
    GradientCheck.check([input], step: 1 / 64, threads: 1) { pass in
      pass.pixels(
        pass.maxPool(pass.features(pass.variable(input)), window: 3, stride: 2, padding: 1))
    }
  }

  @Test(arguments: [16, 3]) func pixelsFromElsewhere(channels: Int) {
    check([2, 3, 2, channels]) { pass, map in pass.upsampleNearest(map) }
    check([1, 3, 4, channels]) { pass, map in pass.crop(map, rows: 1..<3, columns: 0..<3) }
    for filling in [PixelMap.Padding.Filling.zeros, .edge, .reflection] {
      check([1, 3, 4, channels]) { pass, map in
        pass.pad(map, .init(top: 1, left: 2, bottom: 0, right: 2, filling: filling))
      }
    }
    let images = Variable(Tensor([1, 1, 3, 1], [1, 2, 3]))
    let pass = Pass(workers: OneThread())
    func padded(_ filling: PixelMap.Padding.Filling) -> [Float] {
      pass.pad(images, .init(top: 0, left: 2, bottom: 0, right: 2, filling: filling)).value.floats
    }
    #expect(padded(.zeros) == [0, 0, 1, 2, 3, 0, 0])
    #expect(padded(.edge) == [1, 1, 1, 2, 3, 3, 3])
    #expect(padded(.reflection) == [3, 2, 1, 2, 3, 2, 1])
    #expect(pass.take(.mirrored(1, 3), from: images).value.floats == [3, 2, 1])
    #expect(pass.resizeNearest(images, height: 2, width: 2).value.floats == [1, 3, 1, 3])
    #expect(pass.resizeNearest(images, height: 1, width: 5).value.floats == [1, 1, 2, 3, 3])
  }

  @Test func featuresAndPixels() {
    let images = GradientCheck.values([2, 3, 4, 32], seed: 1)
    let pass = Pass(workers: OneThread())
    let map = pass.features(Variable(images))
    #expect(map.layout.block == FeatureLayout.preferredBlock(channels: 32))
    #expect(pass.pixels(map).value.floats == images.floats)
    let (n, c, y, x) = (1, 21, 2, 3)
    #expect(
      map.variable.value.floats[map.layout.offset(n, c, y, x)]
        == images.floats[((n * 3 + y) * 4 + x) * 32 + c])
    check([2, 3, 4, 32]) { pass, map in pass.add(map, pass.scale(pass.activate(map, .tanh), by: 2))
    }
  }

  /// The same bits, whatever the number of threads, with and without a tape.
  @Test func threadsDoNotMatter() throws {
    let weights = [parameter("a", [32, 16, 3, 3], 1), parameter("b", [32, 32, 3, 3], 2)]
    let gains = [parameter("c", [32], 3), parameter("d", [32], 4)]
    let images = GradientCheck.values([3, 24, 20, 16], seed: 5)
    func run(threads: Int) throws -> [[Float]] {
      let tape = Tape()
      let pass = Pass(workers: ThreadTeam(threadCount: threads), tape: tape)
      var map = try pass.convolve(pass.features(Variable(images)), weight: weights[0])
      map = pass.groupNorm(map, gain: gains[0], offset: gains[1], groups: 8, activation: .swish)
      map = try pass.convolve(pass.averagePool(map), weight: weights[1], bias: gains[1])
      map = pass.upsampleNearest(map)
      let loss = pass.sum(pass.multiply(map.variable, map.variable))
      return [map.variable.value.floats] + tape.gradients(of: loss, pass).map(\.value.floats)
    }
    let results = try [1, 2, 4].map { try run(threads: $0) }
    #expect(results[0].count == 5)
    for (index, values) in results[0].enumerated() {
      let isSame = results.allSatisfy { $0[index] == values }
      #expect(isSame, "tensor \(index)")
    }
  }
}
