import JobModel
import Planning
import StageCatalog
import Testing

/// Parameters that do not meet the stage's schema: E119 to E129.
@Suite struct ParameterFaultTests {
  private let bench: PlanBench

  init() throws { bench = try PlanBench() }

  private func faults(_ parameters: String, use: String = "lab.knobs") throws -> String {
    try bench.faults(
      PlanBench.spec(
        """
        id: read, use: pic.read, in: { file: pics }
        id: knobs, use: \(use), in: { image: read.image }, params: { \(parameters) }
        id: write, use: pic.write, in: { image: knobs.image }
        """))
  }

  @Test func unknown() throws {
    #expect(
      try faults("rate: 1, stepps: 3") == """
        p.yaml:6:80: error[E120]: lab.knobs has no parameter 'stepps'; did you mean 'steps'?
            6 | : lab.knobs, in: { image: read.image }, params: { rate: 1, stepps: 3 } }
              |                                                            ^~~~~~
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("rate: 1, colour: red") == """
        p.yaml:6:80: error[E120]: lab.knobs has no parameter 'colour'; it has angle, bands, code, extra, gain, kinds, label, levels, loop, pair, rate, some, speed-limit, steps
            6 | : lab.knobs, in: { image: read.image }, params: { rate: 1, colour: red } }
              |                                                            ^~~~~~
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("size: 8", use: "pic.mark") == """
        p.yaml:6:70: error[E120]: pic.mark has no parameter 'size'; it has none
            6 | knobs, use: pic.mark, in: { image: read.image }, params: { size: 8 } }
              |                                                            ^~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func wrongType() throws {
    #expect(
      try faults("rate: fast") == """
        p.yaml:6:77: error[E121]: 'rate' of lab.knobs must be a number, not 'fast': how fast it goes
            6 | use: lab.knobs, in: { image: read.image }, params: { rate: fast } }
              |                                                            ^~~~
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("rate: 1, steps: 2.5") == """
        p.yaml:6:87: error[E121]: 'steps' of lab.knobs must be a whole number, not 2.5: how many
            6 | nobs, in: { image: read.image }, params: { rate: 1, steps: 2.5 } }
              |                                                            ^~~
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("rate: 1, loop: 'yes'") == """
        p.yaml:6:86: error[E121]: 'loop' of lab.knobs must be true or false, not 'yes': again
            6 | knobs, in: { image: read.image }, params: { rate: 1, loop: 'yes' } }
              |                                                            ^~~~~
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("rate: 1, steps: '2'") == """
        p.yaml:6:87: error[E121]: 'steps' of lab.knobs must be a whole number, not '2' in quotes, which make it a text; take them away: how many
            6 | nobs, in: { image: read.image }, params: { rate: 1, steps: '2' } }
              |                                                            ^~~
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("rate: 1, label: 7") == """
        p.yaml:6:87: error[E121]: 'label' of lab.knobs must be a text, not 7: see 'lattice plugin inspect lab.knobs'
            6 | nobs, in: { image: read.image }, params: { rate: 1, label: 7 } }
              |                                                            ^
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("rate: 1, label: ") == """
        p.yaml:6:88: error[E121]: 'label' of lab.knobs must be a text, not null: see 'lattice plugin inspect lab.knobs'
            6 | obs, in: { image: read.image }, params: { rate: 1, label:  } }
              |                                                            ^
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("rate: 1, levels: 8") == """
        p.yaml:6:88: error[E121]: 'levels' of lab.knobs must be a list, not 8: per channel
            6 | obs, in: { image: read.image }, params: { rate: 1, levels: 8 } }
              |                                                            ^
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("rate: 1, extra: [1, a]") == """
        p.yaml:6:87: error[E121]: 'extra' of lab.knobs must be a mapping, not [1,"a"]: what you like
            6 | nobs, in: { image: read.image }, params: { rate: 1, extra: [1, a] } }
              |                                                            ^
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("rate: [{ a: 1.5, b: null }]") == """
        p.yaml:6:77: error[E121]: 'rate' of lab.knobs must be a number, not [{"a":1.5,"b":null}]: how fast it goes
            6 | use: lab.knobs, in: { image: read.image }, params: { rate: [{ a: 1.5, b: null }] } }
              |                                                            ^
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func outsideItsRange() throws {
    #expect(
      try faults("rate: 0.25") == """
        p.yaml:6:77: error[E122]: 'rate' of lab.knobs is 0.25; it must be at least 0.5 and at most 2
            6 | use: lab.knobs, in: { image: read.image }, params: { rate: 0.25 } }
              |                                                            ^~~~
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("rate: 3") == """
        p.yaml:6:77: error[E122]: 'rate' of lab.knobs is 3; it must be at least 0.5 and at most 2
            6 | use: lab.knobs, in: { image: read.image }, params: { rate: 3 } }
              |                                                            ^
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("rate: 1, steps: 0") == """
        p.yaml:6:87: error[E122]: 'steps' of lab.knobs is 0; it must be at least 1
            6 | nobs, in: { image: read.image }, params: { rate: 1, steps: 0 } }
              |                                                            ^
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("rate: .nan") == """
        p.yaml:6:77: error[E122]: 'rate' of lab.knobs is nan; it must be at least 0.5 and at most 2
            6 | use: lab.knobs, in: { image: read.image }, params: { rate: .nan } }
              |                                                            ^~~~
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("rate: 1, gain: .inf") == """
        p.yaml:6:86: error[E122]: 'gain' of lab.knobs is inf; it must be finite
            6 | knobs, in: { image: read.image }, params: { rate: 1, gain: .inf } }
              |                                                            ^~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func theEndsOfARangeAreInside() throws {
    for rate in ["0.5", "2", "2.0", "1.25"] {
      let plan = try bench.plan(
        PlanBench.spec(
          """
          id: read, use: pic.read, in: { file: pics }
          id: knobs, use: lab.knobs, in: { image: read.image }, params: { rate: \(rate) }
          id: write, use: pic.write, in: { image: knobs.image }
          """))
      #expect(plan.stages[1].parameters["rate"]?.doubleValue == Double(rate))
    }
  }

  @Test func notOneOfAFewWords() throws {
    let spec = PlanBench.spec(
      """
      id: read, use: pic.read, in: { file: pics }, params: { fit: corp }
      id: write, use: pic.write, in: { image: read.image }, params: { exists: keep }
      """)
    #expect(
      try bench.faults(spec) == """
        p.yaml:5:67: error[E123]: 'fit' of pic.read is 'corp'; it must be crop, pad; did you mean 'crop'?
            5 | d: read, use: pic.read, in: { file: pics }, params: { fit: corp } }
              |                                                            ^~~~
        p.yaml:6:79: error[E123]: 'exists' of pic.write is 'keep'; it must be error, skip, replace
            6 | e: pic.write, in: { image: read.image }, params: { exists: keep } }
              |                                                            ^~~~
        2 errors, 0 warnings: not queued.
        """)
  }

  @Test func missing() throws {
    #expect(
      try faults("steps: 3") == """
        p.yaml:6:69: error[E124]: 'knobs' (lab.knobs) needs the parameter 'rate': how fast it goes
            6 |  knobs, use: lab.knobs, in: { image: read.image }, params: { steps: 3 } }
              |                                                            ^
        1 error, 0 warnings: not queued.
        """)
    let spec = PlanBench.spec(
      """
      id: read, use: pic.read, in: { file: pics }
      id: knobs, use: lab.knobs, in: { image: read.image }
      id: write, use: pic.write, in: { image: knobs.image }
      """)
    #expect(
      try bench.faults(spec) == """
        p.yaml:6:11: error[E124]: 'knobs' (lab.knobs) needs the parameter 'rate': how fast it goes
            6 |   - { id: knobs, use: lab.knobs, in: { image: read.image } }
              |           ^~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func tooFewOrTooManyEntries() throws {
    #expect(
      try faults("rate: 1, levels: [8]") == """
        p.yaml:6:88: error[E125]: 'levels' of lab.knobs has 1 entry; it must have 2 to 4
            6 | obs, in: { image: read.image }, params: { rate: 1, levels: [8] } }
              |                                                            ^
        1 error, 0 warnings: not queued.
        """)
    #expect(
      try faults("rate: 1, pair: [1, 2, 3], some: []") == """
        p.yaml:6:86: error[E125]: 'pair' of lab.knobs has 3 entries; it must have 2
            6 | knobs, in: { image: read.image }, params: { rate: 1, pair: [1, 2, 3], some: [] } }
              |                                                            ^
        p.yaml:6:103: error[E125]: 'some' of lab.knobs has 0 entries; it must have at least 1
            6 | e: read.image }, params: { rate: 1, pair: [1, 2, 3], some: [] } }
              |                                                            ^
        2 errors, 0 warnings: not queued.
        """)
  }

  @Test func entriesAreCheckedEach() throws {
    #expect(
      try faults("rate: 1, levels: [8, 1, x]") == """
        p.yaml:6:92: error[E122]: 'levels[1]' of lab.knobs is 1; it must be at least 2 and at most 99
            6 |  in: { image: read.image }, params: { rate: 1, levels: [8, 1, x] } }
              |                                                            ^
        p.yaml:6:95: error[E121]: 'levels[2]' of lab.knobs must be a whole number, not 'x': see 'lattice plugin inspect lab.knobs'
            6 | : { image: read.image }, params: { rate: 1, levels: [8, 1, x] } }
              |                                                            ^
        2 errors, 0 warnings: not queued.
        """)
  }

  @Test func severalAtOnce() throws {
    #expect(
      try faults("rate: 9, loop: 1, levels: [1], tempo: 3") == """
        p.yaml:6:77: error[E122]: 'rate' of lab.knobs is 9; it must be at least 0.5 and at most 2
            6 | use: lab.knobs, in: { image: read.image }, params: { rate: 9, loop: 1, levels: [1], tempo: 3 } }
              |                                                            ^
        p.yaml:6:86: error[E121]: 'loop' of lab.knobs must be true or false, not 1: again
            6 | knobs, in: { image: read.image }, params: { rate: 9, loop: 1, levels: [1], tempo: 3 } }
              |                                                            ^
        p.yaml:6:97: error[E125]: 'levels' of lab.knobs has 1 entry; it must have 2 to 4
            6 | { image: read.image }, params: { rate: 9, loop: 1, levels: [1], tempo: 3 } }
              |                                                            ^
        p.yaml:6:98: error[E122]: 'levels[0]' of lab.knobs is 1; it must be at least 2 and at most 99
            6 |  image: read.image }, params: { rate: 9, loop: 1, levels: [1], tempo: 3 } }
              |                                                            ^
        p.yaml:6:102: error[E120]: lab.knobs has no parameter 'tempo'; it has angle, bands, code, extra, gain, kinds, label, levels, loop, pair, rate, some, speed-limit, steps
            6 | ge: read.image }, params: { rate: 9, loop: 1, levels: [1], tempo: 3 } }
              |                                                            ^~~~~
        5 errors, 0 warnings: not queued.
        """)
  }

  @Test func theStagesOwnFaultIsPutAtItsParameter() throws {
    bench.checker.answers["knobs"] = {
      StageCheckResponse.Entry(
        name: $0.name, outputs: [:],
        faults: [
          StageCheckResponse.Fault(
            parameter: "levels", message: "the product of the levels is over 65536"),
          StageCheckResponse.Fault(parameter: "gain", message: "a gain needs steps"),
          StageCheckResponse.Fault(parameter: nil, message: "pictures must be square"),
        ])
    }
    #expect(
      try faults("rate: 1, levels: [99, 99, 99]") == """
        p.yaml:6:11: error[E127]: 'knobs' (lab.knobs): a gain needs steps
            6 |   - { id: knobs, use: lab.knobs, in: { image: read.image }, params: { rate: 1, levels: [99, 99, 99] 
              |           ^~~~~
        p.yaml:6:11: error[E127]: 'knobs' (lab.knobs): pictures must be square
            6 |   - { id: knobs, use: lab.knobs, in: { image: read.image }, params: { rate: 1, levels: [99, 99, 99] 
              |           ^~~~~
        p.yaml:6:88: error[E127]: 'knobs' (lab.knobs): the product of the levels is over 65536
            6 | obs, in: { image: read.image }, params: { rate: 1, levels: [99, 99, 99] } }
              |                                                            ^
        3 errors, 0 warnings: not queued.
        """)
  }

  @Test func stagesThatCantBeAsked() throws {
    bench.checker.failure = FakeChecker.Failure(
      description: "a plugin crashed in a stage's check: SIGSEGV")
    #expect(
      try faults("rate: 1") == """
        p.yaml: error[E128]: a plugin crashed in a stage's check: SIGSEGV
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func aFileThatIsNotThere() throws {
    #expect(
      try faults("table: in/b.csv", use: "lab.open") == """
        p.yaml:6:77: error[E129]: 'table' of lab.open names 'in/b.csv', which is not there (looked for '/bench/in/b.csv')
            6 | use: lab.open, in: { image: read.image }, params: { table: in/b.csv } }
              |                                                            ^~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  /// Stages get the whole path, whatever folder they run in.
  @Test func aFileThatIsThereIsNamedFromTheRoot() throws {
    let plan = try bench.plan(
      PlanBench.spec(
        """
        id: read, use: pic.read, in: { file: pics }
        id: knobs, use: lab.open, in: { image: read.image }, params: { table: in/../in/a.png }
        id: write, use: pic.write, in: { image: knobs.image }
        """))
    #expect(plan.stages[1].parameters["table"]?.stringValue == "\(bench.root)/in/a.png")
  }

  /// Where names or numbers are asked for, a number needs no quotes; a fraction is neither.
  @Test func namesAndNumbers() throws {
    let plan = try bench.plan(
      PlanBench.spec(
        """
        id: read, use: pic.read, in: { file: pics }
        id: knobs, use: lab.knobs, in: { image: read.image }, params: { rate: 1, kinds: [stop, 14] }
        id: write, use: pic.write, in: { image: knobs.image }
        """))
    #expect(plan.stages[1].parameters["kinds"] == .array(["stop", "14"]))
    #expect(
      try faults("rate: 1, kinds: [1.5]") == """
        p.yaml:6:88: error[E121]: 'kinds[0]' of lab.knobs must be a name or a whole number, not 1.5: see 'lattice plugin inspect lab.knobs'
            6 | obs, in: { image: read.image }, params: { rate: 1, kinds: [1.5] } }
              |                                                            ^~~
        1 error, 0 warnings: not queued.
        """)
  }

  private func sentence(_ parameters: String) throws -> String {
    let text = try faults("rate: 1, \(parameters)")
    let lines = text.split(separator: "\n").filter { $0.contains("error[") }
    return lines.map { line in
      line.split(separator: " ", maxSplits: 1).last.map(String.init) ?? ""
    }.joined(separator: "\n")
  }

  /// Draft 2020-12: 2.0 is an integer; the stage gets 2.
  @Test func aWholeNumberMayHaveAPoint() throws {
    let plan = try bench.plan(
      PlanBench.spec(
        """
        id: read, use: pic.read, in: { file: pics }
        id: knobs, use: lab.knobs, in: { image: read.image }, params: { rate: 1, steps: 2.0 }
        id: write, use: pic.write, in: { image: knobs.image }
        """))
    #expect(plan.stages[1].parameters["steps"] == .int(2))
  }

  @Test(arguments: [
    ("angle: 180", "error[E122]: 'angle' of lab.knobs is 180; it must be above -180 and below 180"),
    ("angle: 30", "error[E122]: 'angle' of lab.knobs is 30; it must be a multiple of 45"),
    ("code: a", "error[E122]: 'code' of lab.knobs has 1 character; it must have 2 to 3 characters"),
    (
      "bands: [1, 2, 1]",
      "error[E125]: 'bands' of lab.knobs has 1 twice; it must have each entry once"
    ),
    (
      "speed-limit: 0",
      "error[E119]: 'speed-limit' of lab.knobs is 0; it must be at least 1, or it must be none"
    ),
    (
      "extra: {}",
      "error[E124]: 'extra' of lab.knobs needs 'a': see 'lattice plugin inspect lab.knobs'"
    ),
    (
      "extra: { a: 1, mod: on }",
      "error[E120]: 'extra' of lab.knobs has no key 'mod'; did you mean 'mode'?"
    ),
    (
      "extra: { a: 1, mode: offf }",
      "error[E123]: 'extra.mode' of lab.knobs is 'offf'; it must be on, off; did you mean 'off'?"
    ),
  ])
  func everyKeywordIsChecked(parameters: String, expected: String) throws {
    #expect(try sentence(parameters) == expected)
  }

  /// A fault inside a value is put where it stands.
  @Test func deepInsideAValue() throws {
    let text = try faults("rate: 1, extra: { a: 1, mode: sideways }")
    #expect(
      text == """
        p.yaml:6:101: error[E123]: 'extra.mode' of lab.knobs is 'sideways'; it must be on, off
            6 | age: read.image }, params: { rate: 1, extra: { a: 1, mode: sideways } } }
              |                                                            ^~~~~~~~
        1 error, 0 warnings: not queued.
        """, "\(text)")
  }

  /// What a stage says of itself is not the user's fault.
  @Test func aDefaultOutsideItsRangeIsTheStages() throws {
    let odd = Shelf.stage(
      "lab.odd", .map,
      schema: .object([
        "properties": .object(["share": .object(["maximum": .int(1), "default": .int(2)])])
      ]), inputs: [Shelf.rgb("image")], outputs: [Shelf.rgb("image")])
    bench.catalog = StageCatalog([Shelf.pic, Shelf.plugin("lab", [odd])])
    let text = try bench.faults(
      PlanBench.spec(
        """
        id: read, use: pic.read, in: { file: pics }
        id: odd, use: lab.odd, in: { image: read.image }
        id: write, use: pic.write, in: { image: odd.image }
        """))
    #expect(
      text.contains(
        "error[E122]: 'share' of lab.odd is 2; it must be at most 1 (that is the stage's own default: its author has to mend it)"
      ), "\(text)")
  }
}
