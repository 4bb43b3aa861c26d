import Testing
import YAML

@Suite struct EncodingTests {
  private static let message = "the text is not UTF-8; save the file as UTF-8"

  /// Bytes that are no UTF-8, after `a: é` and a line end: alone, cut short, over-long, surrogate, too large.
  @Test(arguments: [
    [0xFF], [0x80], [0xC3], [0xC3, 0x28], [0xE2, 0x82], [0xF0, 0x9F, 0x90], [0xC0, 0xAF],
    [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80],
  ])
  func refusesWhatIsNotUTF8(bytes: [UInt8]) {
    let text = Array("a: é\nb: ü".utf8) + bytes + Array("\n\n".utf8)
    let result = YAMLComposer.compose(text)
    #expect(result.faults == [YAMLFault(.encoding, Self.message, at: SourceMark(2, 5))])
    #expect(result.root == nil)
  }

  @Test func refusesUTF16() {
    #expect(
      YAMLComposer.compose([0xFF, 0xFE, 0x61, 0x00]).faults == [
        YAMLFault(.encoding, Self.message, at: SourceMark(1, 1))
      ])
  }

  @Test func refusesNUL() {
    #expect(
      faults("a: 1\r\nb: \u{0}") == [
        YAMLFault(
          .encoding,
          "the text holds a NUL character, which no text file does; write it anew as UTF-8",
          at: SourceMark(2, 4))
      ])
  }

  @Test(arguments: [
    (0x07, "0007"), (0x1B, "001B"), (0x7F, "007F"), (0x9B, "009B"), (0xFFFE, "FFFE"),
  ])
  func refusesControlCharacters(code: UInt32, name: String) throws {
    let scalar = String(try #require(Unicode.Scalar(code)))
    #expect(
      faults("a: é\nb: 🐨\(scalar)") == [
        YAMLFault(
          .syntax,
          "the control character U+\(name) can't stand in YAML; delete it, or write it as an escape in double quotes",
          at: SourceMark(2, 5))
      ])
  }
}
