import CKernels
import Kernels
import TensorCore
import Testing

@Suite struct EpilogueTests {
  private func values(_ count: Int, seed: UInt64) -> [Float] {
    var generator = CounterRandom(seed: seed)
    return (0..<count).map { _ in generator.normal() }
  }

  private func isClose(_ first: [Float], _ second: [Float], _ tolerance: Float) -> Bool {
    zip(first, second).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
  }

  @Test(arguments: [1, 15, 16, 17, 64, 65, 1000]) func fastMatchesPlain(columns: Int) {
    let rows = 5
    let (x, z) = (values(rows * columns, seed: 1), values(rows * columns, seed: 2))
    let vectors = (3..<6).map { values(columns, seed: $0) }
    let (r, c) = (Int64(rows), Int64(columns))
    var (fast, plain) = (x, x)
    lattice_bias_gelu_f32(&fast, vectors[0], r, c)
    lattice_bias_gelu_f32_ref(&plain, vectors[0], r, c)
    #expect(isClose(fast, plain, 2e-6) && fast != x)
    (fast, plain) = (x, x)
    var (sum, sum2) = (z, z)
    lattice_add_layer_norm_f32(&fast, &sum, vectors[0], vectors[1], vectors[2], 1e-3, r, c)
    lattice_add_layer_norm_f32_ref(&plain, &sum2, vectors[0], vectors[1], vectors[2], 1e-3, r, c)
    #expect(isClose(fast, plain, 2e-5) && fast != x)
  }

  /// Layer by layer with the plain kernels, at sizes that fill no tile.
  @Test(arguments: [1, 2, 3], Precision.allCases) func aStackIsItsLayers(
    threads: Int, precision: Precision
  ) {
    let (batch, tokens, width, wide, heads) = (3, 37, 24, 40, 3)
    let team = ThreadTeam(threadCount: threads)
    func tensor(_ shape: Shape, _ seed: Int, _ scale: Float = 0.3) -> Tensor {
      Tensor(shape, values(shape.count, seed: UInt64(seed)).map { $0 * scale })
    }
    var state = tensor([batch, tokens, width], 1, 1)
    let layers = (0..<2).map { number in
      let seed = 100 * number
      func packed(_ shape: Shape, _ part: Int) -> PackedMatrix {
        PackedMatrix(tensor(shape, seed + part), precision: precision, workers: team)
      }
      return FusedEncoder.Layer(
        joined: packed([width, 3 * width], 2), joinedBias: tensor([3 * width], seed + 3),
        out: packed([width, width], 4), outBias: tensor([width], seed + 5),
        firstNorm: (tensor([width], seed + 6, 1), tensor([width], seed + 7)),
        up: packed([width, wide], 8), upBias: tensor([wide], seed + 9),
        down: packed([wide, width], 10), downBias: tensor([width], seed + 11),
        secondNorm: (tensor([width], seed + 12, 1), tensor([width], seed + 13)))
    }
    let fast = FusedEncoder(
      layers, heads: heads, epsilon: 1e-3, precision: precision, workers: team
    ).run(state)
    for layer in layers { state = plain(layer, state, heads, precision) }
    // In bf16 a last bit of f32 may round a factor the other way, 2^-8 of it.
    #expect(isClose(fast.floats, state.floats, precision == .f32 ? 1e-4 : 5e-2))
    let alone = FusedEncoder(
      layers, heads: heads, epsilon: 1e-3, precision: precision, workers: OneThread()
    ).run(tensor([batch, tokens, width], 1, 1))
    #expect(alone.floats == fast.floats, "the same on one thread")
  }

  private func plain(
    _ layer: FusedEncoder.Layer, _ state: Tensor, _ heads: Int, _ precision: Precision
  ) -> Tensor {
    let width = state.shape[2]
    func product(_ left: Tensor, _ right: PackedMatrix, _ bias: Tensor) -> Tensor {
      var result = Gemm.multiply(left, right, workers: OneThread()).floats
      let bias = bias.floats
      for index in result.indices { result[index] += bias[index % bias.count] }
      return Tensor(Shape(Array(left.shape.sizes.dropLast()) + [bias.count]), result)
    }
    func normal(_ a: Tensor, _ b: Tensor, _ gain: Tensor, _ offset: Tensor) -> Tensor {
      let sum = Tensor(a.shape, zip(a.floats, b.floats).map { $0 + $1 })
      return LayerNorm.forward(
        sum, gain: gain, offset: offset, epsilon: 1e-3, workers: OneThread()
      ).output
    }
    let joined = product(state, layer.joined, layer.joinedBias).floats
    let parts = (0..<3).map { part in
      Tensor(
        state.shape,
        (0..<state.shape.count).map {
          joined[$0 / width * 3 * width + part * width + $0 % width]
        })
    }
    let attended = Attention(heads: heads, precision: precision).forward(
      parts[0], parts[1], parts[2], workers: OneThread()
    ).output
    let middle = normal(
      state, product(attended, layer.out, layer.outBias), layer.firstGain, layer.firstOffset)
    let wide = Activation.geluTanh.forward(
      product(middle, layer.up, layer.upBias), workers: OneThread())
    return normal(
      middle, product(wide, layer.down, layer.downBias), layer.secondGain, layer.secondOffset)
  }
}
