import FileNames

/// What is wrong with a JSON text, and where; reads as "'images[0].id' at byte 17 must be a whole number, not 0.5".
package struct JSONFault: Error, Hashable, Sendable {
  /// From the start of the text.
  package var byte: Int
  /// What had to be there.
  package var expected: String
  /// What is there.
  package var found: String
  /// The value that is at fault or that surrounds the fault, as `images[0].id`; empty for the whole text.
  package var key: String
  /// The text is no JSON there; else it is, with another value than is needed.
  package var isSyntax: Bool
}

extension JSONFault: CustomStringConvertible {
  package var description: String {
    if key.isEmpty { return "byte \(byte) must be \(expected), not \(found)" }
    let place = isSyntax ? "byte \(byte), in '\(key)'," : "'\(key)' at byte \(byte)"
    return "\(place) must be \(expected), not \(found)"
  }
}

/// A step from a JSON value to one within it.
enum JSONStep: Hashable {
  case name(String)
  case index(Int)

  /// `images[0].id`; a hostile one neither fills the screen nor steers the terminal.
  static func key(_ steps: [JSONStep]) -> String {
    var key = ""
    for step in steps {
      switch step {
      case .name(let name): key += (key.isEmpty ? "" : ".") + JSONExcerpt.plain(name)
      case .index(let index): key += "[\(index)]"
      }
    }
    return key
  }
}

/// Pieces of a JSON text, as messages show them.
enum JSONExcerpt {
  private static let longest = 40

  /// At most forty characters; what can't be seen is written out.
  static func plain(_ text: String) -> String { ShownName.beginning(text, longest: longest) }

  /// The value that starts with the first of some bytes.
  static func value(_ bytes: ArraySlice<UInt8>) -> String {
    switch bytes.first {
    case nil: return "the end of the text"
    case UInt8(ascii: "{"): return "an object"
    case UInt8(ascii: "["): return "a list"
    case UInt8(ascii: "\""):
      let text = bytes.dropFirst().prefix { $0 != UInt8(ascii: "\"") }.prefix(4 * longest)
      return "the text '\(plain(String(decoding: text, as: UTF8.self)))'"
    case .some:
      let word = bytes.prefix(4 * longest).prefix { !Array(" \n\r\t,:]}".utf8).contains($0) }
      guard !word.isEmpty else { return character(bytes) }
      return plain(String(decoding: word, as: UTF8.self))
    }
  }

  /// The first character of some bytes.
  static func character(_ bytes: ArraySlice<UInt8>) -> String {
    guard let first = bytes.first else { return "the end of the text" }
    if 0x21...0x7E ~= first { return "'\(Character(Unicode.Scalar(first)))'" }
    let digits = String(first, radix: 16, uppercase: true)
    return "the byte 0x\(digits.count < 2 ? "0" : "")\(digits)"
  }
}
