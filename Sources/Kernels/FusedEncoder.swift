import CKernels
package import TensorCore

/// A stack of post-norm transformer layers for inference.
///
/// Each layer is two rounds of work for all threads: attention, head by head; and everything else, for some rows from
/// the attention's result to the next layer's queries, keys and values while they are near. Results don't depend on how
/// rows are split.
///
/// Source of the layer: Devlin et al. 2019, "BERT", section 3; with GELU by tanh.
package struct FusedEncoder: Sendable {
  /// What one layer has learned.
  ///
  /// Right factors are (width, 3 width), (width, width), (width, wide), (wide, width); vectors
  /// are f32.
  package struct Layer: Sendable {
    package let joined: PackedMatrix
    package let joinedBias: Tensor
    package let out: PackedMatrix
    package let outBias: Tensor
    package let firstGain: Tensor
    package let firstOffset: Tensor
    package let up: PackedMatrix
    package let upBias: Tensor
    package let down: PackedMatrix
    package let downBias: Tensor
    package let secondGain: Tensor
    package let secondOffset: Tensor

    /// Takes weights: queries', keys' and values' side by side.
    package init(
      joined: PackedMatrix, joinedBias: Tensor, out: PackedMatrix, outBias: Tensor,
      firstNorm: (gain: Tensor, offset: Tensor), up: PackedMatrix, upBias: Tensor,
      down: PackedMatrix, downBias: Tensor, secondNorm: (gain: Tensor, offset: Tensor)
    ) {
      self.joined = joined
      self.joinedBias = joinedBias
      self.out = out
      self.outBias = outBias
      (firstGain, firstOffset) = firstNorm
      self.up = up
      self.upBias = upBias
      self.down = down
      self.downBias = downBias
      (secondGain, secondOffset) = secondNorm
    }
  }

  private let layers: [Layer]
  private let heads: Int
  private let epsilon: Float
  private let precision: Precision
  private let workers: any Workers
  private let width: Int
  private let wide: Int
  /// Rows of a part: few enough for what lies between two products to stay in a core's own cache.
  private static let partRows = 72

  /// Sets the stack up.
  package init(
    _ layers: [Layer], heads: Int, epsilon: Float, precision: Precision, workers: any Workers
  ) {
    precondition(!layers.isEmpty, "a stack has layers")
    self.layers = layers
    self.heads = heads
    self.epsilon = epsilon
    self.precision = precision
    self.workers = workers
    width = layers[0].out.columns
    wide = layers[0].up.columns
  }

  /// Runs all layers.
  ///
  /// - Parameter input: (batch, tokens, width).
  /// - Returns: Of the input's shape.
  package func run(_ input: Tensor) -> Tensor {
    let (batch, tokens) = (input.shape[0], input.shape[1])
    precondition(input.shape[2] == width, "\(input.shape) is not \(width) wide")
    let rows = batch * tokens
    var state = Tensor(input.shape) { target in
      input.withFloats { _ = target.update(fromContentsOf: $0) }
    }
    let joined = TensorStorage(byteCount: rows * 3 * width * 4)
    let attended = TensorStorage(byteCount: rows * width * 4)
    let parts = split(rows)
    state.withMutableFloats { state in
      let memory = Memory(
        state: SendablePointer(state.baseAddress),
        joined: SendablePointer(joined.memory.assumingMemoryBound(to: Float.self)),
        attended: SendablePointer(attended.memory.assumingMemoryBound(to: Float.self)))
      eachPart(parts) { range, scratch in
        project(layers[0], range, memory, scratch)
      }
      for (number, layer) in layers.enumerated() {
        attend(memory, batch, tokens)
        eachPart(parts) { range, scratch in
          feed(layer, range, memory, scratch)
          if number + 1 < layers.count { project(layers[number + 1], range, memory, scratch) }
        }
      }
    }
    return state
  }

  private struct Memory: Sendable {
    let state: SendablePointer<Float>
    let joined: SendablePointer<Float>
    let attended: SendablePointer<Float>
  }

  /// Memory of one thread at work on a part.
  private struct Scratch {
    let packed: TensorStorage
    let wide: TensorStorage
    let narrow: TensorStorage

    var wideFloats: UnsafeMutablePointer<Float> { wide.memory.assumingMemoryBound(to: Float.self) }
    var narrowFloats: UnsafeMutablePointer<Float> {
      narrow.memory.assumingMemoryBound(to: Float.self)
    }
  }

  /// First rows of the parts, and the end: whole tiles of 12 rows, as many parts for each thread as for any other.
  private func split(_ rows: Int) -> [Int] {
    let tiles = (rows + 11) / 12
    let threads = workers.threadCount
    let each = max(1, (rows + threads * Self.partRows - 1) / (threads * Self.partRows))
    let count = min(tiles, each * threads)
    return (0...count).map { min(rows, $0 * tiles / count * 12) }
  }

  private func eachPart(_ bounds: [Int], _ body: @Sendable (Range<Int>, Scratch) -> Void) {
    let most = zip(bounds, bounds.dropFirst()).map { $1 - $0 }.max() ?? 0
    let (wide, width) = (wide, width)
    workers.run(chunks: bounds.count - 1) { part in
      let scratch = Scratch(
        packed: TensorStorage(byteCount: Int(lattice_gemm_scratch_bytes())),
        wide: TensorStorage(byteCount: most * wide * 4),
        narrow: TensorStorage(byteCount: most * width * 4))
      body(bounds[part]..<bounds[part + 1], scratch)
    }
  }

  /// Queries, keys and values of some rows.
  private func project(_ layer: Layer, _ rows: Range<Int>, _ memory: Memory, _ scratch: Scratch) {
    guard let state = memory.state.pointer, let joined = memory.joined.pointer else { return }
    let target = joined + rows.lowerBound * 3 * width
    multiply(
      state + rows.lowerBound * width, rows.count, layer.joined, into: target, scratch.packed)
    layer.joinedBias.withFloats {
      lattice_add_row_f32($0.baseAddress, target, Int64(rows.count), Int64(3 * width))
    }
  }

  /// From what attention gave to the end of the layer, for some rows.
  private func feed(_ layer: Layer, _ rows: Range<Int>, _ memory: Memory, _ scratch: Scratch) {
    guard let states = memory.state.pointer, let attended = memory.attended.pointer else { return }
    let state = states + rows.lowerBound * width
    let (count, columns) = (Int64(rows.count), Int64(width))
    multiply(
      attended + rows.lowerBound * width, rows.count, layer.out, into: scratch.narrowFloats,
      scratch.packed)
    lattice_add_layer_norm_f32(
      state, scratch.narrowFloats, address(layer.outBias), address(layer.firstGain),
      address(layer.firstOffset), epsilon, count, columns)
    multiply(state, rows.count, layer.up, into: scratch.wideFloats, scratch.packed)
    lattice_bias_gelu_f32(scratch.wideFloats, address(layer.upBias), count, Int64(wide))
    multiply(
      scratch.wideFloats, rows.count, layer.down, into: scratch.narrowFloats, scratch.packed)
    lattice_add_layer_norm_f32(
      state, scratch.narrowFloats, address(layer.downBias), address(layer.secondGain),
      address(layer.secondOffset), epsilon, count, columns)
  }

  /// The layers keep their tensors alive.
  private func address(_ tensor: Tensor) -> UnsafePointer<Float>? {
    tensor.withFloats { $0.baseAddress }
  }

  private func multiply(
    _ left: UnsafePointer<Float>, _ rows: Int, _ right: PackedMatrix,
    into result: UnsafeMutablePointer<Float>, _ scratch: TensorStorage
  ) {
    let (k, n) = (Int64(right.rows), Int64(right.columns))
    let matrix = lattice_matrix(data: left, rs: k, cs: 1, is_bf16: 0)
    let range = lattice_gemm_range(
      row_begin: 0, row_end: Int64(rows), panel_begin: 0, panel_end: lattice_gemm_panels(n),
      accumulate: 0, epilogue: nil)
    switch right.precision {
    case .f32:
      right.elements.withFloats {
        lattice_gemm_f32(matrix, $0.baseAddress, result, n, k, n, range, scratch.memory)
      }
    case .bf16:
      right.elements.withElements(UInt16.self) {
        lattice_gemm_bf16(matrix, $0.baseAddress, result, n, k, n, range, scratch.memory)
      }
    }
  }

  /// Attention of all items and heads.
  private func attend(_ memory: Memory, _ batch: Int, _ tokens: Int) {
    let (width, heads, precision) = (width, heads, precision)
    let head = width / heads
    let step = Int64(3 * width)
    let largest =
      [(head, tokens), (tokens, head)].map {
        Int(lattice_gemm_packed_count(Int64($0.0), Int64($0.1)))
      }.max() ?? 0
    workers.forRanges(batch * heads) { range in
      guard let joined = memory.joined.pointer, let attended = memory.attended.pointer else {
        return
      }
      let product = SmallProduct(precision: precision, largest: largest)
      let scratch = TensorStorage(byteCount: tokens * tokens * 4)
      let scores = scratch.memory.assumingMemoryBound(to: Float.self)
      let scale = 1 / Float(head).squareRoot()
      for index in range {
        let (item, column) = (index / heads, index % heads * head)
        let start = joined + item * tokens * 3 * width + column
        func matrix(_ part: Int, isTurned: Bool = false) -> lattice_matrix {
          lattice_matrix(
            data: start + part * width, rs: isTurned ? 1 : step, cs: isTurned ? step : 1, is_bf16: 0
          )
        }
        product.multiply(
          matrix(0), matrix(1, isTurned: true), into: scores, rowStep: tokens, m: tokens, k: head,
          n: tokens)
        lattice_softmax_f32(scores, nil, scale, scores, Int64(tokens), Int64(tokens))
        product.multiply(
          lattice_matrix(data: scores, rs: Int64(tokens), cs: 1, is_bf16: 0), matrix(2),
          into: attended + item * tokens * width + column, rowStep: width, m: tokens, k: tokens,
          n: head)
      }
    }
  }
}
