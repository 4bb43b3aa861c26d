import Autograd
import Kernels
package import TensorCore

/// A layer of the transformer.
protocol TransformerLayer: Sendable {
  /// All that is learned.
  var parameters: [Parameter] { get }

  /// Works on all tokens of each item.
  ///
  /// - Parameters:
  ///   - input: (batch, length, hidden).
  ///   - surroundings: What all layers share.
  ///   - pass: How to compute.
  /// - Returns: Of the input's shape.
  func forward(
    _ input: Variable, _ surroundings: inout LayerSurroundings, _ pass: Pass
  ) -> Variable
}

/// What all layers of one pass share.
struct LayerSurroundings {
  /// A vector of each item's class, (batch, width); nil when layers don't take any.
  var condition: Variable?
  /// By which queries and keys are rotated; nil for none.
  var rotation: Rotation?
  /// (length, length), added to scores; nil for none.
  var mask: Tensor?
  /// In training; nil for none.
  var dropout: Dropout?
  /// Attends in place of attention among the tokens at hand, as to tokens that were seen before; nil for that.
  var attend: ((_ query: Variable, _ key: Variable, _ value: Variable) -> Variable)?

  /// (batch, length, hidden) of queries, keys and values of that shape.
  func attention(
    _ query: Variable, _ key: Variable, _ value: Variable, heads: Int, _ pass: Pass
  ) -> Variable {
    if let attend { return attend(query, key, value) }
    return pass.attention(query, key, value, heads: heads, mask: mask)
  }

  /// Drops a share of the values, in training.
  mutating func drop(_ input: Variable, _ pass: Pass) -> Variable {
    guard dropout != nil else { return input }
    return dropout?.apply(input, pass) ?? input
  }
}

/// Values dropped in training, by the numbers of one step.
package struct Dropout {
  /// The share, 0..<1.
  package let rate: Float
  private var random: CounterRandom

  /// Takes a step's random numbers.
  package init(rate: Float, random: CounterRandom) {
    self.rate = rate
    self.random = random
  }

  mutating func apply(_ input: Variable, _ pass: Pass) -> Variable {
    pass.dropout(input, rate: rate, random: &random)
  }
}
