import CKernels
package import TensorCore

/// Keys and values of tokens that were seen, of one layer of attention, laid out as the right factors of its products.
///
/// Each head of each item has its keys as columns and its values as rows of packed matrices, so that attending is two
/// products that read every number once. Places that hold nothing are zero.
// Calls that change it don't overlap with others; within a call, threads write to places of their own.
package final class KeyValueCache: @unchecked Sendable {
  /// Items side by side.
  package let items: Int
  /// Parts of the width that attend on their own.
  package let heads: Int
  /// Values of a head.
  package let headWidth: Int
  /// Tokens there is room for.
  package let capacity: Int
  /// What is kept; sums are f32 either way.
  package let precision: Precision
  private let keys: TensorStorage
  private let values: TensorStorage
  private let keyCount: Int
  private let valueCount: Int

  /// Reserves memory.
  package init(items: Int, heads: Int, headWidth: Int, capacity: Int, precision: Precision) {
    self.items = items
    self.heads = heads
    self.headWidth = headWidth
    self.capacity = capacity
    self.precision = precision
    keyCount = Int(lattice_gemm_packed_count(Int64(headWidth), Int64(capacity)))
    valueCount = Int(lattice_gemm_packed_count(Int64(capacity), Int64(headWidth)))
    let size = precision == .f32 ? 4 : 2
    keys = TensorStorage(byteCount: items * heads * keyCount * size)
    values = TensorStorage(byteCount: items * heads * valueCount * size)
    for storage in [keys, values] {
      storage.memory.initializeMemory(as: UInt8.self, repeating: 0, count: storage.byteCount)
    }
  }

  /// Puts all tokens in at once.
  ///
  /// - Parameters:
  ///   - key: f32, (items, capacity, heads headWidth).
  ///   - value: Likewise.
  ///   - workers: Who packs.
  package func fill(key: Tensor, value: Tensor, workers: any Workers) {
    let shape: Shape = [items, capacity, heads * headWidth]
    precondition(key.shape == shape && value.shape == shape, "every token has a key and a value")
    let (width, head) = (Int64(heads * headWidth), Int64(headWidth))
    let sources = [key, value].map { SendableConstant($0.withFloats { $0.baseAddress }) }
    workers.forRanges(items * heads) { range in
      for index in range {
        let start = index / heads * capacity * heads * headWidth + index % heads * headWidth
        let turned = lattice_matrix(
          data: sources[0].pointer.map { $0 + start }, rs: 1, cs: width, is_bf16: 0)
        let plain = lattice_matrix(
          data: sources[1].pointer.map { $0 + start }, rs: width, cs: 1, is_bf16: 0)
        pack(turned, head, Int64(capacity), keys, index * keyCount)
        pack(plain, Int64(capacity), head, values, index * valueCount)
      }
    }
    withExtendedLifetime((key, value)) {}
  }

  private func pack(
    _ matrix: lattice_matrix, _ k: Int64, _ n: Int64, _ storage: TensorStorage, _ start: Int
  ) {
    let panels = lattice_gemm_panels(n)
    switch precision {
    case .f32:
      lattice_gemm_pack_f32(
        matrix, k, n, 0, panels, storage.memory.assumingMemoryBound(to: Float.self) + start)
    case .bf16:
      lattice_gemm_pack_bf16(
        matrix, k, n, 0, panels, storage.memory.assumingMemoryBound(to: UInt16.self) + start)
    }
  }

  /// Puts one token in, in place of what was there.
  ///
  /// - Parameters:
  ///   - key: heads headWidth values.
  ///   - value: Likewise.
  ///   - item: In 0..<items.
  ///   - position: In 0..<capacity.
  package func put(
    key: UnsafePointer<Float>, value: UnsafePointer<Float>, item: Int, position: Int
  ) {
    precondition(
      (0..<items).contains(item) && (0..<capacity).contains(position), "the token has a place")
    switch precision {
    case .f32:
      let (k, v) = (
        keys.memory.assumingMemoryBound(to: Float.self),
        values.memory.assumingMemoryBound(to: Float.self)
      )
      eachPlace(item, position, pair: 1, rows: capacity) { index, keyPlace, valuePlace in
        k[keyPlace] = key[index]
        v[valuePlace] = value[index]
      }
    case .bf16:
      let (k, v) = (
        keys.memory.assumingMemoryBound(to: UInt16.self),
        values.memory.assumingMemoryBound(to: UInt16.self)
      )
      let even = (capacity + 1) / 2 * 2
      eachPlace(item, position, pair: 2, rows: even) { index, keyPlace, valuePlace in
        k[keyPlace] = Self.bf16(key[index])
        v[valuePlace] = Self.bf16(value[index])
      }
    }
  }

  /// Where in the packed matrices each value of a token goes; `pair` rows lie side by side.
  @inline(__always)
  private func eachPlace(
    _ item: Int, _ position: Int, pair: Int, rows: Int, _ body: (Int, Int, Int) -> Void
  ) {
    let panel = Int(LATTICE_GEMM_PANEL)
    let innerRows = (headWidth + pair - 1) / pair * pair
    for head in 0..<heads {
      let index = item * heads + head
      let keyStart =
        index * keyCount + position / panel * panel * innerRows + position % panel * pair
      let valueStart =
        index * valueCount + position / pair * panel * pair + position % pair
      for place in 0..<headWidth {
        body(
          head * headWidth + place, keyStart + place / pair * panel * pair + place % pair,
          valueStart + place / panel * panel * rows + place % panel * pair)
      }
    }
  }

  /// Rounds to nearest, ties to even.
  @inline(__always)
  private static func bf16(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }

  /// The packed keys and values of one head of one item, from their start on.
  fileprivate func head(
    _ index: Int
  ) -> (keys: UnsafeMutableRawPointer, values: UnsafeMutableRawPointer) {
    let size = precision == .f32 ? 4 : 2
    return (keys.memory + index * keyCount * size, values.memory + index * valueCount * size)
  }
}

/// Neighbouring rows of queries of one item.
package struct QueryGroup {
  /// Of the cache.
  package var item: Int
  /// Its first row.
  package var row: Int
  /// How many rows.
  package var count: Int
  /// How many tokens the first row sees.
  package var visible: Int

  /// Names rows.
  package init(item: Int, row: Int, count: Int, visible: Int) {
    self.item = item
    self.row = row
    self.count = count
    self.visible = visible
  }
}

/// Attention of few queries to the tokens of a ``KeyValueCache``, in memory that is reserved once.
///
/// A query's result is the same whichever queries are asked together with it. One call at a time.
// One call at a time; within it, threads have scratch of their own.
package final class CachedAttention: @unchecked Sendable {
  private let workers: any Workers
  private let scratch: [TensorStorage]
  private let scores: [TensorStorage]
  private let rowStep: Int
  private let rows: Int

  /// Reserves memory.
  ///
  /// - Parameters:
  ///   - rows: The most rows of one group.
  ///   - capacity: The most tokens of a cache.
  ///   - workers: Who computes.
  package init(rows: Int, capacity: Int, workers: any Workers) {
    self.workers = workers
    self.rows = rows
    rowStep = (capacity + 31) / 32 * 32
    let parts = workers.threadCount == 1 ? 1 : workers.threadCount * 4
    let byteCount = rows * rowStep * 4
    scratch = (0..<parts).map { _ in
      TensorStorage(byteCount: Int(lattice_gemm_scratch_bytes()))
    }
    scores = (0..<parts).map { _ in TensorStorage(byteCount: byteCount) }
  }

  /// Attends.
  ///
  /// - Parameters:
  ///   - groups: Rows by item.
  ///   - query: The first row.
  ///   - queryStep: Values from row to row.
  ///   - cache: The tokens.
  ///   - isCausal: True when each row of a group sees one token more than the row before.
  ///   - result: (rows, heads headWidth), dense.
  package func attend(
    _ groups: [QueryGroup], query: UnsafePointer<Float>, queryStep: Int, cache: KeyValueCache,
    isCausal: Bool, into result: UnsafeMutablePointer<Float>
  ) {
    let tasks = groups.count * cache.heads
    let parts = min(scratch.count, tasks)
    guard parts > 0 else { return }
    let (source, target) = (SendableConstant(query), SendablePointer(result))
    workers.run(chunks: parts) { part in
      guard let source = source.pointer, let target = target.pointer else { return }
      for task in (part * tasks / parts)..<((part + 1) * tasks / parts) {
        let group = groups[task / cache.heads]
        let column = task % cache.heads * cache.headWidth
        one(
          group, task % cache.heads, cache, isCausal,
          source + group.row * queryStep + column, queryStep,
          target + group.row * cache.heads * cache.headWidth + column, part)
      }
    }
  }

  private func one(
    _ group: QueryGroup, _ head: Int, _ cache: KeyValueCache, _ isCausal: Bool,
    _ query: UnsafePointer<Float>, _ queryStep: Int, _ result: UnsafeMutablePointer<Float>,
    _ part: Int
  ) {
    precondition(group.count <= rows, "there is room for \(rows) rows")
    let visible = isCausal ? group.visible + group.count - 1 : group.visible
    precondition(visible <= cache.capacity, "a query sees tokens that there are")
    let extent = (visible + 1) / 2 * 2
    let scores = scores[part].memory.assumingMemoryBound(to: Float.self)
    let memory = cache.head(group.item * cache.heads + head)
    let headWidth = cache.headWidth
    product(
      cache.precision, lattice_matrix(data: query, rs: Int64(queryStep), cs: 1, is_bf16: 0),
      memory.keys, scores, rowStep, rows: group.count, k: headWidth, n: visible, part)
    let scale = 1 / Float(headWidth).squareRoot()
    for row in 0..<group.count {
      let line = scores + row * rowStep
      let seen = isCausal ? group.visible + row : group.visible
      lattice_softmax_f32(line, nil, scale, line, 1, Int64(seen))
      for place in seen..<extent { line[place] = 0 }
    }
    // The values' packed rows are those of the whole capacity: each panel of columns on its own.
    let panel = Int(LATTICE_GEMM_PANEL)
    let isF32 = cache.precision == .f32
    let panelBytes = isF32 ? panel * cache.capacity * 4 : panel * ((cache.capacity + 1) / 2 * 2) * 2
    let left = lattice_matrix(data: scores, rs: Int64(rowStep), cs: 1, is_bf16: 0)
    for start in stride(from: 0, to: headWidth, by: panel) {
      product(
        cache.precision, left, memory.values + start / panel * panelBytes, result + start,
        cache.heads * headWidth, rows: group.count, k: isF32 ? visible : extent,
        n: min(panel, headWidth - start), part)
    }
  }

  private func product(
    _ precision: Precision, _ left: lattice_matrix, _ right: UnsafeMutableRawPointer,
    _ result: UnsafeMutablePointer<Float>, _ resultStep: Int, rows: Int, k: Int, n: Int, _ part: Int
  ) {
    let range = lattice_gemm_range(
      row_begin: 0, row_end: Int64(rows), panel_begin: 0, panel_end: lattice_gemm_panels(Int64(n)),
      accumulate: 0, epilogue: nil)
    switch precision {
    case .f32:
      lattice_gemm_f32(
        left, right.assumingMemoryBound(to: Float.self), result, Int64(resultStep), Int64(k),
        Int64(n), range, scratch[part].memory)
    case .bf16:
      lattice_gemm_bf16(
        left, right.assumingMemoryBound(to: UInt16.self), result, Int64(resultStep), Int64(k),
        Int64(n), range, scratch[part].memory)
    }
  }
}
