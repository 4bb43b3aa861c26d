import Testing
import YAML

/// Plain scalars by YAML 1.2's core schema, with `true` and `false` alone as booleans.
@Suite struct CoreSchemaTests {
  private func content(_ scalar: String) throws -> YAMLNode.Content {
    try #require(try compose("[\(scalar)]").items.first).content
  }

  @Test(arguments: ["~", "null", "Null", "NULL"])
  func nulls(text: String) throws {
    #expect(try content(text) == .null)
  }

  @Test func nothingIsNull() throws {
    #expect(try compose("a:").outline == "{a: null}")
    #expect(try compose("-\n- x").outline == #"[null, "x"]"#)
  }

  @Test func booleans() throws {
    #expect(try content("true") == .bool(true))
    #expect(try content("false") == .bool(false))
  }

  @Test(arguments: [
    "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF", "y", "Y", "n",
    "N", "True", "TRUE", "False", "FALSE", "nUll", "NIL", "none",
  ])
  func otherWordsAreTexts(text: String) throws {
    #expect(try content(text) == .string(text))
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("+7", 7), ("-19", -19), ("007", 7), ("0x1F", 31), ("0xff", 255),
    ("0o17", 15), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
  ])
  func wholeNumbers(text: String, number: Int) throws {
    #expect(try content(text) == .int(number))
  }

  @Test(arguments: [
    ("1.5", 1.5), ("-1.5", -1.5), ("+.5", 0.5), ("1.", 1), ("1e3", 1000), ("12e-2", 0.12),
    ("1E+2", 100), ("0.", 0), (".inf", Double.infinity), ("-.Inf", -Double.infinity),
    ("+.INF", Double.infinity), ("9223372036854775808", 0x1p63),
  ])
  func floats(text: String, number: Double) throws {
    #expect(try content(text) == .double(number))
  }

  @Test(arguments: [".nan", ".NaN", ".NAN"])
  func notANumber(text: String) throws {
    guard case .double(let number) = try content(text) else {
      Issue.record("\(text) is no float")
      return
    }
    #expect(number.isNaN)
  }

  /// Among them what YAML 1.1 takes for numbers of base 60 and 8, for dates and for digits in groups.
  @Test(arguments: [
    "1:30", "190:20:30", "1_000", "0b101", "0X1F", "-0x1F", "0x", "0o8", "0o", "0xG", "0x-1",
    "2001-01-01", "1.2.3", "1e", "e3", ".", "+", "--1", "1-2", ".e1", "inf", "nan", "infinity",
    "+.nan", "0x1p3", "1,5", "١", "8GiB", "10s..5m", "image.read@1",
  ])
  func textsThatLookLikeNumbers(text: String) throws {
    let document = "a: \(text)"
    #expect(try compose(document).outline == "{a: \(text.debugDescription)}")
  }

  @Test(arguments: ["1", "true", "null", "~", ".inf", ""])
  func quotedScalarsAreTexts(text: String) throws {
    #expect(try content("'\(text)'") == .string(text))
    #expect(try content("\"\(text)\"") == .string(text))
    #expect(try content("!!str \(text)") == .string(text))
    #expect(try content("! \(text)") == .string(text))
  }

  @Test func blockTextsAreTexts() throws {
    #expect(try compose("a: |-\n  12\nb: >-\n  true\n").outline == #"{a: "12", b: "true"}"#)
  }

  /// A key is what is written, whatever it looks like.
  @Test func keysAreTexts() throws {
    #expect(
      try compose("1: a\ntrue: b\n~: c\n0x1: d").pairs.map(\.key.value) == [
        "1", "true", "~", "0x1",
      ])
  }
}
