package import Autograd
import Kernels
import TensorCore

/// Cross-entropy of tokens with logits over the vocabulary, over codes or digit by digit.
struct TokenLoss {
  let configuration: MaskGITConfiguration
  /// The share of a label that is spread over all codes.
  let smoothing: Float

  /// The loss of each row, (rows), and whether the likeliest code is the right one.
  ///
  /// - Parameters:
  ///   - logits: (rows, vocabulary).
  ///   - tokens: The right code of each row.
  ///   - pass: How to compute.
  /// - Returns: Both.
  func losses(
    _ logits: Variable, _ tokens: [Int32], _ pass: Pass
  ) -> (losses: Variable, isRight: [Bool]) {
    let parts: [(columns: Range<Int>, labels: [Int32])]
    switch configuration.head {
    case .codes: parts = [(0..<configuration.codebookSize, tokens)]
    case .digits:
      var offset = 0
      var divisor: Int32 = 1
      parts = configuration.levels.map { level in
        defer {
          offset += level
          divisor *= Int32(level)
        }
        return (offset..<offset + level, tokens.map { $0 / divisor % Int32(level) })
      }
    }
    var isRight = [Bool](repeating: true, count: tokens.count)
    var sum: Variable?
    for (columns, labels) in parts {
      let own = pass.columns(columns, of: logits)
      for (row, place) in Self.likeliest(own.value).enumerated() where place != labels[row] {
        isRight[row] = false
      }
      let losses = pass.crossEntropy(
        own, labels: Tensor([labels.count], integers: labels), smoothing: smoothing)
      sum = sum.map { pass.add($0, losses) } ?? losses
    }
    return (sum ?? Variable(Tensor.zeros([0])), isRight)
  }

  private static func likeliest(_ logits: Tensor) -> [Int32] {
    let columns = logits.shape.columns
    return logits.withFloats { values in
      (0..<logits.shape.rows).map { row in
        var best = 0
        for column in 1..<max(1, columns)
        where values[row * columns + column] > values[row * columns + best] { best = column }
        return Int32(best)
      }
    }
  }
}

/// What a training step came to.
package struct TokenOutcome {
  /// The mean over the tokens that count, shape [].
  package let loss: Variable
  package let metrics: [String: Double]
}
