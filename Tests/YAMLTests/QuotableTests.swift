import Testing
import YAML

@Suite struct QuotableTests {
  @Test(arguments: [
    ("read", "read"), ("", ""), ("für 🐨", "für 🐨"), ("a\nb\tc\r", "a\\nb\\tc\\r"),
    ("\u{1B}[31m", "\\u{1B}[31m"), ("a\u{202E}b", "a\\u{202E}b"), ("a\u{2028}b", "a\\u{2028}b"),
    ("a\u{0}", "a\\u{0}"),
  ])
  func escapesWhatMovesTheCursor(text: String, quoted: String) {
    #expect(text.quotable == quoted)
  }

  @Test func cutsAfterSixtyCharacters() {
    let sixty = String(repeating: "a", count: 60)
    #expect(sixty.quotable == sixty)
    #expect((sixty + "b").quotable == sixty + "…")
  }

  /// One visible character can be as long as a book.
  @Test func cutsPiledUpAccents() {
    let pile = "a" + String(repeating: "\u{301}", count: 100_000)
    #expect(pile.quotable.unicodeScalars.count == 61)
  }
}
