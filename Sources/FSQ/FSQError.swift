/// Why some numbers can't be the levels of a quantizer.
package enum FSQLevelsError: Error, Hashable, Sendable {
  case channelCount(Int)
  case level(Int, channel: Int)
  case tooManyCodes([Int])
}

extension FSQLevelsError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .channelCount(let count):
      "\(count) levels given; a quantizer has 1 to 16 channels, each with its levels"
    case .level(let level, let channel):
      "channel \(channel) has \(level) levels; each channel has 2 to 65536"
    case .tooManyCodes(let levels):
      """
      the levels \(levels) make more than 2147483647 codes, which an i32 index can't tell apart; \
      use fewer channels or fewer levels
      """
    }
  }
}

/// An index that is not of the codebook.
package struct FSQIndexError: Error, Hashable, Sendable {
  /// What was found.
  package let index: Int
  /// Where, in elements from the start.
  package let row: Int
  /// The levels of the quantizer that was asked.
  package let levels: [Int]
  /// The codes it has.
  package let codebookSize: Int
}

extension FSQIndexError: CustomStringConvertible {
  package var description: String {
    """
    token \(row) is \(index), but levels \(levels) have the tokens 0...\(codebookSize - 1); \
    were they made with other levels?
    """
  }
}
