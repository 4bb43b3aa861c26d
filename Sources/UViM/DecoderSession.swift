import CKernels
import Kernels
import TensorCore

/// One decoding of a batch: what is remembered of tokens and of pictures, and the memory of a step.
///
/// A step allocates no tensor. A row's logits are the same bits whichever rows are computed together with it.
final class DecoderSession {
  private let weights: DecoderWeights
  private let workers: any Workers
  private let products: RowProducts
  private let attention: CachedAttention
  private let crossAttention: CachedAttention
  private let selfCaches: [KeyValueCache]
  private let crossCaches: [KeyValueCache]
  private let rows: Int
  private var configuration: StageTwoConfiguration { weights.configuration }

  private let input, normed, wide, attended, inner, moments: Floats
  /// (rows, vocabulary), of the last step.
  let logits: Floats

  /// Reserves memory and looks at the pictures.
  ///
  /// - Parameters:
  ///   - weights: The decoder.
  ///   - memory: What the decoder sees of the pictures, (batch, tokens, width).
  ///   - rowsPerItem: The most rows of one item in a step.
  ///   - workers: Who computes.
  init(_ weights: DecoderWeights, memory: Tensor, rowsPerItem: Int, workers: any Workers) {
    self.weights = weights
    self.workers = workers
    let configuration = weights.configuration
    let (batch, width, tokens) = (memory.shape[0], configuration.width, memory.shape[1])
    func caches(_ capacity: Int) -> [KeyValueCache] {
      weights.layers.map { _ in
        KeyValueCache(
          items: batch, heads: configuration.heads, headWidth: configuration.headWidth,
          capacity: capacity, precision: weights.precision)
      }
    }
    rows = batch * rowsPerItem
    products = RowProducts(workers: workers)
    attention = CachedAttention(
      rows: rowsPerItem, capacity: configuration.codeLength, workers: workers)
    crossAttention = CachedAttention(rows: rowsPerItem, capacity: tokens, workers: workers)
    selfCaches = caches(configuration.codeLength)
    crossCaches = caches(tokens)
    for (layer, cache) in zip(weights.layers, crossCaches) {
      cache.fill(
        key: Gemm.multiply(memory, layer.crossKey, workers: workers),
        value: Gemm.multiply(memory, layer.crossValue, workers: workers), workers: workers)
    }
    input = Floats(rows * width)
    normed = Floats(rows * width)
    wide = Floats(rows * width * 3)
    attended = Floats(rows * width)
    inner = Floats(rows * configuration.mlpWidth)
    moments = Floats(rows * 2)
    logits = Floats(rows * configuration.vocabulary)
  }

  /// Bytes that a step reads of what is remembered, with `visible` tokens seen.
  func cacheBytes(visible: Int) -> Int {
    let size = weights.precision == .f32 ? 4 : 2
    let tokens = (crossCaches.first?.capacity ?? 0) + visible
    return (selfCaches.first?.items ?? 0) * weights.layers.count * 2 * tokens
      * configuration.width * size
  }

  /// Computes the logits of some rows.
  ///
  /// - Parameters:
  ///   - groups: Rows by item, in order from row 0 on; a group's first row stands at position `visible - 1`.
  ///   - tokens: The token before each row's position.
  func step(_ groups: [QueryGroup], tokens: [Int32]) {
    let (count, width) = (tokens.count, configuration.width)
    precondition(count <= rows, "there is room for \(rows) rows")
    start(groups, tokens)
    for (index, layer) in weights.layers.enumerated() {
      normalize(layer.norms[0], count)
      products.multiply(normed.start, count: count, layer.queryKeyValue.matrix, into: wide.start)
      remember(groups, selfCaches[index])
      attention.attend(
        groups, query: wide.start, queryStep: 3 * width, cache: selfCaches[index], isCausal: true,
        into: attended.start)
      products.multiply(
        attended.start, count: count, layer.selfOut.matrix, into: input.start, isAdded: true)
      normalize(layer.norms[1], count)
      products.multiply(normed.start, count: count, layer.crossQuery.matrix, into: wide.start)
      crossAttention.attend(
        groups.map { group in
          QueryGroup(
            item: group.item, row: group.row, count: group.count,
            visible: crossCaches[index].capacity)
        }, query: wide.start, queryStep: width, cache: crossCaches[index], isCausal: false,
        into: attended.start)
      products.multiply(
        attended.start, count: count, layer.crossOut.matrix, into: input.start, isAdded: true)
      normalize(layer.norms[2], count)
      products.multiply(normed.start, count: count, layer.first.matrix, into: inner.start)
      addBias(layer.first.bias, to: inner, count)
      activate(count * configuration.mlpWidth)
      products.multiply(
        inner.start, count: count, layer.second.matrix, into: input.start, isAdded: true)
      addBias(layer.second.bias, to: input, count)
    }
    normalize(weights.norm, count)
    products.multiply(normed.start, count: count, weights.head.matrix, into: logits.start)
    addBias(weights.head.bias, to: logits, count)
  }

  private func start(_ groups: [QueryGroup], _ tokens: [Int32]) {
    let width = configuration.width
    weights.embedding.withFloats { embedding in
      weights.positions.withFloats { positions in
        for group in groups {
          for row in group.row..<(group.row + group.count) {
            let token = Int(tokens[row]) * width
            let position = (group.visible - 1 + row - group.row) * width
            for index in 0..<width {
              input.start[row * width + index] =
                embedding[token + index] + positions[position + index]
            }
          }
        }
      }
    }
  }

  private func remember(_ groups: [QueryGroup], _ cache: KeyValueCache) {
    let width = configuration.width
    for group in groups {
      for row in group.row..<(group.row + group.count) {
        let line = wide.start + row * 3 * width
        cache.put(
          key: line + width, value: line + 2 * width, item: group.item,
          position: group.visible - 1 + row - group.row)
      }
    }
  }

  private func normalize(_ norm: DecoderWeights.Norm, _ count: Int) {
    norm.scale.withFloats { scale in
      norm.bias.withFloats { bias in
        lattice_layer_norm_f32(
          input.start, scale.baseAddress, bias.baseAddress, NormParameters.epsilon, normed.start,
          moments.start, moments.start + count, Int64(count), Int64(configuration.width))
      }
    }
  }

  private func addBias(_ bias: Tensor?, to floats: Floats, _ count: Int) {
    bias?.withFloats {
      lattice_add_row_f32($0.baseAddress, floats.start, Int64(count), Int64($0.count))
    }
  }

  private func activate(_ count: Int) {
    let target = SendablePointer(inner.start)
    workers.forRanges(count, grain: 8192) { range in
      guard let start = target.pointer.map({ $0 + range.lowerBound }) else { return }
      lattice_activate_f32(LATTICE_GELU_TANH, start, start, Int64(range.count))
    }
  }
}

/// Memory for so many floats.
struct Floats {
  private let storage: TensorStorage
  let start: UnsafeMutablePointer<Float>

  init(_ count: Int) {
    storage = TensorStorage(byteCount: max(count, 1) * 4)
    start = storage.memory.assumingMemoryBound(to: Float.self)
    start.update(repeating: 0, count: max(count, 1))
  }
}
