import JobModel
import StageCatalog
import LatticeDriver
import Testing

/// Plugins that break one rule each: they fail that rule, with its sentence, and no other.
@Suite(.blocking) struct BadPluginTests {
  /// What is said of `bad/RULE.c`.
  static let sentences: [(rule: PluginRule, sentence: String)] = [
    (.entry, "it leaves descriptors open when it is loaded: 1"),
    (
      .tables,
      "stage 'Bad Tables': an id is words of a-z, 0-9 and - joined by dots, such as 'family.verb'"
    ),
    (.schema, "the default 2 of parameter 'share' is outside its range"),
    (.check, "check leaves descriptors open"),
    (.ambient, "process changes the rounding mode, which all stages share"),
    (
      .lifecycle,
      "100 descriptors stay open after 100 uses; close them in close or destroy"
    ),
    (
      .outputs,
      "without optional inputs: 'image' was not put out, though process said all is well"
    ),
    (.inputs, "it crashed with SIGSEGV: it wrote to the input 'image', which is read-only"),
    (
      .bounds,
      "it crashed with SIGSEGV: it read byte 1536 of the input 'image', which has 1536 bytes"
    ),
    (
      .alignment,
      "with inputs aligned to their elements only process fails with INTERNAL, which means a mistake of its own: the input is not aligned"
    ),
    (.sizes, "it crashed with SIGFPE while trying size H = 0"),
    (
      .extremes,
      "with NaN in f32 process fails with INTERNAL, which means a mistake of its own: this can't be"
    ),
    (.repeatable, "a second run gives other metadata of the items"),
    (
      .parallel,
      "on four threads at once process fails with INTERNAL, which means a mistake of its own: two calls at once"
    ),
    (.memory, "it crashed with SIGSEGV"),
    (.model, "it crashed with SIGSEGV while trying without a model"),
    (.state, "save_state after load_state writes other bytes to 'count.txt'"),
    (
      .files,
      "with a file that is missing process fails with CONFIG, which fails the job; fail the item with INPUT or NOTFOUND"
    ),
  ]

  private func results(
    _ path: String, _ rules: [PluginRule] = PluginRule.allCases.filter { $0 != .fuzz }
  ) throws -> [RuleResult] {
    let validator = PluginValidator(worker: try BadPlugins.worker, feed: RuleFeed())
    return try validator.requests(path, rules: rules).get().map { validator.answer($0) }
  }

  @Test(arguments: sentences) func failsItsRuleAlone(rule: PluginRule, sentence: String) throws {
    let results = try results(BadPlugins.build("bad/\(rule.rawValue)"))
    #expect(results.filter { $0.verdict == .failed }.map(\.rule) == [rule])
    #expect(results.first { $0.rule == rule }?.faults.first == sentence)
  }

  /// How long a call took is in the sentence.
  @Test(arguments: [
    (PluginRule.cancel, "a call took 15", "ms in a cancelled job"),
    (.task, "it was cancelled after 1.0 s and left after 3", "ms; it has one second"),
  ])
  func failsForItsTimeAlone(rule: PluginRule, start: String, end: String) throws {
    let results = try results(BadPlugins.build("bad/\(rule.rawValue)"))
    #expect(results.filter { $0.verdict == .failed }.map(\.rule) == [rule])
    let sentence = try #require(results.first { $0.rule == rule }?.faults.first)
    #expect(sentence.hasPrefix(start) && sentence.contains(end), "\(sentence)")
  }

  @Test func writingPastTheEndIsFound() throws {
    let path = try BadPlugins.build("bad/bounds", ["-DWRITES"], as: "bad-bounds-writes")
    #expect(
      try results(path, [.bounds]).first?.faults == [
        "it crashed with SIGSEGV: it wrote byte 1536 of the output 'image', which has 1536 bytes"
      ])
  }

  @Test(arguments: [
    (2, "process changes the working directory, which all stages share"),
    (3, "process changes the file mode mask (umask), which all stages share"),
    (4, "process changes the locale, which all stages share"),
    (5, "process changes the handler of a signal, which all stages share"),
    (6, "process changes what descriptors 0, 1 and 2 lead to, which all stages share"),
  ])
  func aChangeOfTheProcessIsFound(changes: Int, sentence: String) throws {
    let path = try BadPlugins.build(
      "bad/ambient", ["-DCHANGES=\(changes)"], as: "bad-ambient-\(changes)")
    let result = try #require(try results(path, [.ambient]).first)
    #expect(result.verdict == .failed && result.faults == [sentence])
  }

  @Test func aChangeByLoadingIsFound() throws {
    let path = try BadPlugins.build("bad/ambient", ["-DLOADING"], as: "bad-ambient-loading")
    #expect(
      try results(path, [.entry, .ambient]).flatMap(\.faults) == [
        "loading it changes the rounding mode"
      ])
  }

  @Test func aProcessThatIsLeftBehindIsFound() throws {
    let path = try BadPlugins.build("bad/lifecycle", ["-DCHILDREN"], as: "bad-lifecycle-children")
    let fault = try #require(try results(path, [.lifecycle]).first?.faults.first)
    #expect(
      fault.hasSuffix(
        "processes stay after 100 uses; end them in close or destroy, and wait for them"),
      "\(fault)")
  }

  @Test func aSilentCheckIsFound() throws {
    let path = try BadPlugins.build("bad/check", ["-DSILENT"], as: "bad-check-silent")
    #expect(
      try results(path, [.check]).first?.faults == [
        "its check says nothing of the output 'image'; the stage has to be mended"
      ])
  }

  /// The seed leads to the same round again.
  @Test func fuzzFindsTheValueAndTheSeedFindsItAgain() throws {
    let path = try BadPlugins.build("bad/fuzz")
    let first = try results(path)
    #expect(first.allSatisfy { $0.verdict != .failed })
    let second = try results(path, [.fuzz]).first?.faults
    #expect(second?.first?.contains(#"parameters {"level":9}"#) == true)
    #expect(try results(path, [.fuzz]).first?.faults == second)
  }

  @Test func aPluginThatCanNotBeLoadedHasNoRequests() throws {
    let path = try BadPlugins.build("no_entry")
    let validator = PluginValidator(worker: try BadPlugins.worker, feed: RuleFeed())
    #expect(throws: CheckFailure.self) { try validator.requests(path).get() }
  }
}
