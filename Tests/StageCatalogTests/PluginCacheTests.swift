import DurableFiles
import Glibc
import JobModel
import StageCatalog
import LatticeDriver
import Testing

extension ChildTests {
  @Suite(.blocking) struct PluginCacheTests {
    private let bench: DescriberBench

    init() throws { bench = try DescriberBench() }

    /// Describes plugins as a new process would: with what the file remembers.
    @discardableResult
    private func describe(_ paths: String..., worker: String) -> [PluginDescription] {
      var describer = PluginDescriber(worker: worker, cachePath: bench.cache, seconds: 20)
      let found = paths.map { describer.describe($0) }
      describer.saveCache()
      return found
    }

    @Test func anUnchangedPluginIsAskedOnce() throws {
      let plugin = try bench.plugin("a.stage.so")
      let worker = try bench.worker()
      let first = describe(plugin, plugin, worker: worker)
      let second = describe(plugin, worker: worker)
      #expect(try bench.calls == ["a.stage.so"])
      #expect(first == second + second)
      #expect(second.first?.module?.stages.map(\.id) == ["pic.read"])
    }

    @Test func anotherSizeIsAskedAgain() throws {
      let plugin = try bench.plugin("a.stage.so", "one")
      let worker = try bench.worker()
      bench.setTime(plugin, seconds: 1000)
      describe(plugin, worker: worker)
      try bench.plugin("a.stage.so", "three")
      bench.setTime(plugin, seconds: 1000)
      #expect(describe(plugin, worker: worker).first?.file.size == 5)
      #expect(try bench.calls == ["a.stage.so", "a.stage.so"])
    }

    @Test func anotherTimeIsAskedAgain() throws {
      let plugin = try bench.plugin("a.stage.so", "one")
      let worker = try bench.worker()
      bench.setTime(plugin, seconds: 1000)
      let first = describe(plugin, worker: worker)
      try bench.plugin("a.stage.so", "two")
      bench.setTime(plugin, seconds: 1000, nanoseconds: 1)
      let second = describe(plugin, worker: worker)
      #expect(try bench.calls == ["a.stage.so", "a.stage.so"])
      #expect(second.first?.file.mtimeNanoseconds == 1_000_000_000_001)
      #expect(first.first?.file.sha256 == SHA256.hexDigest(of: Array("one".utf8)))
      #expect(second.first?.file.sha256 == SHA256.hexDigest(of: Array("two".utf8)))
    }

    /// The digest is for the worker, which refuses a plugin that is not the planned one; reading every plugin at each
    /// start to compare it would cost more than it saves.
    @Test func sizeAndTimeStandForTheContent() throws {
      let plugin = try bench.plugin("a.stage.so", "one")
      let worker = try bench.worker()
      bench.setTime(plugin, seconds: 1000)
      describe(plugin, worker: worker)
      try bench.plugin("a.stage.so", "two")
      bench.setTime(plugin, seconds: 1000)
      #expect(
        describe(plugin, worker: worker).first?.file.sha256
          == SHA256.hexDigest(of: Array("one".utf8)))
      #expect(try bench.calls == ["a.stage.so"])
    }

    @Test func aCopyElsewhereIsAPluginOfItsOwn() throws {
      let worker = try bench.worker()
      let first = try bench.plugin("a.stage.so")
      let second = try bench.plugin("b.stage.so")
      let found = describe(first, second, first, worker: worker)
      #expect(found.map(\.file.path) == [first, second, first])
      #expect(try bench.calls == ["a.stage.so", "b.stage.so"])
    }

    @Test func aCrashIsRemembered() throws {
      let plugin = try bench.plugin("a.stage.so")
      let worker = try bench.worker("kill -SEGV $$")
      let first = describe(plugin, worker: worker)
      #expect(describe(plugin, worker: worker) == first)
      #expect(try bench.calls == ["a.stage.so"])
      #expect(first.first?.file.sha256 == SHA256.hexDigest(of: Array("one".utf8)))
    }

    @Test func aFaultOfTheWorkerIsNotHeldAgainstThePlugin() throws {
      let plugin = try bench.plugin("a.stage.so")
      #expect(describe(plugin, worker: "\(bench.root)/nobody").first?.broken != nil)
      #expect(describe(plugin, worker: try bench.worker("exit 127")).first?.broken != nil)
      let found = describe(plugin, worker: try bench.worker(name: "mended"))
      #expect(found.first?.broken == nil)
      #expect(found.first?.module?.id == "pic")
    }

    /// SIGKILL comes from outside.
    @Test func whatMayPassIsNotRemembered() throws {
      let plugin = try bench.plugin("a.stage.so")
      let worker = try bench.worker(
        """
        [ -e '\(bench.root)/killed' ] || { echo >>'\(bench.root)/once'
          [ $(wc -l <'\(bench.root)/once') -lt 2 ] || touch '\(bench.root)/killed'
          kill -KILL $$; }
        describe pic.read 1.0.0
        """)
      var describer = PluginDescriber(worker: worker, cachePath: bench.cache)
      #expect(describer.describe(plugin).module == nil)
      #expect(describer.passingFault?.hasSuffix("was killed from outside, twice") == true)
      describer.saveCache()
      var later = PluginDescriber(worker: worker, cachePath: bench.cache)
      #expect(later.describe(plugin).module?.id == "pic")
      #expect(later.passingFault == nil)
    }

    /// A plugin that sleeps while it is loaded costs its time once, not at each look.
    @Test func aHangIsRememberedUntilTheFileChangesOrSomebodyAsks() throws {
      let plugin = try bench.plugin("a.stage.so", "one")
      let mended = "\(bench.root)/mended"
      let worker = try bench.worker("[ -e '\(mended)' ] || sleep 600\ndescribe pic.read 1.0.0")
      func look(hungAgain: Bool = false) -> PluginDescription {
        var describer = PluginDescriber(
          worker: worker, cachePath: bench.cache, seconds: 1, asksHungAgain: hungAgain)
        defer { describer.saveCache() }
        return describer.describe(plugin)
      }
      let first = look()
      #expect(first.broken?.contains("took more than 1 s to load and was killed") == true)
      try AtomicFile.write([], to: mended)
      #expect(look() == first)
      #expect(try bench.calls == ["a.stage.so"])
      #expect(look(hungAgain: true).module?.id == "pic")
      try Files.removeTree(mended)
      try bench.plugin("a.stage.so", "three")
      #expect(look().broken != nil)
      #expect(try bench.calls == ["a.stage.so", "a.stage.so", "a.stage.so"])
    }

    /// Two processes that meet an unknown plugin: one asks it, the other waits and takes over the answer.
    @Test func processesTakeTurns() async throws {
      let plugin = try bench.plugin("a.stage.so")
      let worker = try bench.worker("sleep 0.5\ndescribe pic.read 1.0.0")
      let cache = bench.cache
      let found = await withTaskGroup(of: String?.self) { group in
        for _ in 0..<3 {
          group.addTask {
            var describer = PluginDescriber(worker: worker, cachePath: cache)
            defer { describer.saveCache() }
            return describer.describe(plugin).module?.id
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(found == ["pic", "pic", "pic"])
      #expect(try bench.calls == ["a.stage.so"])
    }

    /// Loading a pipe would wait for a writer.
    @Test(.timeLimit(.minutes(1))) func whatIsNoFileIsNotLoaded() throws {
      let path = "\(bench.root)/plugins/pipe.stage.so"
      #expect(mkfifo(path, 0o644) == 0)
      #expect(
        describe(path, worker: try bench.worker()).first?.broken
          == "plugin '\(path)' is a named pipe, not a file")
      #expect(try bench.calls == [])
    }

    @Test func killedTwiceIsSaidSo() throws {
      let plugin = try bench.plugin("a.stage.so")
      let found = describe(plugin, worker: try bench.worker("kill -KILL $$"))
      #expect(
        found.first?.broken
          == "plugin '\(plugin)' could not be looked at: the process that loaded it was killed from outside, twice"
      )
      #expect(try bench.calls == ["a.stage.so", "a.stage.so"])
    }

    /// Another Lattice may take a plugin that this one refuses.
    @Test func anotherWorkerIsAskedAnew() throws {
      let plugin = try bench.plugin("a.stage.so")
      describe(plugin, worker: try bench.worker(name: "old"))
      let newer = try bench.worker("describe pic.read 2.0.0", name: "newer")
      #expect(describe(plugin, worker: newer).first?.module?.stages.first?.version == "2.0.0")
    }

    @Test func aDamagedCacheIsMadeAnew() throws {
      let plugin = try bench.plugin("a.stage.so")
      let worker = try bench.worker()
      try Files.makeDirectory(AtomicFile.parent(of: bench.cache))
      try AtomicFile.write(Array("[{\"file\":".utf8), to: bench.cache)
      describe(plugin, worker: worker)
      describe(plugin, worker: worker)
      #expect(try bench.calls == ["a.stage.so"])
    }

    @Test func aCacheThatCantBeWrittenIsNoHarm() throws {
      let plugin = try bench.plugin("a.stage.so")
      var describer = PluginDescriber(
        worker: try bench.worker(), cachePath: "/proc/nowhere/plugins.json")
      #expect(describer.describe(plugin).module?.id == "pic")
      describer.saveCache()
      #expect(describer.describe(plugin).module?.id == "pic")
    }

    @Test func pluginsThatAreGoneAreForgotten() throws {
      let worker = try bench.worker()
      let gone = try bench.plugin("gone.stage.so")
      describe(gone, worker: worker)
      try Files.removeTree(gone)
      describe(try bench.plugin("a.stage.so"), worker: worker)
      let text = String(decoding: try Files.read(bench.cache), as: UTF8.self)
      #expect(!text.contains("gone.stage.so"))
      #expect(text.contains("a.stage.so"))
    }
  }
}
