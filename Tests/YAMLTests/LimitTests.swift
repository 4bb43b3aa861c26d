import Testing
import YAML

/// What a small file could do to a daemon that reads it.
@Suite struct LimitTests {
  private func nested(_ depth: Int) -> String {
    String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
  }

  private let tooDeep = "this is nested more than 64 levels deep; write it flatter"
  private let tooMany =
    "the document has more than 100000 values, aliases expanded; use fewer aliases, or name files in a 'list'"

  @Test func sixtyFourLevelsAreTaken() throws {
    _ = try compose(nested(65))
    #expect(faults(nested(66)) == [YAMLFault(.tooDeep, tooDeep, at: SourceMark(1, 66))])
  }

  @Test func blockMappingsCountAsLevels() {
    let text = (0..<66).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    #expect(faults(text) == [YAMLFault(.tooDeep, tooDeep, at: SourceMark(66, 66))])
  }

  /// An alias puts its value's levels below its own.
  @Test func aliasesCountTheLevelsBelowThem() throws {
    let text = "- &x \(nested(33))\n- "
    _ = try compose(
      text + String(repeating: "[", count: 31) + "*x" + String(repeating: "]", count: 31))
    let deep = text + String(repeating: "[", count: 32) + "*x" + String(repeating: "]", count: 32)
    #expect(faults(deep) == [YAMLFault(.tooDeep, tooDeep, at: SourceMark(2, 35, 2))])
  }

  /// Nine aliases of nine aliases of nine aliases: under 400 bytes that would be 400 million values.
  @Test func aliasesDoNotMultiply() {
    let text = (0..<9).map { level in
      let item = level == 0 ? "ha" : "*l\(level - 1)"
      return "- &l\(level) [\(Array(repeating: item, count: 9).joined(separator: ","))]\n"
    }.joined()
    #expect(text.utf8.count < 400)
    #expect(faults(text) == [YAMLFault(.tooManyNodes, tooMany, at: SourceMark(6, 8, 3))])
  }

  @Test func hundredThousandValuesAreTaken() throws {
    let text = "[" + Array(repeating: "1", count: 99_999).joined(separator: ",")
    #expect(try compose(text + "]").items.count == 99_999)
    #expect(faults(text + ",1]") == [YAMLFault(.tooManyNodes, tooMany, at: SourceMark(1, 200_000))])
  }

  @Test func oneMebibyteIsTaken() throws {
    let text = "a: " + String(repeating: "b", count: (1 << 20) - 3)
    #expect(try compose(text)["a"]?.content == .string(String(text.dropFirst(3))))
    #expect(
      faults(text + "b") == [
        YAMLFault(
          .tooLarge,
          "the file has 1048577 bytes, a spec at most 1048576; name many files in a text file, with 'list'",
          at: nil)
      ])
  }

  /// Brackets, anchors and quotes by the megabyte end in a fault, soon.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "[", "{", "- ", "? ", "&a ", "*a ", "! ", "\"", "' ", "a: ", "|\n", "# ", "\n", "{[", "%",
    ])
  func megabytesOfOneThing(text: String) {
    let bytes = Array(String(repeating: text, count: (1 << 20) / text.utf8.count).utf8)
    #expect(YAMLComposer.compose(bytes).faults.count == 1)
  }
}
