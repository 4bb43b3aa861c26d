/// In JSON a name that is UTF-8 is a plain string. Any other is `bytes://` and its bytes, those of plain ASCII as they
/// are and the others as `%E9`; a real name that starts with `bytes://` is written so too, so that no two names share
/// a form.
extension FileName: Codable {
  private static let mark = Array("bytes://".utf8)

  package init(from decoder: any Decoder) throws {
    self.init(encoded: try decoder.singleValueContainer().decode(String.self))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(encoded)
  }

  /// The form that JSON has.
  package var encoded: String {
    if let text, !bytes.starts(with: Self.mark) { return text }
    let digits = Array("0123456789ABCDEF".utf8)
    var form = Self.mark
    for byte in bytes {
      if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "%") {
        form.append(byte)
      } else {
        form += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: form, as: UTF8.self)
  }

  /// Takes the form that JSON has; a `%` without two hexadecimal digits stands for itself.
  package init(encoded text: String) {
    let form = Array(text.utf8)
    guard form.starts(with: Self.mark) else {
      self.init(bytes: form)
      return
    }
    var bytes: [UInt8] = []
    var rest = form.dropFirst(Self.mark.count)
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let high = Self.digit(rest.first),
        let low = Self.digit(rest.dropFirst().first)
      {
        bytes.append(high << 4 | low)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    self.init(bytes: bytes)
  }

  private static func digit(_ byte: UInt8?) -> UInt8? {
    guard let byte else { return nil }
    return Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
  }
}
