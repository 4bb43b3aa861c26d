import JobModel
import StageCatalog
import LatticeDriver
import Testing
import Versions

@Suite(.blocking) struct CatalogTests {
  private func plugin(
    _ path: String, sha256: String = "aa", _ stages: [(id: String, version: String)]
  ) -> PluginDescription {
    PluginDescription(
      file: PluginFile(path: path, size: 1, mtimeNanoseconds: 1, sha256: sha256),
      module: ModuleDescription(
        id: "pic", version: "1.0.0", vendor: "", license: "MIT", buildInfo: nil, abiMinor: 0,
        minHostMinor: 0,
        stages: stages.map {
          StageDescription(id: $0.id, version: $0.version, summary: "", kind: .map)
        }), broken: nil)
  }

  private func catalog(_ versions: [String]) -> StageCatalog {
    StageCatalog([plugin("/p/a.stage.so", versions.map { ("pic.read", $0) })])
  }

  @Test(arguments: [
    ("1", "1.10.0"), ("2", "2.1.0"), ("~1.2", "1.2.7"), ("<2", "1.10.0"), (">=1", "2.1.0"),
    ("=1.2.0", "1.2.0"), ("=2.2.0-beta", "2.2.0-beta"),
  ])
  func theNewestInTheRangeIsTaken(_ range: String, _ expected: String) throws {
    let catalog = catalog(["1.2.0", "2.1.0", "1.10.0", "2.2.0-beta", "1.9.0", "1.2.7"])
    let range = try #require(VersionRange(range))
    #expect(try catalog.resolve("pic.read", range).version == Version(expected))
  }

  @Test func withoutARangeTheNewestReleaseIsTaken() throws {
    #expect(
      try catalog(["1.0.0", "1.1.0", "2.0.0-beta"]).resolve("pic.read", nil).version
        == Version(1, 1, 0))
    #expect(
      try catalog(["2.0.0-beta.2", "2.0.0-beta.10"]).resolve("pic.read", nil).version
        == Version("2.0.0-beta.10"))
  }

  @Test func refusalsSayWhatThereIs() throws {
    let catalog = catalog(["1.0.0", "3.0.0-rc.1", "2.0.0"])
    let range = try #require(VersionRange("4"))
    #expect(throws: StageCatalog.Refusal.unknown) { try catalog.resolve("pic.raed", nil) }
    let available = ["3.0.0-rc.1", "2.0.0", "1.0.0"].compactMap { Version($0) }
    #expect(throws: StageCatalog.Refusal.noVersion(available: available)) {
      try catalog.resolve("pic.read", range)
    }
    #expect(catalog.versions(of: "pic.read") == available)
  }

  @Test func ofTwinsTheFirstOnTheSearchPathIsTaken() throws {
    let catalog = StageCatalog([
      plugin("/first/a.stage.so", sha256: "aa", [("pic.read", "1.0.0"), ("pic.read", "1.1.0")]),
      plugin("/second/b.stage.so", sha256: "bb", [("pic.read", "1.0.0"), ("pic.write", "1.0.0")]),
    ])
    #expect(catalog.entries.map(\.stage.id) == ["pic.read", "pic.read", "pic.write"])
    let range = try #require(VersionRange("=1.0.0"))
    #expect(try catalog.resolve("pic.read", range).plugin.path == "/first/a.stage.so")
    #expect(
      catalog.warnings == [
        CatalogWarning(
          .twice,
          "stage pic.read 1.0.0 is there twice: the one in '/first/a.stage.so' is taken, not the one in '/second/b.stage.so'",
          stages: ["pic.read"])
      ])
  }

  @Test func copiesOfOnePluginAreSaidToBeCopies() {
    let catalog = StageCatalog([
      plugin("/first/a.stage.so", sha256: "aa", [("pic.read", "1.0.0"), ("pic.write", "1.0.0")]),
      plugin("/second/a.stage.so", sha256: "aa", [("pic.read", "1.0.0"), ("pic.write", "1.0.0")]),
    ])
    #expect(catalog.entries.map(\.plugin.path) == ["/first/a.stage.so", "/first/a.stage.so"])
    #expect(
      catalog.warnings == [
        CatalogWarning(
          .copy,
          "stages pic.read 1.0.0, pic.write 1.0.0 are there twice: those in '/first/a.stage.so' are taken, not those in '/second/a.stage.so'; one plugin is a copy of the other",
          stages: ["pic.read", "pic.write"])
      ])
  }

  @Test func aPluginInFrontOfABundledOneIsSaid() {
    let catalog = StageCatalog(
      [
        plugin("/mine/a.stage.so", sha256: "aa", [("pic.read", "1.0.0"), ("pic.write", "1.1.0")]),
        plugin(
          "/lib/pic.stage.so", sha256: "bb",
          [("pic.read", "1.0.0"), ("pic.write", "1.0.0"), ("pic.write", "2.0.0")]),
      ], bundled: ["/lib"])
    #expect(
      catalog.warnings.map(\.text) == [
        "stage pic.read 1.0.0 is there twice: the one in '/mine/a.stage.so' is taken, not the one in '/lib/pic.stage.so' of Lattice's own",
        "stage pic.write 1.1.0 in '/mine/a.stage.so' is taken before 1.0.0 in '/lib/pic.stage.so' of Lattice's own, where a spec allows both",
      ])
  }

  @Test func aStageWithABadVersionIsBroken() {
    let catalog = StageCatalog([
      plugin("/p/a.stage.so", [("pic.read", "1.0"), ("pic.write", "1.0.0")])
    ])
    #expect(catalog.stageIDs == ["pic.write"])
    #expect(catalog.brokenStages.map(\.plugin.path) == ["/p/a.stage.so"])
    #expect(
      catalog.brokenStages.map(\.stage) == [
        BrokenStage(
          id: "pic.read", version: "1.0",
          reason: "its version '1.0' is no semantic version such as 1.2.3")
      ])
  }

  @Test func whatCouldNotBeLoadedIsListedWithItsReason() {
    let broken = PluginDescription(
      file: PluginFile(path: "/p/bad.stage.so", size: 1, mtimeNanoseconds: 1, sha256: "cc"),
      module: nil, broken: "it is no plugin")
    let catalog = StageCatalog(
      [broken, plugin("/p/a.stage.so", [("pic.write", "1.0.0"), ("pic.read", "1.0.0")])],
      searched: ["/p"])
    #expect(catalog.stageIDs == ["pic.read", "pic.write"])
    #expect(catalog.brokenPlugins.map(\.path) == ["/p/bad.stage.so"])
    #expect(catalog.brokenPlugins.map(\.reason) == ["it is no plugin"])
    #expect(catalog.plugins.count == 2)
    #expect(catalog.searched == ["/p"])
  }
}
