import JobModel
import StageCatalog
import Testing

@Suite struct CatalogTests {
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
        "stage pic.read 1.0.0 is in '/first/a.stage.so' and in '/second/b.stage.so'; the first is taken"
      ])
  }

  @Test func copiesOfOnePluginAreNoReasonToWarn() {
    let catalog = StageCatalog([
      plugin("/first/a.stage.so", sha256: "aa", [("pic.read", "1.0.0")]),
      plugin("/second/a.stage.so", sha256: "aa", [("pic.read", "1.0.0")]),
    ])
    #expect(catalog.entries.map(\.plugin.path) == ["/first/a.stage.so"])
    #expect(catalog.warnings == [])
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
