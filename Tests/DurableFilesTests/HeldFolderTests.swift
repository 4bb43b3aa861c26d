import DurableFiles
import FileNames
import Foundation
import Testing

/// Names are looked up in the folder that was opened, and nowhere else.
@Suite struct HeldFolderTests {
  private let root: String

  init() throws {
    root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path()
    try Files.makeDirectory("\(root)/results/deep")
    try Files.makeDirectory("\(root)/outside")
  }

  private func code(_ body: () throws(FileError) -> Void) -> Int32? {
    do throws(FileError) {
      try body()
      return nil
    } catch {
      return error.code
    }
  }

  @Test func foldersAreMadeInside() throws {
    let folder = try HeldFolder("\(root)/results")
    _ = try folder.folder("a/b/c", isMade: true)
    #expect(Files.status("\(root)/results/a/b/c")?.kind == .directory)
    #expect(code { () throws(FileError) in _ = try folder.folder("x/y") } == ENOENT)
    #expect(try folder.folder("").identity == folder.identity)
  }

  @Test func nothingLeadsOutside() throws {
    let folder = try HeldFolder("\(root)/results")
    #expect(symlink("../outside", "\(root)/results/out") == 0)
    #expect(symlink("\(root)/outside", "\(root)/results/far") == 0)
    #expect(symlink("deep", "\(root)/results/near") == 0)
    for name in ["out", "far", "../outside", "deep/../../outside", "out/new", "/tmp"] {
      let found = code { () throws(FileError) in _ = try folder.folder(FileName(name), isMade: true)
      }
      #expect(found == EXDEV, "\(name)")
    }
    #expect(try Files.names(in: "\(root)/outside") == [])
    // A link that stays inside is a matter of choice.
    #expect(try folder.folder("near").identity == folder.folder("deep").identity)
    let found = code { () throws(FileError) in _ = try folder.folder("near", followsLinks: false) }
    #expect(found == ELOOP)
  }

  @Test func filesBehindLinksAreNotOpened() throws {
    try AtomicFile.write([1], to: "\(root)/outside/secret")
    #expect(symlink("../outside/secret", "\(root)/results/link") == 0)
    let folder = try HeldFolder("\(root)/results")
    #expect(code { () throws(FileError) in _ = try folder.open("link", O_RDONLY) } == ELOOP)
    #expect(
      code { () throws(FileError) in _ = try folder.open("link", O_WRONLY | O_CREAT) } == ELOOP)
    #expect(folder.holds("link"))
    #expect(!folder.holds("none"))
  }

  /// What is opened stays, whatever comes to have its path.
  @Test func aSwapChangesNothing() throws {
    let folder = try HeldFolder("\(root)/results")
    try Files.rename("\(root)/results", "\(root)/moved")
    #expect(symlink("outside", "\(root)/results") == 0)
    try folder.open("file", O_WRONLY | O_CREAT).write([1])
    #expect(Files.exists("\(root)/moved/file"))
    #expect(try Files.names(in: "\(root)/outside") == [])
    #expect(try HeldFolder("\(root)/results").identity != folder.identity)
  }

  @Test func anotherFolderHasAnotherIdentity() throws {
    let first = try HeldFolder("\(root)/results/deep").identity
    try Files.removeTree("\(root)/results/deep")
    try Files.makeDirectory("\(root)/results/deep")
    #expect(try HeldFolder("\(root)/results/deep").identity != first)
  }

  @Test func filesMoveBetweenFolders() throws {
    let (from, to) = (try HeldFolder("\(root)/outside"), try HeldFolder("\(root)/results"))
    try AtomicFile.write([1], to: "\(root)/outside/a")
    try AtomicFile.write([2], to: "\(root)/results/b")
    #expect(try to.take("a", from: from, as: "b", isReplaced: false) == false)
    #expect(try Files.read("\(root)/results/b") == [2])
    #expect(try to.take("a", from: from, as: "b", isReplaced: true))
    #expect(try Files.read("\(root)/results/b") == [1])
    #expect(try to.names() == ["b", "deep"])
    try to.remove("b")
    try to.remove("b")
    #expect(try to.names() == ["deep"])
  }
}
