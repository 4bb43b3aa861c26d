package import Autograd
import Kernels
package import TensorCore

/// Logits from the transformer, computing no more than a step needs: canvases that are alike are run once, the head
/// only at the places that are asked for, and an image without any token is a matter of its class alone, so what the
/// first step of one item gave serves all later items of that class.
///
/// All of that is exact: rows of a product don't depend on one another.
package final class TransformerPredictor: TokenPredictor {
  package let transformer: MaskGITTransformer
  private let pass: Pass
  /// Sequences that go through the network at once.
  private let batch: Int
  private var firstSteps: [Int: Tensor] = [:]

  /// The most bytes that first steps may take.
  private static let kept = 256 << 20

  /// Uses a network.
  ///
  /// - Parameters:
  ///   - transformer: Its parameters don't change from now on.
  ///   - pass: How to compute; without a tape.
  ///   - batch: Sequences that go through at once: memory against speed.
  package init(_ transformer: MaskGITTransformer, _ pass: Pass, batch: Int = 8) {
    precondition(pass.tape == nil && batch >= 1 && !transformer.isCausal)
    self.transformer = transformer
    self.pass = pass
    self.batch = batch
  }

  package var digits: [Int] { transformer.configuration.digits }
  private var columns: Int { transformer.configuration.codeRows }

  /// Sequences that went through the network so far.
  package private(set) var sequencesRun = 0

  package func logits(of places: [CanvasPlace], in canvases: [Canvas]) throws -> Tensor {
    for canvas in canvases { try canvas.check(against: transformer.configuration) }
    var numbers: [Canvas: Int] = [:]
    var distinct: [Canvas] = []
    let numberOf = canvases.map { canvas in
      if let known = numbers[canvas] { return known }
      numbers[canvas] = distinct.count
      distinct.append(canvas)
      return distinct.count - 1
    }
    var wanted = [Set<Int>](repeating: [], count: distinct.count)
    for place in places { wanted[numberOf[place.canvas]].insert(place.place) }
    let blanks = distinct.map { $0.tokens.allSatisfy { $0 < 0 } }
    let whole = transformer.configuration.tokens
    for index in distinct.indices where blanks[index] { wanted[index] = Set(0..<whole) }
    let order = wanted.map { $0.sorted() }
    let found = compute(distinct, blanks, order)
    let ranks = order.map { places in
      Dictionary(uniqueKeysWithValues: places.enumerated().map { ($0.element, $0.offset) })
    }
    let columns = columns
    return Tensor([places.count, columns]) { target in
      for (row, place) in places.enumerated() {
        let number = numberOf[place.canvas]
        let from = (ranks[number][place.place] ?? 0) * columns
        found[number].withFloats { source in
          let part = UnsafeMutableBufferPointer(
            rebasing: target[(row * columns)...].prefix(columns))
          _ = part.update(
            fromContentsOf: UnsafeBufferPointer(rebasing: source[from...].prefix(columns)))
        }
      }
    }
  }

  /// Logits of the wanted places of each canvas, (wanted, columns).
  private func compute(_ canvases: [Canvas], _ blanks: [Bool], _ wanted: [[Int]]) -> [Tensor] {
    var found: [Int: Tensor] = [:]
    var open: [Int] = []
    for index in canvases.indices {
      if blanks[index], let known = firstSteps[canvases[index].label] {
        found[index] = known
      } else if wanted[index].isEmpty {
        found[index] = Tensor.zeros([0, columns])
      } else {
        open.append(index)
      }
    }
    for start in stride(from: 0, to: open.count, by: batch) {
      let part = Array(open[start..<min(start + batch, open.count)])
      run(part.map { canvases[$0] }, part.map { wanted[$0] }).enumerated().forEach {
        found[part[$0.offset]] = $0.element
      }
    }
    for index in open where blanks[index] {
      let bytes = columns * transformer.configuration.tokens * 4
      guard (firstSteps.count + 1) * bytes <= Self.kept, let first = found[index] else { continue }
      firstSteps[canvases[index].label] = first
    }
    return canvases.indices.map { found[$0] ?? Tensor.zeros([0, columns]) }
  }

  private func run(_ canvases: [Canvas], _ wanted: [[Int]]) -> [Tensor] {
    let configuration = transformer.configuration
    sequencesRun += canvases.count
    let sequences = TokenSequences(
      labels: canvases.map(\.label), tokens: canvases.map(\.tokens))
    let rows = wanted.enumerated().flatMap { item, places in
      places.map { item * configuration.length + 1 + $0 }
    }
    let logits = transformer.logits(sequences, rows: rows, pass).value
    let codeLogits = MaskGITHead.codeLogits(logits, configuration, workers: pass.workers)
    var first = 0
    return wanted.map { places in
      defer { first += places.count }
      return codeLogits[first..<first + places.count]
    }
  }
}
