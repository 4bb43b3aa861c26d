import CKernels
import Testing

/// Kernels on planes of pixels against their plain versions, over numbers that are none.
@Suite struct PlaneKernelTests {
  private func values(_ count: Int, seed: UInt64, levels: Float = 1_048_576) -> [Float] {
    var state = seed &* 2_654_435_761 &+ 12_345
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (Float(state >> 40) / Float(1 << 23) * levels).rounded() / levels - 1
    }
  }

  private func nothing(_ count: Int) -> [Float] { [Float](repeating: .nan, count: count) }

  struct Size: Sendable {
    let block: Int64
    let h: Int64
    let w: Int64
  }

  static let sizes = [
    Size(block: 1, h: 5, w: 7), Size(block: 3, h: 6, w: 4), Size(block: 16, h: 7, w: 6),
    Size(block: 24, h: 3, w: 9), Size(block: 130, h: 4, w: 4),
  ]

  private static let planes: Int64 = 3

  static let windows: [(Int64, Int64, Int64)] = [(2, 2, 0), (3, 2, 1), (3, 1, 1), (1, 3, 0)]

  @Test(arguments: sizes, windows)
  func pooling(size: Size, window: (Int64, Int64, Int64)) {
    let (kernel, stride, padding) = window
    var pool = lattice_pool(
      h: size.h, w: size.w, block: size.block, oh: (size.h + 2 * padding - kernel) / stride + 1,
      ow: (size.w + 2 * padding - kernel) / stride + 1, kh: kernel, kw: kernel, sh: stride,
      sw: stride, top: padding, left: padding)
    // Few different values, so that some windows have their greatest more than once.
    let x = values(Int(Self.planes * size.h * size.w * size.block), seed: 1, levels: 4)
    let rows = Self.planes * pool.oh
    let count = Int(rows * pool.ow * size.block)
    let dy = values(count, seed: 2)
    var (fast, plain) = (nothing(count), nothing(count))
    lattice_average_pool_f32(&pool, x, &fast, 0, 2)
    lattice_average_pool_f32(&pool, x, &fast, 2, rows)
    lattice_average_pool_f32_ref(&pool, x, &plain, 0, rows)
    #expect(zip(fast, plain).allSatisfy { abs($0 - $1) < 1e-6 })
    var (dFast, dPlain) = (nothing(x.count), nothing(x.count))
    lattice_average_pool_backward_f32(&pool, dy, &dFast, 0, Self.planes)
    lattice_average_pool_backward_f32_ref(&pool, dy, &dPlain, 0, Self.planes)
    #expect(zip(dFast, dPlain).allSatisfy { abs($0 - $1) < 1e-6 })

    (fast, plain) = (nothing(count), nothing(count))
    lattice_max_pool_f32(&pool, x, &fast, 0, rows)
    lattice_max_pool_f32_ref(&pool, x, &plain, 0, rows)
    #expect(fast == plain)
    (dFast, dPlain) = (nothing(x.count), nothing(x.count))
    lattice_max_pool_backward_f32(&pool, x, plain, dy, &dFast, 0, 1)
    lattice_max_pool_backward_f32(&pool, x, plain, dy, &dFast, 1, Self.planes)
    lattice_max_pool_backward_f32_ref(&pool, x, plain, dy, &dPlain, 0, Self.planes)
    #expect(dFast == dPlain)
  }

  @Test(arguments: sizes) func pixelsFromElsewhere(size: Size) {
    let rows: [Int32] = [0, -1, 2, 2, 1]
    let columns: [Int32] = [3, 0, 0, -1, 2, 1, 3]
    let x = values(Int(Self.planes * size.h * size.w * size.block), seed: 1)
    let count = Int(Self.planes) * rows.count * columns.count * Int(size.block)
    let dy = values(count, seed: 2)
    rows.withUnsafeBufferPointer { from in
      columns.withUnsafeBufferPointer { across in
        var map = lattice_pixel_map(
          rows: from.baseAddress, columns: across.baseAddress, h: size.h, w: size.w,
          block: size.block, oh: Int64(rows.count), ow: Int64(columns.count))
        let all = Self.planes * Int64(rows.count)
        var (fast, plain) = (nothing(count), nothing(count))
        lattice_map_pixels_f32(&map, x, &fast, 0, 4)
        lattice_map_pixels_f32(&map, x, &fast, 4, all)
        lattice_map_pixels_f32_ref(&map, x, &plain, 0, all)
        #expect(fast == plain && !fast.contains(where: \.isNaN))
        var (dFast, dPlain) = (nothing(x.count), nothing(x.count))
        lattice_map_pixels_backward_f32(&map, dy, &dFast, 0, Self.planes)
        lattice_map_pixels_backward_f32_ref(&map, dy, &dPlain, 0, Self.planes)
        #expect(dFast == dPlain && !dFast.contains(where: \.isNaN))
      }
    }
  }

  static let kinds = [
    LATTICE_IDENTITY, LATTICE_SWISH, LATTICE_RELU, LATTICE_LEAKY_RELU, LATTICE_TANH,
    LATTICE_GELU_TANH, LATTICE_GELU_ERF, LATTICE_SIGMOID,
  ]

  @Test(arguments: [1, 3, 16, 24, 127, 128, 300] as [Int64], [1, 5, 8, 9, 1024] as [Int64])
  func moments(block: Int64, pixels: Int64) {
    // Far from 0, where squares would cancel without a shift.
    let x = values(Int(block * pixels), seed: 1).map { $0 + 1000 }
    let shift = values(Int(block), seed: 2).map { $0 + 1000 }
    var fast = (
      [Double](repeating: .nan, count: Int(block)), [Double](repeating: .nan, count: Int(block))
    )
    var plain = fast
    lattice_channel_moments_f32(x, shift, pixels, block, &fast.0, &fast.1)
    lattice_channel_moments_f32_ref(x, shift, pixels, block, &plain.0, &plain.1)
    #expect(zip(fast.0, plain.0).allSatisfy { abs($0 - $1) <= 2e-6 * Double(pixels) })
    #expect(zip(fast.1, plain.1).allSatisfy { abs($0 - $1) <= 4e-6 * Double(pixels) })
  }

  @Test(arguments: kinds, [1, 3, 16, 24, 128, 150] as [Int64])
  func normalizing(kind: Int32, block: Int64) {
    let pixels: Int64 = 37
    let (x, dy) = (values(Int(block * pixels), seed: 1), values(Int(block * pixels), seed: 2))
    let rows = (3..<8).map { values(Int(block), seed: $0) }
    var (fast, plain) = (nothing(x.count), nothing(x.count))
    lattice_normalize_f32(kind, x, rows[0], rows[1], rows[2], &fast, pixels, block)
    lattice_normalize_f32_ref(kind, x, rows[0], rows[1], rows[2], &plain, pixels, block)
    #expect(zip(fast, plain).allSatisfy { abs($0 - $1) < 2e-6 })

    (fast, plain) = (nothing(x.count), nothing(x.count))
    lattice_normalize_backward_f32(
      kind, x, dy, rows[0], rows[1], rows[2], rows[3], rows[4], &fast, pixels, block)
    lattice_normalize_backward_f32_ref(
      kind, x, dy, rows[0], rows[1], rows[2], rows[3], rows[4], &plain, pixels, block)
    #expect(zip(fast, plain).allSatisfy { abs($0 - $1) < 4e-6 })

    var sums = (
      [Double](repeating: .nan, count: Int(block)), [Double](repeating: .nan, count: Int(block))
    )
    var plainSums = sums
    lattice_normalize_sums_f32(
      kind, x, dy, rows[0], rows[1], rows[2], pixels, block, &sums.0, &sums.1)
    lattice_normalize_sums_f32_ref(
      kind, x, dy, rows[0], rows[1], rows[2], pixels, block, &plainSums.0, &plainSums.1)
    #expect(zip(sums.0, plainSums.0).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect(zip(sums.1, plainSums.1).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test(
    arguments: [1, 2, 3, 4] as [Int64],
    [(3, 1, 1), (1, 1, 0), (3, 2, 1), (2, 1, 0)] as [(Int64, Int64, Int64)])
  func fewChannels(oc: Int64, window: (Int64, Int64, Int64)) {
    let (kernel, stride, padding) = window
    for w in [5, 17] as [Int64] {
      var conv = lattice_narrow_conv(
        blocks: 2, h: 6, w: w, oc: oc, oh: (6 + 2 * padding - kernel) / stride + 1,
        ow: (w + 2 * padding - kernel) / stride + 1, kh: kernel, kw: kernel, sh: stride,
        sw: stride, top: padding, left: padding)
      let x = values(Int(3 * 2 * 6 * w * 16), seed: 1)
      let weights = values(Int(oc * 2 * kernel * kernel * 16), seed: 2)
      let bias = values(Int(oc), seed: 3)
      let rows = 3 * conv.oh
      let count = Int(rows * conv.ow * oc)
      for bias in [bias, nil] {
        var (fast, plain) = (nothing(count), nothing(count))
        lattice_narrow_conv_f32(&conv, x, weights, bias, &fast, 0, 4)
        lattice_narrow_conv_f32(&conv, x, weights, bias, &fast, 4, rows)
        lattice_narrow_conv_f32_ref(&conv, x, weights, bias, &plain, 0, rows)
        #expect(zip(fast, plain).allSatisfy { abs($0 - $1) < 2e-5 })
      }
    }
  }
}
