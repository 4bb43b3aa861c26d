import DurableFiles
import JobModel
import StageCatalog
import Testing

/// Plugins that take down whoever loads them; only a throw-away `lattice-worker describe` ever does so first.
@Suite struct LoadInChildTests {
  private func answer(_ path: String, seconds: Double = 10) throws -> String {
    var describer = PluginDescriber(
      worker: try Products.worker, cachePath: nil, seconds: seconds)
    let found = describer.describe(path)
    #expect(found.module == nil)
    return try #require(found.broken).split(
      separator: "'\(path)'", omittingEmptySubsequences: false
    ).joined(separator: "PLUGIN")
  }

  @Test func crashOnLoad() throws {
    #expect(
      try answer(PluginWorkshop.plugin("abort_on_load"))
        == "plugin PLUGIN crashed while it was loaded: SIGABRT")
  }

  @Test func hangOnLoad() throws {
    #expect(
      try answer(PluginWorkshop.plugin("hang_on_load"), seconds: 1)
        == "plugin PLUGIN took more than 1 s to load and was killed; it must not block or compute while it is loaded"
    )
  }

  /// The loader maps what the headers promise and runs off the file's end.
  @Test func truncatedInTheMiddle() throws {
    let path = try PluginWorkshop.truncated(to: { $0 / 2 }, as: "truncated-middle")
    #expect(try answer(path) == "plugin PLUGIN crashed while it was loaded: SIGBUS")
  }

  @Test func sentencesOfTheHandshakeComeThrough() throws {
    #expect(
      try answer(PluginWorkshop.plugin("refuses"))
        == "plugin PLUGIN refuses this host: it needs an AVX-512 processor")
  }
}

/// Where built executables are: beside the test bundle.
enum Products {
  static var worker: String {
    get throws {
      let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
      let path = try #require(Files.resolved(bundle ?? "/proc/self/exe"))
      let worker = "\(AtomicFile.parent(of: path))/lattice-worker"
      try #require(Files.exists(worker), "build lattice-worker first: swift build --build-tests")
      return worker
    }
  }
}
