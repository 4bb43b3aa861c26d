import Glibc
import TensorCore

/// What an image's tokens cost to store by the model's probabilities, in bits: the compression cost of a representation.
///
/// Groups of tokens are uncovered along a fixed, evenly spread order; each is coded by its probability given the groups
/// before it. Sources: Mentzer et al. 2023, "Finite scalar quantization", section 4; the sizes of groups: Mentzer et al.
/// 2023, "M2T: masking transformers twice", f(x) = N x^α.
package struct TokenScore: Hashable, Sendable {
  /// Groups, each a pass through the network.
  package let steps: Int
  /// How unequal groups are; above 1 the first are small.
  package let exponent: Double

  /// Sets scoring up; the defaults are M2T's.
  package init(steps: Int = 12, exponent: Double = 2.2) {
    precondition(steps >= 1 && exponent > 0)
    self.steps = steps
    self.exponent = exponent
  }

  /// Bits of each token.
  ///
  /// - Parameters:
  ///   - canvases: Complete images.
  ///   - rows: Of the grid.
  ///   - columns: Of the grid.
  ///   - predictor: The network.
  /// - Returns: Of each image, bits by place.
  /// - Throws: What the predictor throws.
  package func bits(
    _ canvases: [Canvas], rows: Int, columns: Int, predictor: some TokenPredictor
  ) throws -> [[Float]] {
    let order = PlaceOrder.quasirandom(rows: rows, columns: columns)
    var bits = canvases.map { [Float](repeating: 0, count: $0.tokens.count) }
    var covered = canvases.map { Canvas(places: $0.tokens.count, label: $0.label) }
    var done = 0
    for step in 0..<steps {
      let end = bound(step + 1, order.count)
      guard end > done else { continue }
      let group = Array(order[done..<end])
      let places = canvases.indices.flatMap { index in
        group.map { CanvasPlace(canvas: index, place: $0) }
      }
      let logits = try predictor.logits(of: places, in: covered)
      for (row, place) in places.enumerated() {
        let token = canvases[place.canvas].tokens[place.place]
        bits[place.canvas][place.place] = Self.bits(
          of: Int(token), in: logits[row..<(row + 1)], digits: predictor.digits)
        covered[place.canvas].tokens[place.place] = token
      }
      done = end
    }
    return bits
  }

  /// How many tokens are there after so many steps.
  func bound(_ step: Int, _ count: Int) -> Int {
    guard step < steps else { return count }
    return Int((Double(count) * pow(Double(step) / Double(steps), exponent)).rounded(.up))
  }

  /// The bits of a code, those of its digits added up.
  private static func bits(of token: Int, in logits: Tensor, digits: [Int]) -> Float {
    logits.withFloats { logits in
      var (rest, offset, bits) = (token, 0, 0.0)
      for level in digits {
        let row = logits[offset..<(offset + level)]
        let most = Double(row.max() ?? 0)
        let sum = row.reduce(0.0) { $0 + exp(Double($1) - most) }
        bits += (log(sum) + most - Double(row[offset + rest % level])) / log(2)
        rest /= level
        offset += level
      }
      return Float(bits)
    }
  }
}
