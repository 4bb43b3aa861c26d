import Foundation
import LatticeDriver
import Testing

/// File names as people have them: any bytes, any ending, any length.
@Suite(.blocking) struct NameCases {
  private static let hardNames: [(name: String, file: [UInt8])] = [
    ("name-bell-stops-the-job", Array("bell\u{7}.png".utf8)),
    ("name-utf8-long-stops-the-job", Array((String(repeating: "写", count: 83) + ".png").utf8)),
    ("newline-in-one-name-stops-the-job", Array("new\nline.png".utf8)),
  ]

  @Test(arguments: hardNames)
  func aNameThatMakesNoOutputNameFailsItsItemAlone(name: String, file: [UInt8]) throws {
    let folder = try CaseFolder(name)
    try folder.copy("in/good.png", as: file)
    try folder.run()
    #expect(folder.names().contains { $0.hasPrefix("good") }, "\(folder.log)")
    #expect(folder.status == 0 || folder.status == 3, "\(folder.log)")
    if folder.status == 3 {
      #expect(folder.reasons.split(separator: "\n").count == 1, "\(folder.reasons)")
    }
  }

  @Test func aNameThatIsNotUTF8IsDone() throws {
    let folder = try CaseFolder("latin1-name-left-out")
    try folder.copy("in/good.png", as: Array("caf".utf8) + [0xe9] + Array(".png".utf8))
    try folder.run()
    #expect(folder.status == 0, "\(folder.log)")
    #expect(folder.names().count == 2)
  }

  @Test func namesThatDifferOnlyInNormalizationAreTwoFiles() throws {
    let folder = try CaseFolder("nfc-and-nfd-files-list")
    try folder.copy("in/x.png", as: Array("\u{e9}.png".utf8))
    try folder.copy("in/x.png", as: Array("e\u{301}.png".utf8))
    try folder.run()
    #expect(folder.status == 0, "\(folder.log)")
    #expect(folder.names().filter { $0.hasSuffix(".npy") }.count == 2)
  }

  @Test func anEndingInMixedCaseIsTaken() throws {
    let folder = try CaseFolder("extension-in-mixed-case")
    try folder.run()
    #expect(folder.status == 0, "\(folder.log)")
    #expect(folder.names().count == 2)
  }

  @Test func aListWithNULSeparatorsIsReadWhole() throws {
    let folder = try CaseFolder("list-with-nul-separators")
    try folder.run()
    #expect(folder.status == 0, "\(folder.log)")
    #expect(folder.names().count == 2)
  }

  @Test func controlCharactersOfNamesDoNotReachTheTerminal() throws {
    let folder = try CaseFolder("escape-sequence-in-a-file-name")
    try Data("no picture".utf8).write(to: folder.file("in/seed"))
    try folder.copy("in/seed", as: Array("bad\u{1b}[2J.png".utf8))
    try folder.command(["run", "spec.yaml", "--out", "out", "--work", "work"])
    let isControl: (UInt8) -> Bool = { $0 < 0x20 && $0 != 0x0a }
    #expect(!folder.log.utf8.contains(where: isControl), "\(folder.log)")
    #expect(folder.log.contains(#"bad\u{1B}[2J.png"#), "\(folder.log)")
  }

  @Test func resultsInsideTheInputFolderAreNotTakenForInputs() throws {
    let folder = try CaseFolder("output-folder-inside-the-input")
    for _ in 1...3 {
      try folder.command(["run", "spec.yaml"])
      #expect(folder.status == 0, "\(folder.log)")
      #expect(folder.log.contains("2 items done"), "\(folder.log)")
    }
  }

  @Test func aFolderOutsideTheGlobIsNotEntered() throws {
    let folder = try CaseFolder("unreadable-folder-outside-the-glob")
    let closed = folder.file("in/lost+found").path()
    try FileManager.default.createDirectory(atPath: closed, withIntermediateDirectories: false)
    chmod(closed, 0o000)
    defer { chmod(closed, 0o700) }
    try folder.commandAsNobody(["run", "spec.yaml", "--out", "out", "--work", "work", "-q"])
    #expect(folder.status == 0, "\(folder.log)")
    #expect(folder.names() == ["a.npy"])
  }

  @Test func allItemsMayFailWhenTheSpecSaysSo() throws {
    let folder = try CaseFolder("all-failed-although-all-may")
    try folder.run()
    #expect(folder.status == 3, "\(folder.log)")
    #expect(!folder.log.contains("allows 100%"), "\(folder.log)")
  }
}
