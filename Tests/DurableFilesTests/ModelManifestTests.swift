import DurableFiles
import FoundationEssentials
import Testing

@Suite struct ModelManifestTests {
  private let folder = "/tmp/lattice-manifest-\(UUID().uuidString)"

  private func write(_ name: String, _ text: String) throws {
    try Files.makeDirectory(AtomicFile.parent(of: "\(folder)/\(name)"))
    try AtomicFile.write(Array(text.utf8), to: "\(folder)/\(name)")
  }

  @Test func listsEveryFileAndReadsItselfBack() throws {
    defer { try? Files.removeTree(folder) }
    try write("config.json", "{}")
    try write("b/a picture.png", "png")
    try write("MANIFEST", "an old one")
    let entries = try ModelManifest.entries(of: folder)
    #expect(entries.map(\.name) == ["b/a picture.png", "config.json"])
    #expect(entries.map(\.bytes) == [3, 2])
    #expect(entries[1].sha256 == SHA256.hexDigest(of: Array("{}".utf8)))
    #expect(ModelManifest.parse(ModelManifest.text(entries)) == entries)
  }

  /// Nobody but the owner of the folder can change what was published.
  @Test func takesTheRightToWrite() throws {
    defer { try? Files.removeTree(folder) }
    try write("config.json", "{}")
    _ = try ModelManifest.entries(of: folder)
    let mode = try FileManager.default.attributesOfItem(atPath: "\(folder)/config.json")
    #expect(mode[.posixPermissions] as? Int == 0o444)
  }

  @Test func linksAreRefused() throws {
    defer { try? Files.removeTree(folder) }
    try write("config.json", "{}")
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder)/weights", withDestinationPath: "/etc/passwd")
    let error = #expect(throws: FileError.self) { try ModelManifest.entries(of: folder) }
    #expect(error?.description == "can't list '\(folder)/weights': Invalid argument")
  }

  @Test(arguments: ["", "abc  1  x", "\n\n", String(repeating: "0", count: 64) + "  -1  x"])
  func otherLinesAreLeftOut(text: String) { #expect(ModelManifest.parse(text).isEmpty) }
}
