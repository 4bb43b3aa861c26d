import DurableFiles
import JobModel
import StageCatalog
import LatticeDriver
import Testing

extension ChildTests {
  @Suite(.blocking) struct PluginDescriberTests {
    private let bench: DescriberBench

    init() throws { bench = try DescriberBench() }

    /// What is said of a plugin when the worker is a script that does this.
    private func reason(_ body: String, seconds: Double = 20) throws -> String? {
      let plugin = try bench.plugin("a.stage.so")
      var describer = PluginDescriber(
        worker: try bench.worker(body), cachePath: nil, seconds: seconds)
      let found = describer.describe(plugin)
      #expect(found.module == nil)
      #expect(found.file.path == plugin)
      return found.broken?.replacing(bench.root, with: "/bench")
    }

    @Test func aPluginIsWhatTheWorkerSaysOfIt() throws {
      let plugin = try bench.plugin("a.stage.so")
      var describer = PluginDescriber(
        worker: try bench.worker("describe pic.read 1.2.0"), cachePath: nil)
      let found = describer.describe(plugin)
      #expect(found.module?.stages.map(\.id) == ["pic.read"])
      #expect(found.module?.stages.map(\.version) == ["1.2.0"])
      #expect(found.broken == nil)
      #expect(found.file.size == 3)
      #expect(found.file.sha256 == SHA256.hexDigest(of: Array("one".utf8)))
    }

    @Test func aPluginThatHangsIsKilled() throws {
      #expect(
        try reason("sleep 600", seconds: 1)
          == "plugin '/bench/plugins/a.stage.so' took more than 1 s to load and was killed; it must not block or compute while it is loaded"
      )
    }

    @Test func aCrashNamesItsSignalAndTheLastWords() throws {
      #expect(
        try reason("echo first >&2; echo 'no such model' >&2; kill -SEGV $$")
          == "plugin '/bench/plugins/a.stage.so' crashed while it was loaded: SIGSEGV; its last words: no such model"
      )
      #expect(
        try reason("kill -ABRT $$")
          == "plugin '/bench/plugins/a.stage.so' crashed while it was loaded: SIGABRT")
      #expect(
        try reason("kill -USR1 $$")
          == "plugin '/bench/plugins/a.stage.so' crashed while it was loaded: signal 10")
    }

    @Test func garbageIsNoDescription() throws {
      #expect(
        try reason("echo '{\"file\": 7'")
          == "plugin '/bench/plugins/a.stage.so' could not be described: the worker left with exit code 0 and no description"
      )
      #expect(
        try reason("head -c 100000 /dev/zero")
          == "plugin '/bench/plugins/a.stage.so' could not be described: the worker left with exit code 0 and no description"
      )
    }

    @Test func anExitCodeIsNamed() throws {
      #expect(
        try reason("describe pic.read 1.0.0; exit 3")
          == "plugin '/bench/plugins/a.stage.so' could not be described: the worker left with exit code 3 and no description"
      )
      #expect(
        try reason("echo 'libjpeg.so.62: no such file' >&2; exit 127")
          == "plugin '/bench/plugins/a.stage.so' could not be described: the worker left with exit code 127 and no description; its last words: libjpeg.so.62: no such file"
      )
    }

    @Test func aWorkerThatIsNotThereIsNamed() throws {
      let plugin = try bench.plugin("a.stage.so")
      var describer = PluginDescriber(worker: "\(bench.root)/nobody", cachePath: nil)
      #expect(
        describer.describe(plugin).broken
          == "plugin '\(plugin)' can't be looked at: can't start '\(bench.root)/nobody': No such file or directory"
      )
    }

    @Test func theWorkersOwnVerdictIsPassedOn() throws {
      let body = """
        printf '{"file":{"path":"%s","size":3,"mtimeNanoseconds":1,"sha256":"00"},"broken":"built for ABI 9"}' "$2"
        """
      #expect(try reason(body) == "built for ABI 9")
    }
  }
}
