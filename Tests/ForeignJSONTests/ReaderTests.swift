import ForeignJSON
import Testing

/// JSON as other programs write it, and what is said of it.
@Suite struct ReaderTests {
  /// Reads the member `a` of an object and skips the others.
  private func member<Value>(
    _ text: String, _ read: @escaping (inout JSONReader) throws(JSONFault) -> Value
  ) -> Result<Value?, JSONFault> {
    do throws(JSONFault) {
      var json = JSONReader(Array(text.utf8))
      var value: Value?
      try json.object { json, name throws(JSONFault) in
        if name == "a" { value = try read(&json) } else { try json.anything() }
      }
      try json.end()
      return .success(value)
    } catch { return .failure(error) }
  }

  private func whole(_ value: String) -> Result<Int?, JSONFault> {
    member(#"{"a": \#(value)}"#) { json throws(JSONFault) in try json.wholeNumber(in: 0...99) }
  }

  private func sentence<Value>(_ result: Result<Value, JSONFault>) -> String? {
    if case .failure(let fault) = result { fault.description } else { nil }
  }

  /// What nobody asks for may be anything.
  @Test(arguments: [
    "1.5", "NaN", "-Infinity", "1e999", "123456789012345678901234567890", "null", "true", "[]",
    "{}",
    #""\ud800 \q""#, #"{"x": [1, {"y": [[], {}]}, "]}"], "z": 2}"#, "[[1, 2], [NaN]]",
    "\"tab\there\"", String(repeating: "[", count: 999) + String(repeating: "]", count: 999),
  ])
  func theRestIsSkipped(value: String) throws {
    let text = "\u{FEFF}{\"b\": \(value), \"a\": 7, \"c\": \(value)}"
    #expect(
      try member(text) { json throws(JSONFault) in try json.wholeNumber(in: 0...9) }.get() == 7)
  }

  @Test func wholeNumbersHoweverTheyAreWritten() throws {
    for text in ["42", "42.0", "4.2e1", "\"42\"", " 42 "] {
      #expect(try whole(text).get() == 42)
    }
    #expect(
      sentence(whole("0.5")) == "'a' at byte 6 must be a whole number of 0 to 99, not 0.5")
    #expect(sentence(whole("100")) == "'a' at byte 6 must be a whole number of 0 to 99, not 100")
    #expect(sentence(whole("NaN")) == "'a' at byte 6 must be a whole number of 0 to 99, not NaN")
    #expect(
      sentence(whole("null")) == "'a' at byte 6 must be a whole number of 0 to 99, not null")
    #expect(
      sentence(whole("[1]")) == "'a' at byte 6 must be a whole number of 0 to 99, not a list")
    #expect(
      sentence(whole("\"x\u{202E}y\""))
        == "'a' at byte 6 must be a whole number of 0 to 99, not the text 'x\\u{202E}y'")
  }

  @Test func identifiersAndFlags() throws {
    func name(_ value: String) throws -> String? {
      try member(#"{"a":\#(value)}"#) { json throws(JSONFault) in try json.identifier() }.get()
    }
    for text in ["7", "7.0", "\"7\""] { #expect(try name(text) == "7") }
    #expect(try name("\"frankfurt_000000\"") == "frankfurt_000000")
    #expect(try name("12345678901234567890") == "12345678901234567890")
    func flag(_ value: String) -> Result<Bool?, JSONFault> {
      member(#"{"a":\#(value)}"#) { json throws(JSONFault) in try json.flag() }
    }
    for text in ["true", "1", "1.0"] { #expect(try flag(text).get() == true) }
    for text in ["false", "0", "0.0", "null"] { #expect(try flag(text).get() == false) }
    #expect(sentence(flag("2")) == "'a' at byte 5 must be true, false, 1 or 0, not 2")
  }

  @Test func faultsNameTheirPlace() {
    func fault(_ text: String) -> String? {
      sentence(member(text) { json throws(JSONFault) in try json.wholeNumber(in: 0...9) })
    }
    #expect(fault("") == "byte 0 must be '{', not the end of the text")
    #expect(fault("\u{1F}\u{8B}") == "byte 0 must be '{', not the byte 0x1F")
    #expect(fault("[]") == "byte 0 must be '{', not '['")
    #expect(fault(#"{"a": 1 "b": 2}"#) == "byte 8 must be ',' or '}', not '\"'")
    #expect(fault(#"{"b": {"c": }}"#) == "byte 12, in 'b', must be a value, not '}'")
    #expect(
      fault(#"{"b": [1, 2"#) == "byte 11, in 'b', must be ',' or ']', not the end of the text")
    #expect(
      fault(#"{"b": "x\"#)
        == "byte 9, in 'b', must be the closing double quote, not the end of the text")
    #expect(fault(#"{"a": 1}x"#) == "byte 8 must be nothing more, not 'x'")
    let deep = #"{"b": "# + String(repeating: "[", count: 1 << 20)
    #expect(
      fault(deep) == "byte 1006, in 'b', must be no more than 1000 levels of nesting, not '['")
  }

  /// Every beginning of a text is a fault, and none is a crash.
  @Test func everyBeginningIsAFault() {
    let text = #"{"b": [1.5, "x\u00e9\n", {"c": null, "d": [true, NaN]}], "a": "3"}"#
    for count in 0..<text.utf8.count {
      let start = String(decoding: text.utf8.prefix(count), as: UTF8.self)
      #expect(
        sentence(member(start) { json throws(JSONFault) in try json.wholeNumber(in: 0...9) })
          != nil,
        "\(start)")
    }
  }
}
