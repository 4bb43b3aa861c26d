import FoundationEssentials
import Glibc
import JobModel
import Supervision
import LatticeDriver
import Testing

@Suite(.blocking) struct OpenSpoolTests {
  private let folder = SpoolFolder(path: "/tmp/lattice-spool-\(UUID().uuidString)")

  @Test func isServedByOneDaemon() throws {
    var first: OpenSpool? = try OpenSpool.open(folder)
    #expect(first?.folder == folder)
    let error = #expect(throws: SpoolError.self) { try OpenSpool.open(folder) }
    #expect(
      error?.description
        == "spool '\(folder.path)' is served by another latticed already, process \(getpid()); "
        + "stop that one or choose another --spool")
    first = nil
    _ = try OpenSpool.open(folder)
  }

  @Test func refusesAnotherLayout() throws {
    _ = try OpenSpool.open(folder)
    try Data("2\n".utf8).write(to: URL(filePath: folder.versionFile))
    let error = #expect(throws: SpoolError.self) { try OpenSpool.open(folder) }
    #expect(
      error?.description
        == "spool '\(folder.path)' has layout 2, this latticed knows 1; use the latticed that "
        + "made it, or another --spool")
  }
}
