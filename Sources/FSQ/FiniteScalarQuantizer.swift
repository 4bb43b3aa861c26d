package import CKernels
import Glibc

/// Maps a latent vector to one of a fixed grid of codes, one scalar at a time.
///
/// Each of `d` channels is bounded and rounded to one of `levels[i]` integers, so the codebook is implicit and has no
/// parameters: nothing to commit to, reseed, split or regularise.
///
/// Source: Mentzer et al. 2023, "Finite Scalar Quantization: VQ-VAE Made Simple", section 3.1 and appendix A.1. The
/// kernels and their formulas are in `lattice_fsq.h`.
package struct FiniteScalarQuantizer: Sendable {
  /// How the shift that centres even levels is computed; weights must be run with the variant they were trained with.
  package enum Variant: String, Sendable, CaseIterable {
    /// The paper's own code: `tan`, and (1 - 1e-3) of the range.
    case google
    /// What PyTorch ports and the weights trained with them use: `atanh`, and (1 + 1e-3) of the range.
    case atanh
    /// A flatter bound, 2 sigmoid(1.6 z) - 1, under which normally distributed latents use all levels about alike.
    ///
    /// Source: "iFSQ: improving FSQ for image generation with 1 line of code" (https://arxiv.org/abs/2601.17124).
    case ifsq

    /// How much the range goes beyond the outermost levels, as a share of it.
    fileprivate var epsilon: Double { self == .google ? -1e-3 : 1e-3 }
    /// What latents are multiplied by: 2 sigmoid(2 s z) - 1 = tanh(s z).
    fileprivate var slope: Float { self == .ifsq ? 0.8 : 1 }

    /// What puts an even number of levels evenly around 0, before it is bounded.
    fileprivate func shift(_ ratio: Double) -> Double {
      self == .google ? tan(ratio) : Glibc.atanh(ratio)
    }
  }

  /// Integers per channel, each at least 2; channel 0 varies fastest in an index.
  package let levels: [Int]
  /// How the shift is computed.
  package let variant: Variant
  /// How many codes there are: the product of all levels.
  package let codebookSize: Int
  private let constants: lattice_fsq

  /// Channels of a latent vector and of a code.
  package var dimension: Int { levels.count }

  /// Computes the constants of one set of levels.
  ///
  /// - Parameters:
  ///   - levels: 1 to 16 numbers, each 2 to 65,536, whose product is at most 2^31 - 1.
  ///   - variant: How the shift is computed.
  /// - Throws: ``FSQLevelsError``.
  package init(levels: [Int], variant: Variant = .google) throws(FSQLevelsError) {
    codebookSize = try Self.codebookSize(levels: levels)
    var size = 1
    var constants = lattice_fsq()
    constants.d = Int32(levels.count)
    for (channel, level) in levels.enumerated() {
      let half = Double(level - 1) * (1 + variant.epsilon) / 2
      let offset = level.isMultiple(of: 2) ? 0.5 : 0
      Self.set(&constants.levels, channel, Int32(level))
      Self.set(&constants.basis, channel, Int32(size))
      Self.set(&constants.half, channel, Float(half))
      Self.set(&constants.offset, channel, Float(offset))
      Self.set(&constants.shift, channel, Float(variant.shift(offset / half)))
      Self.set(&constants.slope, channel, variant.slope)
      size *= level
    }
    self.levels = levels
    self.variant = variant
    self.constants = constants
  }

  /// How many codes levels make.
  ///
  /// - Parameter levels: As ``init(levels:variant:)`` takes them.
  /// - Returns: Their product.
  /// - Throws: ``FSQLevelsError``.
  package static func codebookSize(levels: [Int]) throws(FSQLevelsError) -> Int {
    guard (1...Int(LATTICE_FSQ_MAX_CHANNELS)).contains(levels.count) else {
      throw .channelCount(levels.count)
    }
    if let index = levels.firstIndex(where: { !(2...65_536).contains($0) }) {
      throw .level(levels[index], channel: index)
    }
    var size = 1
    for level in levels {
      size *= level
      guard size <= Int(Int32.max) else { throw .tooManyCodes(levels) }
    }
    return size
  }

  /// Squashes latents into the ranges that are rounded.
  ///
  /// - Parameters:
  ///   - latents: Shape (rows, d), unbounded; values that are not finite count as 0.
  ///   - bounded: Shape (rows, d).
  package func bound(
    _ latents: UnsafeBufferPointer<Float>, into bounded: UnsafeMutableBufferPointer<Float>
  ) {
    let rows = rowCount(latents.count)
    precondition(bounded.count == latents.count, "bounded must be of the latents' shape")
    withUnsafePointer(to: constants) {
      lattice_fsq_bound_f32($0, latents.baseAddress, bounded.baseAddress, Int64(rows))
    }
  }

  /// Rounds bounded latents to indices.
  ///
  /// - Parameters:
  ///   - bounded: Shape (rows, d), from ``bound(_:into:)``.
  ///   - indices: Shape (rows), each in `0..<codebookSize`.
  package func quantize(
    bounded: UnsafeBufferPointer<Float>, into indices: UnsafeMutableBufferPointer<Int32>
  ) {
    let rows = rowCount(bounded.count)
    precondition(indices.count == rows, "indices must have one value per row")
    withUnsafePointer(to: constants) {
      lattice_fsq_index_f32($0, bounded.baseAddress, indices.baseAddress, Int64(rows))
    }
  }

  /// Bounds, rounds and looks up in one go.
  ///
  /// - Parameters:
  ///   - latents: Shape (rows, d), unbounded; values that are not finite count as 0.
  ///   - codes: Shape (rows, d), each in `-1...1`.
  ///   - indices: Shape (rows), each in `0..<codebookSize`.
  package func encode(
    _ latents: UnsafeBufferPointer<Float>, codes: UnsafeMutableBufferPointer<Float>,
    indices: UnsafeMutableBufferPointer<Int32>
  ) {
    let rows = rowCount(latents.count)
    precondition(codes.count == latents.count && indices.count == rows)
    withUnsafePointer(to: constants) {
      lattice_fsq_encode_f32(
        $0, latents.baseAddress, codes.baseAddress, indices.baseAddress, Int64(rows))
    }
  }

  /// Rounds values of `0...1`, such as the colours of pixels, to indices of an even grid that holds 0 and 1.
  ///
  /// - Parameters:
  ///   - unit: Shape (rows, d), cut off outside 0...1.
  ///   - indices: Shape (rows), each in `0..<codebookSize`.
  package func quantize(
    unit: UnsafeBufferPointer<Float>, into indices: UnsafeMutableBufferPointer<Int32>
  ) {
    let rows = rowCount(unit.count)
    precondition(indices.count == rows, "indices must have one value per row")
    withUnsafePointer(to: constants) {
      lattice_fsq_index_unit_f32($0, unit.baseAddress, indices.baseAddress, Int64(rows))
    }
  }

  /// Looks codes up.
  ///
  /// - Parameters:
  ///   - indices: Shape (rows).
  ///   - codes: Shape (rows, d), each in `-1...1`.
  /// - Throws: ``FSQIndexError`` when an index is not of the codebook.
  package func codes(
    of indices: UnsafeBufferPointer<Int32>, into codes: UnsafeMutableBufferPointer<Float>
  ) throws(FSQIndexError) {
    precondition(codes.count == indices.count * dimension, "codes must have d values per index")
    let unknown = withUnsafePointer(to: constants) {
      lattice_fsq_codes_f32($0, indices.baseAddress, codes.baseAddress, Int64(indices.count))
    }
    try check(unknown, indices)
  }

  /// Looks up the values of `0...1` that ``quantize(unit:into:)`` rounded to.
  ///
  /// - Parameters:
  ///   - indices: Shape (rows).
  ///   - values: Shape (rows, d).
  /// - Throws: ``FSQIndexError`` when an index is not of the codebook.
  package func unitValues(
    of indices: UnsafeBufferPointer<Int32>, into values: UnsafeMutableBufferPointer<Float>
  ) throws(FSQIndexError) {
    precondition(values.count == indices.count * dimension, "values must have d values per index")
    let unknown = withUnsafePointer(to: constants) {
      lattice_fsq_unit_f32($0, indices.baseAddress, values.baseAddress, Int64(indices.count))
    }
    try check(unknown, indices)
  }

  /// The straight-through gradient: what reaches the latents of a gradient that reached the codes (section 3.1).
  ///
  /// - Parameters:
  ///   - latents: Shape (rows, d), as given to ``bound(_:into:)``.
  ///   - codeGradient: Shape (rows, d).
  ///   - latentGradient: Shape (rows, d).
  package func gradient(
    at latents: UnsafeBufferPointer<Float>, codeGradient: UnsafeBufferPointer<Float>,
    into latentGradient: UnsafeMutableBufferPointer<Float>
  ) {
    let rows = rowCount(latents.count)
    precondition(codeGradient.count == latents.count && latentGradient.count == latents.count)
    withUnsafePointer(to: constants) {
      lattice_fsq_gradient_f32(
        $0, latents.baseAddress, codeGradient.baseAddress, latentGradient.baseAddress, Int64(rows))
    }
  }

  /// The constants for the plain versions of the kernels, to compare with.
  package func withConstants<Result>(_ body: (UnsafePointer<lattice_fsq>) -> Result) -> Result {
    withUnsafePointer(to: constants, body)
  }

  private func rowCount(_ values: Int) -> Int {
    precondition(values.isMultiple(of: dimension), "vectors must have one value per level")
    return values / dimension
  }

  private func check(
    _ unknown: Int64, _ indices: UnsafeBufferPointer<Int32>
  ) throws(FSQIndexError) {
    guard unknown >= 0 else { return }
    throw FSQIndexError(
      index: Int(indices[Int(unknown)]), row: Int(unknown), levels: levels,
      codebookSize: codebookSize)
  }

  /// Writes one element of a C array, which Swift sees as a tuple.
  private static func set<Tuple, Element: BitwiseCopyable>(
    _ tuple: inout Tuple, _ index: Int, _ value: Element
  ) {
    withUnsafeMutableBytes(of: &tuple) {
      $0.storeBytes(of: value, toByteOffset: index * MemoryLayout<Element>.stride, as: Element.self)
    }
  }
}
