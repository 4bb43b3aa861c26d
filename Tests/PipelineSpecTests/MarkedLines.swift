import YAML

/// How long the lines of a text are, to tell whether a mark lies in it.
struct MarkedLines {
  /// Scalars of each line; a text has one line at least.
  private let lengths: [Int]

  init(_ bytes: [UInt8]) {
    var lengths = [0]
    var last: Unicode.Scalar?
    let text = bytes.starts(with: YAMLComposer.byteOrderMark) ? bytes.dropFirst(3) : bytes[...]
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      if scalar == "\n" && last == "\r" {
        // The second half of a line end.
      } else if ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar) {
        lengths.append(0)
      } else {
        lengths[lengths.count - 1] += 1
      }
      last = scalar
    }
    self.lengths = lengths
  }

  /// Whether the mark starts on a character or right behind a line's last, and ends on that line.
  func contains(_ mark: SourceMark) -> Bool {
    guard lengths.indices.contains(mark.line - 1), mark.column >= 1, mark.length >= 1 else {
      return false
    }
    return mark.column + mark.length - 1 <= lengths[mark.line - 1] + 1
  }
}
