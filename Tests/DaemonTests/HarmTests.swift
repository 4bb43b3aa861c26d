import Foundation
import JobModel
import LatticeDriver
import Testing

/// Plugins that do harm of every kind: the stage and the item that did it are named, and the other items are done.
@Suite(.blocking) struct HarmTests {
  /// A folder with the plugins, a spec in it and a daemonless run.
  private final class Bench {
    let lattice = try? Lattice()
    let plugins: URL

    init() throws {
      let folder = try #require(lattice).folder
      plugins = folder.appending(path: "plugins")
      for name in ["ramp", "harm", "together"] { try TroublePlugins.compile(name, into: plugins) }
      try TroublePlugins.compile("throws", into: plugins, isCPlusPlus: true)
    }

    /// Runs a spec to its end, without a daemon.
    func run(_ name: String, _ text: String) throws -> (output: Lattice.Output, result: JobResult) {
      let lattice = try #require(lattice)
      try Data("version: 1\nname: \(name)\n\(text)\n".utf8).write(to: lattice.file("\(name).yaml"))
      let output = try lattice.run([
        "run", "\(name).yaml", "--out", name, "--quiet", "--plugins", plugins.path(),
      ])
      let data = Data(try lattice.jobFile(name, "result.json").utf8)
      return (output, try JSONDecoder().decode(JobResult.self, from: data))
    }

    /// The log of a stage of a spec's job.
    func log(_ name: String, _ stage: String) throws -> String {
      try #require(lattice).jobFile(name, "\(stage).jsonl")
    }
  }

  // Tests of this suite run one after the other.
  nonisolated(unsafe) private static let bench: Result<Bench, any Error> = Result {
    let bench = try Bench()
    atexit { HarmTests.removeBench() }
    return bench
  }

  private static func removeBench() {
    guard let bench = try? bench.get(), let lattice = bench.lattice else { return }
    try? FileManager.default.removeItem(at: lattice.folder)
  }

  private func spec(_ how: String, trap: Int = -1, batch: Int = 1, cpus: Int = 2) -> String {
    """
    input: { n: { count: 6 } }
    stages:
      - { id: make, use: ramp.make@1 }
      - { id: bad, use: harm.do@1, in: { image: make.image }, params: { how: \(how), item: 2, trap: \(trap) } }
      - { id: probe, use: harm.probe@1, in: { image: bad.image } }
    limits: { stall: 2s, memory: 256MiB, batch: \(batch), cpus: \(cpus) }
    retry: { attempts: 2, backoff: 10ms..20ms }
    errors: { max_failed_items: 2 }
    """
  }

  /// Crashes and hangs: what the last words say, with batches of one item and of all.
  @Test(
    arguments: [
      ("smash", "SIGSEGV", ""),
      ("assert", "SIGABRT", "Assertion `!\"harm was asked for\"' failed."),
      ("panic", "SIGABRT", "thread 'main' panicked at src/lib.rs:7:5: harm was asked for"),
      ("free-twice", "SIGABRT", "double free"),
      ("leave", nil, "exit code 3 before it was done; its last words: harm leaves"),
      ("sleep", nil, "showed no progress for 2 s"), ("loop", nil, "showed no progress for 2 s"),
      ("named-thread", nil, "showed no progress for 2 s"),
      ("close-output", nil, "its 'process' closed or replaced a descriptor of 0 to 2"),
    ] as [(String, String?, String)])
  func oneItemIsLeftOut(how: String, signal: String?, words: String) throws {
    let (output, result) = try Self.bench.get().run(how, spec(how))
    #expect(output.status == 3, "\(output.talk)")
    #expect(result.state == .partial && result.itemsDone == 5)
    let last = try #require(result.failedAttempts.last?.failure)
    #expect(last.stage == "bad" && last.item == 2, "\(last)")
    #expect(last.signal == signal, "\(last)")
    #expect(words.isEmpty || last.message.contains(words), "\(last.message)")
    for attempt in result.failedAttempts where !attempt.failure.message.hasPrefix("one of the") {
      #expect(attempt.failure.stage == "bad" && attempt.failure.item == 2, "\(attempt.failure)")
    }
  }

  /// Harm to memory that the first run may survive: an item that traps has the rest done one by one between guard pages.
  @Test(arguments: [
    ("underrun", "before the start of the output 'image' of stage 'bad'"),
    ("overrun-1", "its 'process' wrote past the end of the output 'image' of stage 'bad'"),
    ("overrun-4096", "of the output 'image' of stage 'bad', which has 48 bytes"),
    ("write-input", "wrote to the output 'image' of stage 'make', which is read-only"),
    ("heap", "its 'process' wrote past the end of memory of stage 'bad'"),
    ("thread-crash", "SIGSEGV"),
    ("thread-write", "wrote to the output 'image' of stage 'bad', which is read-only"),
  ])
  func damageIsFoundWhereItIsDone(how: String, words: String) throws {
    let (output, result) = try Self.bench.get().run("d-\(how)", spec(how, trap: 0))
    #expect(output.status == 3, "\(output.talk)")
    #expect(result.state == .partial && result.itemsDone == 4, "\(result.failedAttempts)")
    let found = result.failedAttempts.map(\.failure).filter { $0.item == 2 && $0.stage == "bad" }
    #expect(found.contains { $0.message.contains(words) }, "\(result.failedAttempts)")
    #expect(result.failedAttempts.dropFirst().allSatisfy { $0.failure.stage == "bad" })
  }

  @Test func anExceptionSaysWhat() throws {
    let (output, result) = try Self.bench.get().run(
      "throws",
      """
      input: { n: { count: 4 } }
      stages: [{ id: bad, use: throws.make@1 }]
      limits: { batch: 1 }
      errors: { max_failed_items: 1 }
      """)
    #expect(output.status == 3, "\(output.talk)")
    let last = try #require(result.failedAttempts.last?.failure)
    #expect(
      last.message == "the worker was ended by SIGABRT; its last words: what():  harm was asked for"
    )
    #expect(last.stage == "bad" && last.item == 2)
  }

  /// Other stages see nothing of it, and the log of the stage says it: for sure where nothing else was at work, and where
  /// something was, that it may have been that.
  @Test(
    arguments: [
      ("rounding", "the rounding mode"),
      ("flush", "whether tiny numbers count as zero (FTZ, DAZ)"),
      ("directory", "the working directory"), ("mask", "the file mode mask (umask)"),
      ("locale", "the locale"), ("signals", "the handler of a signal"),
    ], [1, 2])
  func whatAllShareIsPutBack(change: (how: String, name: String), cpus: Int) throws {
    let bench = try Self.bench.get()
    let name = "a-\(change.how)-\(cpus)"
    let (output, result) = try bench.run(name, spec(change.how, cpus: cpus))
    #expect(output.status == 0, "\(output.talk)")
    #expect(result.state == .succeeded && result.failedAttempts.isEmpty)
    let end = "changed \(change.name), which all stages share; it was put back"
    let log = try bench.log(name, "bad")
    let isSure = log.contains("'process' \(end)")
    #expect(isSure || (cpus > 1 && log.contains("this stage or one beside it \(end)")), "\(log)")
    if cpus == 1 { #expect(try bench.log(name, "make").contains(end) == false) }
  }

  /// What one call changes and another one's end puts back is told to both: each may have done it.
  @Test func whatIsPutBackByAnotherIsStillSaid() throws {
    let bench = try Self.bench.get()
    let (output, result) = try bench.run(
      "overlap",
      """
      input: { n: { count: 4 } }
      stages:
        - { id: make, use: harm.make@1 }
        - { id: bad, use: harm.do@1, in: { image: make.image }, params: { how: overlap, item: 0 } }
        - { id: probe, use: harm.probe@1, in: { image: bad.image } }
      limits: { stall: 5m, batch: 1, cpus: 2 }
      """)
    #expect(output.status == 0, "\(output.talk)")
    #expect(result.itemsDone == 4 && result.failedAttempts.isEmpty)
    for stage in ["make", "bad"] {
      let log = try bench.log("overlap", stage)
      #expect(
        log.contains(
          "this stage or one beside it changed the working directory, which all stages share; it was put back"
        ), "\(stage): \(log)")
    }
  }

  /// A stage that declares itself parallel gets several batches at once; the one after it gets them in order.
  @Test func parallelStagesOverlap() throws {
    let (output, result) = try Self.bench.get().run(
      "together",
      """
      input: { n: { count: 24 } }
      stages:
        - { id: make, use: ramp.make@1 }
        - { id: meet, use: together.meet@1, in: { image: make.image } }
        - { id: order, use: together.order@1, in: { image: meet.image } }
      limits: { batch: 1, cpus: 4 }
      """)
    #expect(output.status == 0, "\(output.talk)")
    #expect(result.itemsDone == 24)
  }

  @Test(arguments: [
    ("crash", "stage 'look' crashed in its check: SIGSEGV"),
    ("assert", "Assertion `!\"harm was asked for\"' failed."),
    (
      "silent",
      "'look' (harm.check): its check says nothing of the output 'image'; the stage has to be mended"
    ),
  ])
  func aCheckIsBlamedByName(how: String, sentence: String) throws {
    let bench = try Self.bench.get()
    let lattice = try #require(bench.lattice)
    try Data(
      """
      version: 1
      name: look
      input: { n: { count: 2 } }
      stages:
        - { id: make, use: ramp.make@1 }
        - { id: look, use: harm.check@1, in: { image: make.image }, params: { how: \(how) } }
        - { id: copy, use: harm.probe@1, in: { image: look.image } }
      """.utf8
    ).write(to: lattice.file("look-\(how).yaml"))
    let output = try lattice.run([
      "check", "look-\(how).yaml", "--plugins", bench.plugins.path(),
    ])
    #expect(output.status == 2)
    #expect(output.talk.contains(sentence), "\(output.talk)")
    #expect(output.talk.contains("look-\(how).yaml:6:"), "\(output.talk)")
    #expect(!output.talk.contains("'copy'"), "\(output.talk)")
  }
}
