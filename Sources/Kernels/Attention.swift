import CKernels
package import TensorCore

/// Scaled dot-product attention with several heads.
///
/// Source: Vaswani et al. 2017, "Attention is all you need", section 3.2.
///
/// Queries, keys and values are (batch, tokens, width), each head's share of the width side by side. Every head of
/// every item is worked on by one thread, so that results don't depend on how many there are.
package struct Attention: Sendable {
  /// Parts of the width that attend on their own.
  package let heads: Int
  /// Of the products.
  package let precision: Precision

  /// Sets attention up.
  package init(heads: Int, precision: Precision) {
    self.heads = heads
    self.precision = precision
  }

  /// What attending gave.
  package struct Result {
    /// Shape (batch, queries, width).
    package let output: Tensor
    /// Shape (batch, heads, queries, keys), each row summing to 1; nil when not asked for.
    package let probabilities: Tensor?
  }

  /// The sizes of one call.
  private struct Sizes {
    let batch, queries, keys, width, head: Int
    var scale: Float { 1 / Float(head).squareRoot() }

    init(_ query: Tensor, _ key: Tensor, _ heads: Int) {
      precondition(
        query.shape.rank == 3 && key.shape.rank == 3, "attention is over (batch, tokens, width)")
      precondition(query.shape[0] == key.shape[0] && query.shape[2] == key.shape[2])
      precondition(query.shape[2].isMultiple(of: heads), "heads share the width evenly")
      batch = query.shape[0]
      queries = query.shape[1]
      keys = key.shape[1]
      width = query.shape[2]
      head = width / heads
    }

    /// The most elements that a right factor has once packed.
    var largestPacked: Int {
      [(head, keys), (keys, head), (queries, head)].map {
        Int(lattice_gemm_packed_count(Int64($0.0), Int64($0.1)))
      }.max() ?? 0
    }
  }

  /// Attends.
  ///
  /// - Parameters:
  ///   - query: (batch, queries, width).
  ///   - key: (batch, keys, width).
  ///   - value: Likewise.
  ///   - mask: Added to the scores, (queries, keys); minus infinity forbids. Nil for none.
  ///   - keepsProbabilities: True when gradients will be asked for.
  ///   - workers: Who computes.
  /// - Returns: The output.
  package func forward(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, mask: Tensor? = nil,
    keepsProbabilities: Bool = false, workers: any Workers
  ) -> Result {
    let sizes = Sizes(query, key, heads)
    if let mask {
      precondition(mask.shape == [sizes.queries, sizes.keys], "one score of a mask for each pair")
    }
    var kept: Tensor?
    let output = Tensor(query.shape) { output in
      let output = SendablePointer(output.baseAddress)
      if keepsProbabilities {
        kept = Tensor([sizes.batch, heads, sizes.queries, sizes.keys]) { probabilities in
          let probabilities = SendablePointer(probabilities.baseAddress)
          attend(query, key, value, mask, sizes, probabilities, output, workers)
        }
      } else {
        attend(query, key, value, mask, sizes, SendablePointer(nil), output, workers)
      }
    }
    return Result(output: output, probabilities: kept)
  }

  private func attend(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: Tensor?, _ sizes: Sizes,
    _ probabilities: SendablePointer<Float>, _ output: SendablePointer<Float>,
    _ workers: any Workers
  ) {
    let area = sizes.queries * sizes.keys
    let (q, k, v) = (Rows(query), Rows(key), Rows(value))
    let maskRows = mask.map { Rows($0) }
    workers.forRanges(sizes.batch * heads) { range in
      let product = SmallProduct(precision: precision, largest: sizes.largestPacked)
      let scratch = TensorStorage(byteCount: area * 4)
      for index in range {
        let (item, column) = (index / heads, index % heads * sizes.head)
        let scores =
          probabilities.pointer.map { $0 + index * area }
          ?? scratch.memory.assumingMemoryBound(to: Float.self)
        product.multiply(
          q.matrix(item, column), k.transposed(item, column), into: scores, rowStep: sizes.keys,
          m: sizes.queries, k: sizes.head, n: sizes.keys)
        lattice_softmax_f32(
          scores, maskRows?.address, sizes.scale, scores, Int64(sizes.queries), Int64(sizes.keys))
        product.multiply(
          Self.matrix(scores, sizes.keys), v.matrix(item, column),
          into: output.pointer.map { $0 + item * sizes.queries * sizes.width + column },
          rowStep: sizes.width, m: sizes.queries, k: sizes.keys, n: sizes.head)
      }
    }
    withExtendedLifetime((query, key, value, mask)) {}
  }

  /// The gradients of queries, keys and values.
  ///
  /// - Parameters:
  ///   - gradient: Of the output, (batch, queries, width).
  ///   - query: As given to ``forward(_:_:_:mask:keepsProbabilities:workers:)``.
  ///   - key: Likewise.
  ///   - value: Likewise.
  ///   - probabilities: As it gave.
  ///   - workers: Who computes.
  /// - Returns: In the order of the inputs.
  package func backward(
    _ gradient: Tensor, _ query: Tensor, _ key: Tensor, _ value: Tensor, _ probabilities: Tensor,
    workers: any Workers
  ) -> (query: Tensor, key: Tensor, value: Tensor) {
    let sizes = Sizes(query, key, heads)
    let (q, k, v) = (Rows(query), Rows(key), Rows(value))
    let (dOut, p) = (Rows(gradient), Rows(probabilities))
    var (ofKey, ofValue) = (Tensor?.none, Tensor?.none)
    let ofQuery = Tensor(query.shape) { dQuery in
      ofKey = Tensor(key.shape) { dKey in
        ofValue = Tensor(key.shape) { dValue in
          let targets = [dQuery, dKey, dValue].map { SendablePointer($0.baseAddress) }
          spread(sizes, (q, k, v), dOut, p, targets, workers)
        }
      }
    }
    withExtendedLifetime((gradient, query, key, value, probabilities)) {}
    return (ofQuery, ofKey ?? ofQuery, ofValue ?? ofQuery)
  }

  private func spread(
    _ sizes: Sizes, _ inputs: (q: Rows, k: Rows, v: Rows), _ dOut: Rows, _ p: Rows,
    _ targets: [SendablePointer<Float>], _ workers: any Workers
  ) {
    let area = sizes.queries * sizes.keys
    let (q, k, v) = inputs
    workers.forRanges(sizes.batch * heads) { range in
      let product = SmallProduct(precision: precision, largest: sizes.largestPacked)
      let scratch = TensorStorage(byteCount: area * 4)
      let scores = scratch.memory.assumingMemoryBound(to: Float.self)
      for index in range {
        let (item, column) = (index / heads, index % heads * sizes.head)
        let ofQueries = item * sizes.queries * sizes.width + column
        let ofKeys = item * sizes.keys * sizes.width + column
        let rows = p.address.map { $0 + index * area }
        // dV = P' dO; dP = dO V'; dS = P (dP - rowsum(P dP)) scale; dQ = dS K; dK = dS' Q.
        product.multiply(
          Self.transposed(rows, sizes.keys), dOut.matrix(item, column),
          into: targets[2].pointer.map { $0 + ofKeys }, rowStep: sizes.width, m: sizes.keys,
          k: sizes.queries, n: sizes.head)
        product.multiply(
          dOut.matrix(item, column), v.transposed(item, column), into: scores, rowStep: sizes.keys,
          m: sizes.queries, k: sizes.head, n: sizes.keys)
        lattice_softmax_backward_f32(
          rows, scores, sizes.scale, scores, Int64(sizes.queries), Int64(sizes.keys))
        product.multiply(
          Self.matrix(scores, sizes.keys), k.matrix(item, column),
          into: targets[0].pointer.map { $0 + ofQueries }, rowStep: sizes.width, m: sizes.queries,
          k: sizes.keys, n: sizes.head)
        product.multiply(
          Self.transposed(scores, sizes.keys), q.matrix(item, column),
          into: targets[1].pointer.map { $0 + ofKeys }, rowStep: sizes.width, m: sizes.keys,
          k: sizes.queries, n: sizes.head)
      }
    }
  }

  private static func matrix(_ address: UnsafePointer<Float>?, _ columns: Int) -> lattice_matrix {
    lattice_matrix(data: address, rs: Int64(columns), cs: 1, is_bf16: 0)
  }

  private static func transposed(
    _ address: UnsafePointer<Float>?, _ columns: Int
  ) -> lattice_matrix {
    lattice_matrix(data: address, rs: 1, cs: Int64(columns), is_bf16: 0)
  }
}

/// The tokens of a batch as matrices, one for each item and head.
// Read by several threads while the call that made it keeps the tensor alive.
private struct Rows: @unchecked Sendable {
  let address: UnsafePointer<Float>?
  private let tokens: Int
  private let width: Int

  init(_ tensor: Tensor) {
    address = tensor.withFloats { $0.baseAddress }
    tokens = tensor.shape.rank > 1 ? tensor.shape[-2] : 1
    width = tensor.shape.columns
  }

  /// (tokens, head).
  func matrix(_ item: Int, _ column: Int) -> lattice_matrix {
    lattice_matrix(
      data: address.map { $0 + item * tokens * width + column }, rs: Int64(width), cs: 1,
      is_bf16: 0)
  }

  /// (head, tokens).
  func transposed(_ item: Int, _ column: Int) -> lattice_matrix {
    lattice_matrix(
      data: address.map { $0 + item * tokens * width + column }, rs: 1, cs: Int64(width),
      is_bf16: 0)
  }
}
