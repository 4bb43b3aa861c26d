import TensorCore

/// What goes into the transformer: for each item the class, then tokens.
package struct TokenSequences: Sendable {
  /// Of each item; -1 for none.
  package let labels: [Int]
  /// Codes of each item, -1 where one is to be found; all of one length.
  package let tokens: [[Int32]]
  /// False for the tokens alone, as when decoding goes on.
  package let hasClass: Bool

  /// Takes labels and tokens, one list for each label.
  package init(labels: [Int], tokens: [[Int32]], hasClass: Bool = true) {
    precondition(labels.count == tokens.count && Set(tokens.map(\.count)).count <= 1)
    self.labels = labels
    self.tokens = tokens
    self.hasClass = hasClass
  }

  /// Items.
  package var count: Int { labels.count }
  /// Places of each.
  package var length: Int { (tokens.first?.count ?? 0) + (hasClass ? 1 : 0) }

  /// Rows of the word embedding: (count, length), or (count, length, digits) with -1 for none.
  func indices(_ configuration: MaskGITConfiguration) -> Tensor {
    let mask = Int32(configuration.maskRow)
    switch configuration.head {
    case .codes:
      var rows: [Int32] = []
      rows.reserveCapacity(count * length)
      for (label, tokens) in zip(labels, tokens) {
        if hasClass { rows.append(Int32(configuration.row(ofClass: label))) }
        rows += tokens.map { $0 < 0 ? mask : $0 }
      }
      return Tensor([count, length], integers: rows)
    case .digits:
      let levels = configuration.levels
      let none = [Int32](repeating: -1, count: levels.count - 1)
      var rows: [Int32] = []
      rows.reserveCapacity(count * length * levels.count)
      for (label, tokens) in zip(labels, tokens) {
        if hasClass { rows += [Int32(configuration.row(ofClass: label))] + none }
        for token in tokens {
          rows += token < 0 ? [mask] + none : DigitRows.rows(of: token, levels)
        }
      }
      return Tensor([count, length, levels.count], integers: rows)
    }
  }
}

/// Where the digits of a code stand in the rows of a factorised vocabulary.
enum DigitRows {
  /// One row for each channel; channel 0 is the fastest digit.
  static func rows(of code: Int32, _ levels: [Int]) -> [Int32] {
    var (rest, offset) = (Int(code), 0)
    return levels.map { level in
      defer {
        rest /= level
        offset += level
      }
      return Int32(offset + rest % level)
    }
  }
}
