import DurableFiles
import Glibc
import JobModel
import StageCatalog
import LatticeDriver
import Testing

extension ChildTests {
  @Suite(.blocking) struct PluginFoldersTests {
    private let bench: DescriberBench

    init() throws { bench = try DescriberBench() }

    private var folder: String { "\(bench.root)/plugins" }

    private func candidates(_ folders: String...) -> [String] {
      PluginFolders.candidates(in: folders.map { "\(folder)/\($0)" }).map {
        $0.replacing("\(folder)/", with: "")
      }
    }

    @Test func onlyNamesOfPluginsCount() throws {
      for name in [
        "b.stage.so", "a.stage.so", "libPicStages.so", "libfoundation.so", "a.so", "stage.so.txt",
        "a.stage.so.bak", "PicStages.so", "notes.md",
      ] {
        try bench.plugin("x/\(name)")
      }
      #expect(candidates("x") == ["x/a.stage.so", "x/b.stage.so", "x/libPicStages.so"])
    }

    @Test func foldersCountInTheirOrder() throws {
      try bench.plugin("x/z.stage.so")
      try bench.plugin("y/a.stage.so")
      #expect(candidates("x", "y") == ["x/z.stage.so", "y/a.stage.so"])
      #expect(candidates("y", "x") == ["y/a.stage.so", "x/z.stage.so"])
      #expect(candidates("absent", "x") == ["x/z.stage.so"])
    }

    @Test func aFileIsListedOnce() throws {
      let path = try bench.plugin("x/a.stage.so")
      try Files.makeDirectory("\(folder)/y")
      symlink(path, "\(folder)/y/b.stage.so")
      symlink("\(folder)/x", "\(folder)/link")
      #expect(candidates("y", "x", "x", "link") == ["x/a.stage.so"])
    }

    @Test func theSearchPathHasItsOrder() async {
      await #expect(processExitsWith: .success) {
        setenv("LATTICE_PLUGINS", "/env/a::/env/b", 1)
        let own = PluginFolders.executableFolder
        let found = PluginFolders.searchPath(named: ["/named"], spool: SpoolFolder(path: "/spool"))
        guard
          found == ["/named", "/env/a", "/env/b", "/spool/plugins", "\(own)/plugins", own]
        else { exit(1) }
        unsetenv("LATTICE_PLUGINS")
        guard PluginFolders.searchPath(named: [], spool: nil) == ["\(own)/plugins", own] else {
          exit(2)
        }
      }
    }

    @Test func theWorkerIsBesideTheExecutableUnlessNamed() async {
      await #expect(processExitsWith: .success) {
        setenv("LATTICE_WORKER", "/elsewhere/worker", 1)
        guard PluginFolders.worker == "/elsewhere/worker" else { exit(1) }
        unsetenv("LATTICE_WORKER")
        guard PluginFolders.worker == "\(PluginFolders.executableFolder)/lattice-worker" else {
          exit(2)
        }
      }
    }

    @Test func aCatalogIsLoadedAlongTheSearchPath() throws {
      try bench.plugin("x/pic.stage.so", "newer")
      try bench.plugin("y/pic.stage.so", "older")
      try bench.plugin("y/bad.stage.so")
      let worker = try bench.worker(
        """
        case "$2" in
        *bad*) exit 3 ;;
        *) describe pic.read 1.0.0 ;;
        esac
        """)
      let catalog = StageCatalog.load(
        folders: ["\(folder)/x", "\(folder)/y"], worker: worker, cachePath: bench.cache)
      #expect(try bench.calls == ["x/pic.stage.so", "y/bad.stage.so", "y/pic.stage.so"])
      #expect(try catalog.resolve("pic.read", nil).plugin.path == "\(folder)/x/pic.stage.so")
      #expect(
        catalog.warnings.map(\.text) == [
          "stage pic.read 1.0.0 is there twice: the one in '\(folder)/x/pic.stage.so' is taken, not the one in '\(folder)/y/pic.stage.so'"
        ])
      #expect(catalog.brokenPlugins.map(\.path) == ["\(folder)/y/bad.stage.so"])
      #expect(catalog.searched == ["\(folder)/x", "\(folder)/y"])
    }
  }
}
