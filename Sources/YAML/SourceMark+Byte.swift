extension SourceMark {
  /// The place of a byte of UTF-8 text.
  ///
  /// - Parameters:
  ///   - offset: Bytes before it, all of them valid; at most `bytes.count`.
  ///   - bytes: The text, without a byte order mark.
  init(ofByte offset: Int, in bytes: some RandomAccessCollection<UInt8>) {
    self.init(line: 1, column: 1)
    var afterReturn = false
    for scalar in String(decoding: bytes.prefix(offset), as: UTF8.self).unicodeScalars {
      if afterReturn, scalar == "\n" {
        afterReturn = false
        continue
      }
      afterReturn = scalar == "\r"
      if Self.lineEnds.contains(scalar) {
        line += 1
        column = 1
      } else {
        column += 1
      }
    }
  }

  /// What ends a line for the parser; a return and the newline after it count once.
  private static let lineEnds: Set<Unicode.Scalar> = [
    "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}",
  ]
}
