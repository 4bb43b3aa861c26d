import JobModel
import Planning
import StageCatalog
import Testing

/// Stages that can't be had: E100 to E102, W174.
@Suite struct StageFaultTests {
  private let bench: PlanBench

  init() throws { bench = try PlanBench() }

  private func faults(use: String) throws -> String {
    try bench.faults(
      PlanBench.spec(
        """
        id: read, use: '\(use)', in: { file: pics }
        id: write, use: pic.write, in: { image: read.image }
        """))
  }

  @Test func anUnknownStageGetsANearName() throws {
    #expect(
      try faults(use: "pic.raed@1") == """
        p.yaml:5:22: error[E100]: there is no stage 'pic.raed'; did you mean 'pic.read'?
            5 |   - { id: read, use: 'pic.raed@1', in: { file: pics } }
              |                      ^~~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func anUnknownStageWithoutANearName() throws {
    #expect(
      try faults(use: "audio.resample@1") == """
        p.yaml:5:22: error[E100]: there is no stage 'audio.resample'; 'lattice plugin list' lists the stages there are
            5 |   - { id: read, use: 'audio.resample@1', in: { file: pics } }
              |                      ^~~~~~~~~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func withoutPluginsTheSearchPathIsShown() throws {
    bench.catalog = StageCatalog([], searched: ["/plugins", "/usr/lib/lattice"])
    #expect(
      try faults(use: "pic.read@1") == """
        p.yaml:5:22: error[E100]: there is no stage 'pic.read'; no plugins were found in /plugins, /usr/lib/lattice
            5 |   - { id: read, use: 'pic.read@1', in: { file: pics } }
              |                      ^~~~~~~~~~~~
        p.yaml:6:23: error[E100]: there is no stage 'pic.write'; no plugins were found in /plugins, /usr/lib/lattice
            6 |   - { id: write, use: pic.write, in: { image: read.image } }
              |                       ^~~~~~~~~
        2 errors, 0 warnings: not queued.
        """)
  }

  @Test func aRangeWithoutAVersion() throws {
    #expect(
      try faults(use: "pic.read@3") == """
        p.yaml:5:22: error[E101]: there is no version of pic.read for 'pic.read@3'; there is 2.0.0, 1.2.0, 1.0.0
            5 |   - { id: read, use: 'pic.read@3', in: { file: pics } }
              |                      ^~~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults(use: "pic.read@>=1.3 <2") == """
        p.yaml:5:22: error[E101]: there is no version of pic.read for 'pic.read@>=1.3 <2'; there is 2.0.0, 1.2.0, 1.0.0
            5 |   - { id: read, use: 'pic.read@>=1.3 <2', in: { file: pics } }
              |                      ^~~~~~~~~~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func aBrokenPluginIsNamedWithItsReason() throws {
    bench.catalog = StageCatalog([
      Shelf.pic, Shelf.broken("audio", "plugin '/plugins/audio.stage.so' was built for ABI 9"),
    ])
    #expect(
      try faults(use: "audio.resample@1") == """
        p.yaml:5:22: error[E102]: the plugin that may hold audio.resample is broken: plugin '/plugins/audio.stage.so' was built for ABI 9
            5 |   - { id: read, use: 'audio.resample@1', in: { file: pics } }
              |                      ^~~~~~~~~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func twinsInTwoPluginsAreAWarning() throws {
    var twin = Shelf.plugin("twin", [Shelf.write, Shelf.show])
    twin.file.path = "/other/pic.stage.so"
    bench.catalog = StageCatalog([Shelf.pic, Shelf.code, twin])
    #expect(
      try faults(use: "pic.read@1") == """
        p.yaml: warning[W174]: stage pic.write 1.0.0 is there twice: the one in '/plugins/pic.stage.so' is taken, not the one in '/other/pic.stage.so'
        0 errors, 1 warning.
        """)
  }

  @Test func copiesOfOnePluginAreNoWarningOfAJob() throws {
    var copy = Shelf.pic
    copy.file.path = "/other/pic.stage.so"
    bench.catalog = StageCatalog([Shelf.pic, copy])
    #expect(try faults(use: "pic.read@1") == "0 errors, 0 warnings.")
  }

  @Test func aStageInFrontOfABundledOneIsAWarning() throws {
    var newer = Shelf.plugin("mine", [Shelf.read("1.9.0")])
    newer.file.path = "/home/mine.stage.so"
    bench.catalog = StageCatalog([newer, Shelf.pic], bundled: ["/plugins"])
    #expect(
      try faults(use: "pic.read@1") == """
        p.yaml: warning[W174]: stage pic.read 1.9.0 in '/home/mine.stage.so' is taken before 1.0.0 in '/plugins/pic.stage.so' of Lattice's own, where a spec allows both
        0 errors, 1 warning.
        """)
  }

  @Test func aBrokenStageIsNamedWithItsReason() throws {
    var plugin = Shelf.plugin("audio", [])
    plugin.module?.brokenStages = [
      BrokenStage(id: "audio.resample", version: "1", reason: "it is not like 1.2.3")
    ]
    bench.catalog = StageCatalog([Shelf.pic, plugin])
    #expect(
      try faults(use: "audio.resample@1") == """
        p.yaml:5:22: error[E102]: the stage audio.resample in '/plugins/audio.stage.so' can't be used: it is not like 1.2.3
            5 |   - { id: read, use: 'audio.resample@1', in: { file: pics } }
              |                      ^~~~~~~~~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }
}
