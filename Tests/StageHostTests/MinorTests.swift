import CStageABI
import Foundation
import Glibc
import JobModel
import StageHost
import Testing

/// Minors meet: an old plugin in this host, a newer plugin and a Swift one in an old host.
@Suite struct MinorTests {
  /// The binary of minor 0; `minor0.c` says how it was made.
  @Test func aPluginOfMinorZeroLoadsForEver() throws {
    let path = "\(PluginWorkshop.fixtures)/plugins/minor0.stage.so"
    let library = try StageLibrary.load(path)
    let module = try library.describe()
    #expect(module.abiMinor == 0 && module.minHostMinor == 0)
    let bench = try StageBench(library, "minor0.half")
    let batch = try bench.run(2, ["image": bench.tensor([0, 1, 2, 3], [2, 1, 1, 2])])
    #expect(batch.outputs["image"]?.floats == [0, 0.5, 1, 1.5])
  }

  /// Its tables are longer than this host knows, and it asks for a service that this host has not.
  @Test func aNewerPluginDoesWithThisHost() throws {
    let bench = try StageBench(PluginWorkshop.plugin("newer_tables"), "newer.double")
    let batch = try bench.run(1, ["image": bench.tensor([1, 2], [1, 1, 1, 2])])
    #expect(batch.outputs["image"]?.floats == [2, 4])
    #expect(bench.services.said == ["info without the newer service"])
  }

  /// The host's table ends where minor 0 ended, and the page after it can't be read.
  @Test(arguments: ["newer.double", "test.scale"])
  func anOldHostServesIt(stage: String) throws {
    let table = try #require(MinorZeroHost())
    let library =
      stage == "test.scale"
      ? try SwiftStages.load() : try StageLibrary.load(PluginWorkshop.plugin("newer_tables"))
    let parameters: JSONValue =
      stage == "test.scale" ? .object(["factor": .int(2)]) : .object([:])
    let bench = try StageBench(library, stage, parameters)
    let batch = bench.batch(1, ["image": try bench.tensor([1, 2], [1, 1, 1, 2])])
    let instance = try StageInstance(
      bench.planned, of: library, services: bench.services, host: table.host)
    try instance.open()
    try instance.process(batch)
    instance.close()
    #expect(batch.outputs["image"]?.floats == [2, 4])
  }
}

/// This host's table as minor 0 had it, right before a page that can't be read.
private final class MinorZeroHost {
  /// Bytes of `lattice_host` in minor 0.
  private static let size = 240
  private let pages: UnsafeMutableRawPointer
  let host: UnsafePointer<lattice_host>

  init?() {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    guard
      let pages = mmap(
        nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      pages != MAP_FAILED, mprotect(pages + page, page, PROT_NONE) == 0
    else { return nil }
    self.pages = pages
    let start = pages + page - Self.size
    memcpy(start, HostTable.shared, Self.size)
    let table = start.assumingMemoryBound(to: lattice_host.self)
    table.pointee.struct_size = UInt32(Self.size)
    table.pointee.abi_minor = 0
    table.pointee.get_extension = { _, _ in nil }
    host = UnsafePointer(table)
  }

  deinit { munmap(pages, 2 * Int(sysconf(Int32(_SC_PAGESIZE)))) }
}
