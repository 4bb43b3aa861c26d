import Kernels
import TensorCore
import Testing

@Suite struct CachedAttentionTests {
  private func values(_ shape: Shape, seed: UInt64) -> Tensor {
    var random = CounterRandom(seed: seed)
    return Tensor(shape) { for index in $0.indices { $0[index] = random.normal() } }
  }

  private func attend(
    _ cache: KeyValueCache, _ query: Tensor, _ groups: [QueryGroup], isCausal: Bool, threads: Int
  ) -> [Float] {
    let attention = CachedAttention(
      rows: groups.map(\.count).max() ?? 1, capacity: cache.capacity,
      workers: ThreadTeam(threadCount: threads))
    var result = Tensor(query.shape, repeating: .nan)
    query.withFloats { query in
      result.withMutableFloats { result in
        guard let from = query.baseAddress, let to = result.baseAddress else { return }
        attention.attend(
          groups, query: from, queryStep: cache.heads * cache.headWidth, cache: cache,
          isCausal: isCausal, into: to)
      }
    }
    return result.floats
  }

  /// Sizes that leave panels, pairs and vectors unfilled.
  @Test(arguments: [(2, 5, 7), (3, 16, 33), (1, 64, 40)], Precision.allCases)
  func equalsWholeAttention(sizes: (heads: Int, head: Int, tokens: Int), precision: Precision) {
    let width = sizes.heads * sizes.head
    let (key, value) = (
      values([2, sizes.tokens, width], seed: 1), values([2, sizes.tokens, width], seed: 2)
    )
    let query = values([2, 3, width], seed: 3)
    let whole = Attention(heads: sizes.heads, precision: .f32).forward(
      query, key, value, workers: OneThread()
    ).output.floats
    let filled = KeyValueCache(
      items: 2, heads: sizes.heads, headWidth: sizes.head, capacity: sizes.tokens,
      precision: precision)
    filled.fill(key: key, value: value, workers: OneThread())
    let single = KeyValueCache(
      items: 2, heads: sizes.heads, headWidth: sizes.head, capacity: sizes.tokens,
      precision: precision)
    key.withFloats { key in
      value.withFloats { value in
        guard let key = key.baseAddress, let value = value.baseAddress else { return }
        for place in 0..<(2 * sizes.tokens) {
          single.put(
            key: key + place * width, value: value + place * width, item: place / sizes.tokens,
            position: place % sizes.tokens)
        }
      }
    }
    let groups = (0..<2).map { QueryGroup(item: $0, row: 3 * $0, count: 3, visible: sizes.tokens) }
    let found = attend(filled, query, groups, isCausal: false, threads: 1)
    let worst = zip(found, whole).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < (precision == .f32 ? 2e-6 : 3e-2), "off by \(worst)")
    #expect(attend(single, query, groups, isCausal: false, threads: 3) == found)
  }

  /// A row's bits don't depend on how many rows and tokens are there besides.
  @Test(arguments: Precision.allCases) func rowsStandAlone(precision: Precision) {
    let (heads, head, tokens) = (2, 16, 21)
    let width = heads * head
    let (key, value) = (values([1, tokens, width], seed: 1), values([1, tokens, width], seed: 2))
    let query = values([1, 4, width], seed: 3)
    func cache(_ count: Int) -> KeyValueCache {
      let cache = KeyValueCache(
        items: 1, heads: heads, headWidth: head, capacity: tokens, precision: precision)
      key.withFloats { key in
        value.withFloats { value in
          guard let key = key.baseAddress, let value = value.baseAddress else { return }
          for place in 0..<count {
            cache.put(
              key: key + place * width, value: value + place * width, item: 0, position: place)
          }
        }
      }
      return cache
    }
    let together = attend(
      cache(tokens), query, [QueryGroup(item: 0, row: 0, count: 4, visible: 18)], isCausal: true,
      threads: 2)
    for row in 0..<4 {
      let one = values([1, 4, width], seed: 3)[0..<1].reshaped([4, width])[row..<(row + 1)]
      let alone = attend(
        cache(18 + row), one, [QueryGroup(item: 0, row: 0, count: 1, visible: 18 + row)],
        isCausal: true, threads: 1)
      #expect(alone == Array(together[(row * width)..<((row + 1) * width)]))
    }
  }

  @Test(arguments: [1, 2, 8, 12, 13], Precision.allCases)
  func rowProductsEqualWholeOnes(rows: Int, precision: Precision) {
    let (left, right) = (values([rows, 65], seed: 1), values([65, 150], seed: 2))
    let packed = PackedMatrix(right, precision: precision, workers: OneThread())
    let whole = Gemm.multiply(left, packed, workers: OneThread()).floats
    for threads in [1, 2] {
      let products = RowProducts(workers: ThreadTeam(threadCount: threads))
      var result = Tensor([rows, 150], repeating: .nan)
      left.withFloats { left in
        result.withMutableFloats { result in
          guard let from = left.baseAddress, let to = result.baseAddress else { return }
          products.multiply(from, count: rows, packed, into: to)
        }
      }
      #expect(result.floats == whole)
    }
  }
}
