import Testing
import YAML

/// Lines and columns, both from 1, and lengths.
@Suite struct MarkTests {
  @Test func keysAndScalars() throws {
    let root = try compose("version: 1\nname:   'two words'\n\nseed: 0x10\n")
    #expect(root.mark == SourceMark(1, 1))
    #expect(
      root.pairs.map(\.key.mark) == [SourceMark(1, 1, 7), SourceMark(2, 1, 4), SourceMark(4, 1, 4)])
    #expect(
      root.pairs.map(\.value.mark) == [
        SourceMark(1, 10), SourceMark(2, 9, 11), SourceMark(4, 7, 4),
      ])
  }

  @Test func blockListsAndMappings() throws {
    let root = try compose("a:\n  - b: 1\n    c: 2\n  -   d\n")
    let list = try #require(root["a"])
    #expect(list.mark == SourceMark(2, 3))
    #expect(list.items.map(\.mark) == [SourceMark(2, 5), SourceMark(4, 7)])
    #expect(list.items[0].pairs.map(\.key.mark) == [SourceMark(2, 5), SourceMark(3, 5)])
    #expect(list.items[0].pairs.map(\.value.mark) == [SourceMark(2, 8), SourceMark(3, 8)])
  }

  @Test func flowListsAndMappings() throws {
    let root = try compose("a: { b: [x, yy], c: {} }")
    let outer = try #require(root["a"])
    #expect(outer.mark == SourceMark(1, 4))
    #expect(outer["b"]?.mark == SourceMark(1, 9))
    #expect(outer["b"]?.items.map(\.mark) == [SourceMark(1, 10), SourceMark(1, 13, 2)])
    #expect(outer["c"]?.mark == SourceMark(1, 21))
  }

  /// Nothing stands right behind its colon.
  @Test func missingValues() throws {
    let root = try compose("a:\nb: ~\nc: ''")
    #expect(
      root.pairs.map(\.value.mark) == [SourceMark(1, 3), SourceMark(2, 4), SourceMark(3, 4, 2)])
  }

  /// A text over several lines is marked where it starts.
  @Test func textsOfSeveralLines() throws {
    let root = try compose("a: |\n  x\n  y\nb: \"p\n  q\"\nc: r\n  s\n")
    #expect(root.pairs.map(\.value.mark) == [SourceMark(1, 4), SourceMark(4, 4), SourceMark(6, 4)])
    #expect(root.pairs.map(\.value.outline) == [#""x\ny\n""#, #""p q""#, #""r s""#])
  }

  /// Columns count Unicode scalars, so editors that count others differ by accents of their own and emoji.
  @Test func charactersBeyondASCII() throws {
    let root = try compose("{ é: ü, x\u{301}: 🐨, x: 1 }")
    #expect(
      root.pairs.map(\.key.mark) == [SourceMark(1, 3), SourceMark(1, 9, 2), SourceMark(1, 16)])
  }

  @Test(arguments: [
    ("\u{85}", "U+0085", "u0085"), ("\u{2028}", "U+2028", "u2028"), ("\u{2029}", "U+2029", "u2029"),
  ])
  func lineEndsThatCantBeSeenAreNamed(end: String, point: String, escape: String) {
    let result = YAMLComposer.compose(Array("a: 1\r\nb: 2\(end)c: 3".utf8))
    #expect(
      result.faults == [
        YAMLFault(
          .oddCharacter,
          "a line break (\(point)) that can't be seen stands in column 5; delete it, or write \\\(escape) in double quotes",
          at: SourceMark(2, 5))
      ])
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func lineEnds(end: String) throws {
    let root = try compose("a: 1\(end)b: 2\(end)\(end)c: 3")
    #expect(root.pairs.map(\.key.mark.line) == [1, 2, 4])
    #expect(root.pairs.map(\.key.mark.column) == [1, 1, 1])
  }

  @Test func aByteOrderMarkTakesNoColumn() throws {
    #expect(try compose("\u{FEFF}a: 1") == compose("a: 1"))
  }

  /// A fault in a shared value is shown where the value is written.
  @Test func aliasesPointToTheAnchoredValue() throws {
    let root = try compose("a: &x\n  b: 1\nc: *x\n")
    #expect(root["c"]?.mark == root["a"]?.mark)
    #expect(root["c"]?["b"]?.mark == SourceMark(2, 6))
  }
}
