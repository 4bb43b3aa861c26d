import DurableFiles
import Foundation
import Glibc
import Testing

/// Files that anybody may have put there.
@Suite struct OpenFileTests {
  private let root = FileManager.default.temporaryDirectory
    .appending(path: "lattice-open-\(UUID().uuidString)").path()

  private func inFolder(_ body: () throws -> Void) throws {
    try Files.makeDirectory(root)
    defer { try? Files.removeTree(root) }
    try body()
  }

  /// A pipe that nobody writes to would be waited for.
  @Test(.timeLimit(.minutes(1)))
  func whatIsNoFileIsNamedWithoutWaiting() throws {
    try inFolder {
      #expect(mkfifo("\(root)/pipe", 0o644) == 0)
      let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(socket) }
      #expect(bound(socket, "\(root)/socket"))
      for (name, what) in [
        ("\(root)/pipe", "a named pipe"), (root, "a folder"), ("/dev/zero", "a device"),
      ] {
        let error = #expect(throws: FileError.self) { try Files.read(name) }
        #expect(error?.description == "can't read '\(name)': it is \(what), not a file")
        #expect(throws: FileError.self) { try SHA256.hexDigest(ofFile: name) }
        #expect(FileKind.name(at: name) == what)
      }
      let error = #expect(throws: FileError.self) { try Files.read("\(root)/socket") }
      #expect(error?.description == "can't open '\(root)/socket': it is a socket, not a file")
    }
  }

  @Test func aLinkToAFileIsOne() throws {
    try inFolder {
      try AtomicFile.write(Array("abc".utf8), to: "\(root)/file")
      #expect(symlink("file", "\(root)/link") == 0)
      #expect(try Files.read("\(root)/link") == Array("abc".utf8))
      #expect(
        try SHA256.hexDigest(ofFile: "\(root)/link") == SHA256.hexDigest(of: Array("abc".utf8)))
      #expect(FileKind.name(at: "\(root)/link") == nil)
    }
  }

  @Test func aDigestOfManyBlocksIsThatOfTheWhole() throws {
    try inFolder {
      let bytes = (0..<(3 << 20) + 17).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try AtomicFile.write(bytes, to: "\(root)/file")
      #expect(try SHA256.hexDigest(ofFile: "\(root)/file") == SHA256.hexDigest(of: bytes))
    }
  }

  @Test func whatTheMachineLacksForNowIsPassing() {
    for code in [EAGAIN, ENOMEM, EMFILE, ENFILE, ENOSPC, EDQUOT] {
      #expect(FileError("read", "x", code).isPassing)
    }
    for code in [ENOENT, EACCES, EINVAL, EISDIR] {
      #expect(!FileError("read", "x", code).isPassing)
    }
  }

  private func bound(_ socket: Int32, _ path: String) -> Bool {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }
}
