import Testing

/// A file too odd or too large to write out as text.
struct ByteFault: Sendable, CustomTestStringConvertible {
  var name: String
  var bytes: [UInt8]
  var message: String

  var testDescription: String { name }

  init(_ name: String, _ bytes: [UInt8], says message: String) {
    self.name = name
    self.bytes = bytes
    self.message = message + "\n"
  }

  static let all = [notUTF8, notUTF8BesideALineEnd, nul, bell, tooLarge, tooDeep, tooManyValues]

  static let notUTF8 = ByteFault(
    "notUTF8",
    Array("version: 1\nname: caf".utf8) + [0xE9, 0x0A],
    says: """
      spec.yaml:2:10: error[E002]: the text is not UTF-8; save the file as UTF-8
          2 | name: caf�
            |          ^
      1 error, 0 warnings: not queued.
      """)

  static let notUTF8BesideALineEnd = ByteFault(
    "notUTF8BesideALineEnd",
    Array("name: é\n".utf8) + [0xFF] + Array("\n\n\n".utf8),
    says: """
      spec.yaml:2:1: error[E002]: the text is not UTF-8; save the file as UTF-8
          2 | �
            | ^
      1 error, 0 warnings: not queued.
      """)

  static let nul = ByteFault(
    "nul",
    Array("name: x\u{0}y".utf8),
    says: """
      spec.yaml:1:8: error[E002]: the text holds a NUL character, which no text file does; write it anew as UTF-8
          1 | name: x�y
            |        ^
      1 error, 0 warnings: not queued.
      """)

  static let bell = ByteFault(
    "bell",
    Array("version: 1\nname: é\u{7}".utf8),
    says: """
      spec.yaml:2:8: error[E001]: the control character U+0007 can't stand in YAML; delete it, or write it as an escape in double quotes
          2 | name: é�
            |        ^
      1 error, 0 warnings: not queued.
      """)

  static let tooLarge = ByteFault(
    "tooLarge",
    Array(repeating: UInt8(ascii: "#"), count: 1 << 20) + [0x0A],
    says: """
      spec.yaml: error[E003]: the file has 1048577 bytes, a spec at most 1048576; name many files in a text file, with 'list'
      1 error, 0 warnings: not queued.
      """)

  static let tooDeep = ByteFault(
    "tooDeep",
    Array(repeating: UInt8(ascii: "["), count: 70),
    says: """
      spec.yaml:1:66: error[E004]: this is nested more than 64 levels deep; write it flatter
          1 | [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
            |                                                            ^
      1 error, 0 warnings: not queued.
      """)

  /// Nine lists, each of nine times the one before.
  static let tooManyValues = ByteFault(
    "tooManyValues",
    Array(
      (0..<9).map { level in
        let item = level == 0 ? "ha" : "*l\(level - 1)"
        return "x-\(level): &l\(level) [" + Array(repeating: item, count: 9).joined(separator: ", ")
          + "]\n"
      }.joined().utf8),
    says: """
      spec.yaml:6:11: error[E005]: the document has more than 100000 values, aliases expanded; use fewer aliases, or name files in a 'list'
          6 | x-5: &l5 [*l4, *l4, *l4, *l4, *l4, *l4, *l4, *l4, *l4]
            |           ^~~
      1 error, 0 warnings: not queued.
      """)
}
