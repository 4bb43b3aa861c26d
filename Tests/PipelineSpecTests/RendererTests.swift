import PipelineSpec
import Testing
import YAML

@Suite struct RendererTests {
  private func excerpt(
    _ source: String, line: Int = 1, column: Int, length: Int = 1, hasColour: Bool = false
  ) -> String {
    DiagnosticRenderer(file: "s.yaml", source: Array(source.utf8), hasColour: hasColour).text(
      Diagnostic("E021", "m", at: SourceMark(line: line, column: column, length: length)))
  }

  @Test func underlinesTheMark() {
    #expect(
      excerpt("abc def", column: 5, length: 3) == """
        s.yaml:1:5: error[E021]: m
            1 | abc def
              |     ^~~

        """)
  }

  @Test func tabsTakeOneColumn() {
    #expect(
      excerpt("\ta: b", column: 2) == """
        s.yaml:1:2: error[E021]: m
            1 |  a: b
              |  ^

        """)
  }

  /// An accent that is a scalar of its own counts in the column and takes no space on the screen.
  @Test func caretsStandBelowWhatIsSeen() {
    #expect(
      excerpt("cafe\u{301}: x", column: 8) == """
        s.yaml:1:8: error[E021]: m
            1 | cafe\u{301}: x
              |       ^

        """)
  }

  @Test func longLinesAreCutAroundTheMark() {
    let line = String(repeating: "a", count: 200) + "X" + String(repeating: "b", count: 200)
    let before = String(repeating: "a", count: 59)
    let after = String(repeating: "b", count: 40)
    #expect(
      excerpt(line, column: 201, length: 300) == """
        s.yaml:1:201: error[E021]: m
            1 | \(before)X\(after)
              | \(String(repeating: " ", count: 59))^\(String(repeating: "~", count: 40))

        """)
  }

  @Test func aMarkBehindTheEndIsShownThere() {
    #expect(
      excerpt("ab", column: 5, length: 4) == """
        s.yaml:1:5: error[E021]: m
            1 | ab
              |     ^

        """)
  }

  @Test func aMarkBelowTheTextHasNoExcerpt() {
    #expect(excerpt("ab", line: 7, column: 1) == "s.yaml:7:1: error[E021]: m\n")
  }

  @Test func lineEndsOfAllKindsCount() {
    #expect(
      excerpt("a\r\nb\rc\n\nd", line: 5, column: 1) == """
        s.yaml:5:1: error[E021]: m
            5 | d
              | ^

        """)
  }

  @Test func controlCharactersDoNotReachTheTerminal() {
    let fault = Diagnostic(
      "E021", "m\u{1B}", at: SourceMark(line: 1, column: 1),
      notes: [Diagnostic.Note("n\u{9B}1m", at: nil)])
    let renderer = DiagnosticRenderer(file: "s\u{7}", source: Array("a\u{1B}[31mb".utf8))
    #expect(
      renderer.text(fault) == """
        s\\u{7}:1:1: error[E021]: m\\u{1B}
            1 | a\u{FFFD}[31mb
              | ^
           note: n\\u{9B}1m

        """)
  }

  @Test func theByteOrderMarkIsNotShown() {
    #expect(
      excerpt("\u{FEFF}ab", column: 1, length: 2) == """
        s.yaml:1:1: error[E021]: m
            1 | ab
              | ^~

        """)
  }

  @Test func coloursForATerminal() {
    #expect(
      excerpt("ab", column: 1, hasColour: true) == """
        s.yaml:1:1: \u{1B}[31merror[E021]\u{1B}[0m: m
            1 | ab
              | \u{1B}[32m^\u{1B}[0m

        """)
  }

  @Test func warningsDoNotGiveAVerdict() {
    let warning = Diagnostic("E150", "slow", at: nil, severity: .warning)
    let renderer = DiagnosticRenderer(file: "s.yaml", source: [])
    #expect(
      renderer.text([warning], verdict: "not queued")
        == "s.yaml: warning[E150]: slow\n0 errors, 1 warning.\n")
  }

  @Test func notesWithoutAPlaceStandAlone() {
    let fault = Diagnostic(
      "E021", "m", at: nil,
      notes: [.init("why", at: nil), .init("there", at: SourceMark(line: 3, column: 4))])
    #expect(
      DiagnosticRenderer(file: "s.yaml", source: []).text(fault) == """
        s.yaml: error[E021]: m
           note: why
           note: s.yaml:3:4: there

        """)
  }
}
