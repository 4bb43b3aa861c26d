import FileNames
import Foundation
import Testing

@Suite struct FileNameTests {
  private static let latin1 = FileName(bytes: Array("caf".utf8) + [0xE9] + Array(".png".utf8))

  @Test func namesAreEqualWhenTheirBytesAre() {
    let (composed, decomposed) = (FileName("\u{E9}"), FileName("e\u{301}"))
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed, FileName("\u{E9}")]).count == 2)
    #expect(decomposed < composed)
  }

  @Test(arguments: [
    (FileName("a/b.png"), "a/b.png"),
    (FileName("\u{E9}.png"), "é.png"),
    (latin1, "caf\\xE9.png"),
    (FileName("bad\u{1B}[2J.png"), "bad\\u{1B}[2J.png"),
    (FileName("a\nb\tc\rd"), "a\\nb\\tc\\rd"),
    (FileName("a\u{202E}gnp.exe"), "a\\u{202E}gnp.exe"),
    (FileName("a\u{9B}2J\u{2028}\u{200B}"), "a\\u{9B}2J\\u{2028}\\u{200B}"),
    (FileName(bytes: [0xC3, 0x28, 0xF0, 0x9F, 0xFF, 0x07]), "\\xC3(\\xF0\\x9F\\xFF\\u{7}"),
    (FileName(bytes: [0xED, 0xA0, 0x80]), "\\xED\\xA0\\x80"),
  ])
  func whatPeopleSeeIsOneLineThatSteersNothing(_ name: FileName, _ shown: String) {
    #expect(name.shown == shown)
  }

  @Test(arguments: [
    (FileName("a b.png"), "a b.png"), (FileName("e\u{301}"), "e\u{301}"),
    (latin1, "bytes://caf%E9.png"),
    (FileName(bytes: [0xFF, 0x20, 0x25, 0x2F]), "bytes://%FF%20%25/"),
    (FileName("bytes://x"), "bytes://bytes://x"), (FileName("%E9"), "%E9"), (FileName(""), ""),
  ])
  func jsonKeepsEveryByte(_ name: FileName, _ form: String) throws {
    #expect(Array(name.encoded.utf8) == Array(form.utf8))
    #expect(FileName(encoded: form) == name)
    let data = try JSONEncoder().encode([name])
    #expect(try JSONDecoder().decode([FileName].self, from: data) == [name])
  }

  @Test func everyByteComesBack() throws {
    for first in UInt8.min...UInt8.max {
      let name = FileName(bytes: [first, 0x62, first])
      #expect(FileName(encoded: name.encoded) == name)
    }
  }

  @Test func pathsAreTakenApartAtTheSlashes() {
    let path = FileName("/in/\u{301}x/a.b.png")
    #expect(path.lastComponent == "a.b.png")
    #expect(path.stem == "a.b")
    #expect(path.pathExtension == "png")
    #expect(path.parent == "/in/\u{301}x")
    #expect(FileName("a").parent == ".")
    #expect(FileName("/a").parent == "/")
    #expect(FileName("/").lastComponent == "/")
    #expect(FileName("a/").lastComponent == "a")
    #expect(FileName(".hidden").stem == ".hidden")
    #expect(FileName(".hidden").pathExtension == "")
    #expect(FileName("/").appending("a") == "/a")
    #expect(FileName("/in").appending(Self.latin1).lastComponent == Self.latin1)
  }

  @Test(arguments: [
    ("a/../b/./c", "/base/b/c"), ("/x//y/", "/x/y"), ("../../..", "/"), ("", "/base"),
  ])
  func pathsAreMadeAbsolute(_ path: String, _ expected: String) {
    #expect(FileName(path).absolute(from: "/base") == FileName(expected))
  }

  @Test func insideAFolderIsWhatTheSlashSays() {
    #expect(FileName("/a/b").isInside("/a"))
    #expect(FileName("/a").isInside("/a"))
    #expect(FileName("/a").isInside("/"))
    #expect(!FileName("/ab").isInside("/a"))
  }

  @Test func aNameWithNULNamesNoFile() {
    #expect("/etc\0/x".withSystemPath { String(cString: $0) } == "")
    #expect(FileName("/etc\0/x").withSystemPath { String(cString: $0) } == "")
    #expect(Self.latin1.withSystemPath { FileName(cString: $0) } == Self.latin1)
  }

  @Test func unitsAreCharactersAndStrayBytes() {
    #expect(
      FileName(bytes: [0x61, 0xE9, 0xC3, 0xA9]).units
        == [.scalar("a"), .byte(0xE9), .scalar("é")])
  }

  @Test func severalLinesKeepTheirBreaks() {
    #expect("a\n\tb\u{1B}c".shownLines == "a\n\tb\\u{1B}c")
    #expect("a\nb".shown == "a\\nb")
  }

  @Test func jsonIsShownWithoutCharactersThatSteer() throws {
    let text = "[\"a\u{9B}\u{202E}\u{E0001}é\"]"
    let shown = ShownJSON.text(text)
    #expect(shown == "[\"a\\u009b\\u202e\\udb40\\udc01é\"]")
    let back = try JSONDecoder().decode([String].self, from: Data(shown.utf8))
    #expect(back == ["a\u{9B}\u{202E}\u{E0001}é"])
    #expect(ShownJSON.text("{\n \"a\": 1\n}") == "{\n \"a\": 1\n}")
  }
}
