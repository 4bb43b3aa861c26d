import CKernels
import FSQ
import Testing

/// The fast kernels against the plain ones.
@Suite struct KernelTests {
  /// Latents of a normal-like spread, and some far out.
  private func latents(_ count: Int) -> [Float] {
    var state: UInt64 = 42
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let unit = Float(state >> 40) / Float(1 << 24)
      return (unit - 0.5) * (state >> 8 & 15 == 0 ? 40 : 6)
    }
  }

  @Test(arguments: CodebookTests.levelSets.filter { $0.max() ?? 0 <= 64 })
  func boundEqualsThePlainOne(levels: [Int]) throws {
    let quantizer = try FiniteScalarQuantizer(levels: levels)
    let latents = latents(levels.count * 1_003)
    let fast = quantizer.bounded(latents)
    var plain = latents
    quantizer.withConstants {
      lattice_fsq_bound_f32_ref($0, latents, &plain, Int64(latents.count / levels.count))
    }
    // tanh within 3e-7, times half the levels, plus the rounding of the sum.
    let tolerance = Float(levels.max() ?? 0) * 3e-7
    #expect(zip(fast, plain).allSatisfy { abs($0 - $1) <= tolerance })
  }

  @Test(arguments: CodebookTests.levelSets)
  func indicesAndValuesEqualThePlainOnes(levels: [Int]) throws {
    let quantizer = try FiniteScalarQuantizer(levels: levels)
    let rows = 1_003
    let unit = latents(rows * levels.count).map { $0 / 6 + 0.5 }
    var plain = [Int32](repeating: -1, count: rows)
    quantizer.withConstants { lattice_fsq_index_unit_f32_ref($0, unit, &plain, Int64(rows)) }
    #expect(quantizer.indices(unit: unit) == plain)

    let bounded = quantizer.bounded(latents(rows * levels.count))
    quantizer.withConstants { lattice_fsq_index_f32_ref($0, bounded, &plain, Int64(rows)) }
    #expect(quantizer.indices(bounded: bounded) == plain)

    var codes = [Float](repeating: 0, count: rows * levels.count)
    let none = quantizer.withConstants {
      lattice_fsq_codes_f32_ref($0, plain, &codes, Int64(rows))
    }
    #expect(none == -1)
    #expect(try quantizer.codes(plain) == codes)
    _ = quantizer.withConstants { lattice_fsq_unit_f32_ref($0, plain, &codes, Int64(rows)) }
    #expect(try quantizer.unitValues(plain) == codes)
  }

  /// All in one go gives what the steps give, one after the other.
  @Test(arguments: CodebookTests.levelSets.filter { $0.max() ?? 0 <= 64 })
  func encodingEqualsItsSteps(levels: [Int]) throws {
    let quantizer = try FiniteScalarQuantizer(levels: levels)
    for rows in [1, 15, 16, 17, 1_003] {
      let latents = latents(rows * levels.count)
      var codes = [Float](repeating: .nan, count: latents.count)
      var indices = [Int32](repeating: -1, count: rows)
      latents.withUnsafeBufferPointer { latents in
        codes.withUnsafeMutableBufferPointer { codes in
          indices.withUnsafeMutableBufferPointer {
            quantizer.encode(latents, codes: codes, indices: $0)
          }
        }
      }
      #expect(indices == quantizer.indices(bounded: quantizer.bounded(latents)))
      #expect(try quantizer.codes(indices) == codes)
    }
  }

  /// The gradient is that of the bounded values, which are smooth: central differences in double precision.
  @Test(arguments: [[8, 5, 5, 5], [3, 5, 4]])
  func gradientEqualsFiniteDifferences(levels: [Int]) throws {
    let quantizer = try FiniteScalarQuantizer(levels: levels)
    let latents = latents(levels.count * 50).map { $0 / 4 }
    let ones = [Float](repeating: 1, count: latents.count)
    let step: Float = 1 / 64
    let high = quantizer.bounded(latents.map { $0 + step })
    let low = quantizer.bounded(latents.map { $0 - step })
    for (index, gradient) in quantizer.gradient(latents, ones).enumerated() {
      let width = Float(levels[index % levels.count] / 2)
      let slope = (high[index] - low[index]) / (2 * step) / width
      #expect(abs(gradient - slope) < 1e-3, "\(index)")
    }
    var plain = latents
    quantizer.withConstants {
      lattice_fsq_gradient_f32_ref($0, latents, ones, &plain, Int64(latents.count / levels.count))
    }
    #expect(zip(plain, quantizer.gradient(latents, ones)).allSatisfy { abs($0 - $1) < 3e-6 })
  }
}
