import Testing
import YAML

@Suite struct ComposerTests {
  @Test func keepsTheOrderOfKeys() throws {
    #expect(try compose("c: 1\na: 2\nb: 3").outline == "{c: 1, a: 2, b: 3}")
  }

  @Test func findsValuesByKey() throws {
    let root = try compose("a: { b: [1] }")
    #expect(root["a"]?["b"]?.outline == "[1]")
    #expect(root["b"] == nil)
    #expect(root["a"]?["b"]?["c"] == nil)
  }

  @Test func readsEscapes() throws {
    #expect(
      try compose(#"a: "\t\x41\u00e9\U0001F428\\\"""#).outline == #"{a: "\tAé🐨\\\""}"#)
    #expect(try compose(#"a: 'it''s \n'"#).outline == #"{a: "it\'s \\n"}"#)
  }

  @Test func readsBlockTexts() throws {
    let text = "a: |\n  x\n   y\n\n  z\nb: >\n  p\n  q\n\n  r\nc: |+\n  k\n\nd: |2-\n    i\n"
    #expect(
      try compose(text).outline
        == #"{a: "x\n y\n\nz\n", b: "p q\nr\n", c: "k\n\n", d: "  i"}"#)
  }

  @Test func skipsComments() throws {
    #expect(try compose("# one\na: b # two\nc: d#e\n# three").outline == #"{a: "b", c: "d#e"}"#)
  }

  @Test func aliasesCopyValues() throws {
    #expect(
      try compose("a: &x [1, &y { b: 2 }]\nc: *x\nd: *y").outline
        == "{a: [1, {b: 2}], c: [1, {b: 2}], d: {b: 2}}")
  }

  /// An anchor given twice means the value before the alias.
  @Test func anchorsMayBeGivenAgain() throws {
    #expect(try compose("[&x 1, *x, &x 2, *x]").outline == "[1, 1, 2, 2]")
  }

  @Test func oneDocumentMayBeMarked() throws {
    #expect(try compose("%YAML 1.2\n---\na: 1\n...\n").outline == "{a: 1}")
    #expect(try compose("--- { a: 1 }").outline == "{a: 1}")
  }

  @Test func rootsMayBeOfAnyKind() throws {
    #expect(try compose("- 1\n- a").outline == #"[1, "a"]"#)
    #expect(try compose("just text").outline == #""just text""#)
    #expect(try compose("\"\"").outline == #""""#)
  }

  @Test func tagsOfTheKindThereIsAreTaken() throws {
    #expect(try compose("!!map { a: !!seq [!!str 1] }").outline == #"{a: ["1"]}"#)
  }
}
