import Testing
import YAML

/// Each kind of fault, whole; the wordings of syntax faults are tested with the specs they are shown for.
@Suite struct YAMLFaultTests {
  @Test func syntax() {
    #expect(
      faults("a: b: c") == [
        YAMLFault(
          .syntax,
          "a ':' stands where no key can be; quote texts that hold ': ', and indent keys of one mapping alike",
          at: SourceMark(1, 5))
      ])
    #expect(
      faults("a:\n  - b\n c: d") == [
        YAMLFault(
          .syntax,
          "the text goes on where a key was expected; check the indentation, close quotes, and quote texts that start with { or [ (in the mapping that starts on line 1)",
          at: SourceMark(3, 2), other: SourceMark(1, 1))
      ])
  }

  @Test func tabsDoNotIndent() {
    #expect(
      faults("a:\n\tb: c") == [
        YAMLFault(
          .syntax, "a tab stands where a value or key starts; indent with spaces",
          at: SourceMark(2, 1))
      ])
  }

  @Test func tabsMaySeparate() throws {
    #expect(try compose("a:\tb\t# c").outline == #"{a: "b"}"#)
  }

  /// Faults at the end of the file are shown behind its last word, not on a line that isn't there.
  @Test(arguments: ["", "\n", " \n\n", "\r\n"])
  func theEndOfTheText(end: String) {
    #expect(
      faults("a:\n  [b, c\(end)") == [
        YAMLFault(
          .syntax, "a list in brackets needs ',' between entries and a ']' at its end",
          at: SourceMark(2, 8))
      ])
  }

  @Test(arguments: ["", "\n", "# only a comment\n", "---\n", "~", "\u{FEFF}"])
  func empty(text: String) {
    #expect(
      faults(text) == [
        YAMLFault(.empty, "the file is empty; a spec starts with 'version: 1'", at: nil)
      ])
  }

  @Test func severalDocuments() {
    #expect(
      faults("a: 1\n--- # next\nb: 2") == [
        YAMLFault(
          .severalDocuments,
          "a second document starts here, and a file holds one spec; put it into a file of its own",
          at: SourceMark(2, 1, 3))
      ])
  }

  @Test func duplicateKeysAreShownWithTheFirst() {
    let result = YAMLComposer.compose(Array("a: 1\nb: 2\n'a': 3\na: 4\n".utf8))
    let message = "the key 'a' stands twice in one mapping; keep one"
    #expect(
      result.faults == [
        YAMLFault(.duplicateKey, message, at: SourceMark(3, 1, 3), other: SourceMark(1, 1)),
        YAMLFault(.duplicateKey, message, at: SourceMark(4, 1), other: SourceMark(1, 1)),
      ])
    #expect(result.root?.outline == "{a: 1, b: 2}")
  }

  @Test func equalKeysOfDifferentMappingsAreNoFault() throws {
    #expect(try compose("a: { a: 1 }\nb: { a: 1 }").outline == "{a: {a: 1}, b: {a: 1}}")
  }

  @Test(arguments: ["[a]: 1", "{ a: b }: 1", "? - a\n: 1"])
  func keysThatAreNoText(text: String) {
    let result = YAMLComposer.compose(Array((text + "\nc: 2").utf8))
    #expect(result.faults.map(\.kind) == [.keyNotText])
    #expect(
      result.faults.map(\.message) == [
        "a key must be plain text, not a list, a mapping or an alias; quote texts that start with [, { or *"
      ])
    #expect(result.root?.outline == "{c: 2}")
  }

  @Test func aliasAsKey() {
    let result = YAMLComposer.compose(Array("a: &x b\n*x : c".utf8))
    #expect(result.faults.map(\.kind) == [.keyNotText])
  }

  @Test func mergeKeys() throws {
    #expect(
      faults("a: &x { b: 1 }\nc: { <<: *x }") == [
        YAMLFault(
          .mergeKey,
          "merge keys ('<<') are not supported; write the keys out, or alias whole values",
          at: SourceMark(2, 6, 2))
      ])
    #expect(try compose("'<<': 1").outline == "{<<: 1}")
  }

  @Test(arguments: ["a: *x", "a: [*x, &x 1]", "a: &x [*x]"])
  func aliasesNeedAnAnchorBefore(text: String) {
    let result = YAMLComposer.compose(Array(text.utf8))
    #expect(result.faults.map(\.kind) == [.unknownAlias])
    #expect(
      result.faults.map(\.message) == [
        "the alias '*x' has no anchor '&x' before it; add one, or put the text in quotes"
      ])
    #expect(result.root == nil)
  }

  @Test func tags() {
    let result = YAMLComposer.compose(Array("a: !!int 3\nb: !mine [1]\n!k c: !!set {}".utf8))
    #expect(
      result.faults == [
        YAMLFault(
          .unknownTag, "the tag '!!int' means nothing here; leave it out", at: SourceMark(1, 4, 7)),
        YAMLFault(
          .unknownTag, "the tag '!mine' means nothing here; leave it out", at: SourceMark(2, 4)),
        YAMLFault(
          .unknownTag, "the tag '!k' means nothing here; leave it out", at: SourceMark(3, 1, 4)),
        YAMLFault(
          .unknownTag, "the tag '!!set' means nothing here; leave it out", at: SourceMark(3, 7)),
      ])
    #expect(result.root?.outline == "{a: 3, b: [1], c: {}}")
  }
}
