import LatticeDriver
import Testing

/// Specs as people paste and write them.
@Suite(.blocking) struct SpecCases {
  @Test(arguments: [
    ("yaml-curly-quotes", ["“", "U+201C", "curly", "quote"]),
    ("yaml-no-break-space", ["U+00A0", "no-break space"]),
  ])
  func anInvisibleOrLookAlikeCharacterIsNamedInTheFirstLine(name: String, words: [String]) throws {
    let folder = try CaseFolder(name)
    try folder.command(["check", "spec.yaml"])
    #expect(folder.status == 2)
    let first = folder.log.split(separator: "\n").first ?? ""
    #expect(words.contains { first.contains($0) }, "\(first)")
  }

  @Test func aLineSeparatorInACommentIsFineOrNamed() throws {
    let folder = try CaseFolder("yaml-line-separator-in-a-comment")
    try folder.command(["check", "spec.yaml"])
    #expect(folder.status == 0 || folder.log.contains("U+2028"), "\(folder.log)")
  }

  @Test func aShareWrittenAsARatioIsAnsweredWithTheShare() throws {
    let folder = try CaseFolder("yaml-share-as-a-ratio")
    try folder.command(["check", "spec.yaml"])
    #expect(folder.status == 2)
    let first = folder.log.split(separator: "\n").first ?? ""
    #expect(first.contains("5%"), "\(first)")
  }
}
