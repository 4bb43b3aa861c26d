import Foundation
import JobModel
import LatticeDriver
import Testing

/// The exit codes that scripts rely on, 0 to 7, and 64 for what can't be parsed.
@Suite(.blocking) struct ExitCodeTests {
  /// A command in a scene, and how it ends.
  struct Ending: Sendable, CustomTestStringConvertible {
    let status: Int32
    let words: [String]
    var kind = Scene.Kind.frozen
    /// All of standard error, or its beginning when it ends in an ellipsis; nil for anything.
    var talk: String?

    var testDescription: String { "\(status) \(words.joined(separator: " "))" }
  }

  static let endings = [
    Ending(status: 0, words: ["wait", "good", "-q"], talk: ""),
    Ending(
      status: 0, words: ["check", "good.yaml"], kind: .fresh,
      talk: "good.yaml: good: 1 items, 2 stages, 1 shards\n"),
    Ending(status: 0, words: ["run", "good.yaml", "-q"], kind: .fresh, talk: ""),
    Ending(status: 0, words: ["models", "verify", "m@1"], talk: "m@1: 1 files are as they were\n"),
    Ending(status: 0, words: ["plugin", "list"]),
    Ending(status: 0, words: ["cancel", "waits"], kind: .copy),
    Ending(status: 1, words: ["wait", "bad", "-q"], talk: ""),
    Ending(
      status: 1, words: ["run", "bad.yaml", "-q"], kind: .fresh,
      talk: "bad failed: 0 items done, 1 failed, 0 files…"),
    Ending(status: 1, words: ["models", "verify", "m@2"], talk: ""),
    Ending(
      status: 1, words: ["models", "verify", "m@1", "m@2"], talk: "m@1: 1 files are as they were\n"),
    Ending(status: 1, words: ["models", "show", "none@1"], talk: "error: no model 'none@1' in …"),
    Ending(
      status: 1, words: ["models", "show", "m"], talk: "error: 'm' has several versions: m@1, m@2\n"
    ),
    Ending(status: 1, words: ["models", "rm", "none@1"], talk: "error: no model 'none@1' in …"),
    Ending(
      status: 1, words: ["check", "--explain", "E999"],
      talk:
        "error: there is no code 'E999'; codes look like E021 and stand in brackets in a fault's first line\n"
    ),
    Ending(status: 1, words: ["check", "none.yaml"], talk: "error: …"),
    Ending(
      status: 1, words: ["plugin", "inspect", "none.stage"],
      talk: "error: there is no stage 'none.stage'; there are …"),
    Ending(
      status: 1, words: ["plugin", "inspect", "none.stage.so"], talk: "error: there is no file '…"),
    Ending(
      status: 1, words: ["plugin", "validate", "none.stage.so"], talk: "error: there is no file '…"),
    Ending(
      status: 1, words: ["plugin", "run", "plugins/kept.stage.so"],
      talk: "error: say which stage with --stage: kept.model, kept.value\n"),
    Ending(
      status: 1, words: ["plugin", "run", "plugins/invert.stage.so"],
      talk: "error: example.invert reads pictures; name some with --item\n"),
    Ending(
      status: 1, words: ["plugin", "new", "images", "--lang", "c"], talk: "error: there is a '…"),
    Ending(
      status: 1, words: ["cancel", "good"],
      talk: "error: 'good' ({id:good}) is succeeded: there is nothing to cancel\n"),
    Ending(
      status: 1, words: ["pause", "bad"], talk: "error: 'bad' ({id:bad}) is failed: it has ended\n"),
    Ending(
      status: 1, words: ["resume", "waits"],
      talk: "error: 'waits' ({id:waits}) is queued: only a paused job can go on\n"),
    Ending(
      status: 1, words: ["resume", "gone"],
      talk: "error: 'gone' ({id:gone}) is cancelled: only a paused job can go on\n"),
    Ending(
      status: 1, words: ["retry", "runs"],
      talk: "error: 'runs' ({id:runs}) is running: it has not ended\n"),
    Ending(
      status: 1, words: ["retry", "held", "--everything"],
      talk: "error: 'held' ({id:held}) is paused: it has not ended\n"),
    Ending(
      status: 1, words: ["retry", "good"],
      talk:
        "error: 'good' ({id:good}) is succeeded: nothing of it failed; --everything runs it again all the same\n"
    ),
    Ending(
      status: 1, words: ["priority", "3", "part"],
      talk: "error: 'part' ({id:part}) is partial: it has ended\n"),
    Ending(status: 0, words: ["gc", "--older", "3650d", "--dry-run"], talk: ""),
    Ending(status: 2, words: ["check", "faulty.yaml", "good.yaml"], kind: .fresh),
    Ending(status: 3, words: ["run", "part.yaml", "-q"], kind: .fresh, talk: ""),
    Ending(
      status: 64, words: ["gc", "--older", "3651d"],
      talk:
        "Error: The value '3651d' is invalid for '--older <older>': it must be from 0s to 3650d\n…"),
    Ending(status: 2, words: ["check", "faulty.yaml"], kind: .fresh),
    Ending(
      status: 2, words: ["check", "good.yaml", "faulty.yaml", "--json"], kind: .fresh, talk: ""),
    Ending(status: 2, words: ["run", "faulty.yaml", "-q"], kind: .fresh),
    Ending(status: 2, words: ["submit", "faulty.yaml"], kind: .copy),
    Ending(
      status: 2, words: ["models", "import", "none", "data/in.npy"],
      talk: "error: nothing can import 'none'; …"),
    Ending(
      status: 2, words: ["plugin", "run", "plugins/kept.stage.so", "--stage", "kept.model"],
      kind: .fresh),
    Ending(status: 3, words: ["wait", "part", "-q"], talk: ""),
    Ending(status: 4, words: ["wait", "gone", "-q"], talk: ""),
    Ending(
      status: 5, words: ["wait", "held", "-q", "--timeout", "1ms"],
      talk: "time is up: 1 jobs have not ended\n"),
    Ending(
      status: 5, words: ["wait", "--all", "-q", "--timeout", "0s"],
      talk: "time is up: 3 jobs have not ended\n"),
    Ending(status: 6, words: ["wait", "nobody"], talk: "error: …"),
    Ending(status: 6, words: ["show", "nobody"], talk: "error: …"),
    Ending(status: 6, words: ["logs", "nobody"], talk: "error: …"),
    Ending(status: 6, words: ["cancel", "nobody"], talk: "error: …"),
    Ending(status: 6, words: ["pause", "nobody"], talk: "error: …"),
    Ending(status: 6, words: ["resume", "nobody"], talk: "error: …"),
    Ending(status: 6, words: ["retry", "nobody"], talk: "error: …"),
    Ending(status: 6, words: ["priority", "1", "nobody"], talk: "error: …"),
    Ending(status: 64, words: ["wait"], talk: "Error: name a job, or say --all\n…"),
    Ending(
      status: 64, words: ["check"], talk: "Error: name a spec, or say --explain CODE or --schema\n…"
    ),
    Ending(
      status: 64, words: ["priority", "1001", "held"],
      talk: "Error: priority 1001 is outside -1000...1000\n…"),
    Ending(
      status: 64, words: ["priority", "--", "-1001", "held"],
      talk: "Error: priority -1001 is outside -1000...1000\n…"),
    Ending(
      status: 64, words: ["run", "good.yaml", "--slots", "0"],
      talk: "Error: --slots must be 1 to 4096, not 0\n…"),
    Ending(
      status: 64, words: ["run", "good.yaml", "--slots", "4097"],
      talk: "Error: --slots must be 1 to 4096, not 4097\n…"),
    Ending(
      status: 64, words: ["gc"], talk: "Error: Missing expected argument '--older <older>'\n…"),
    Ending(
      status: 64, words: ["gc", "--older", "7"],
      talk:
        "Error: The value '7' is invalid for '--older <older>': a length of time needs its unit, like 7s\n…"
    ),
    Ending(status: 64, words: ["ps", "--state", "dead"]),
    Ending(
      status: 64, words: ["logs", "good", "--tail=-1"],
      talk: "Error: --tail must be 0 or more, not -1\n…"),
    Ending(
      status: 64, words: ["completion", "tcsh"],
      talk: "Error: 'tcsh' is no shell known here; say bash, zsh or fish\n…"),
    Ending(
      status: 64, words: ["plugin", "new", "No Name", "--lang", "c"],
      talk:
        "Error: 'No Name' is no name for a plugin; take small letters, digits and hyphens, such as my-stage\n…"
    ),
    Ending(
      status: 64, words: ["plugin", "validate", "x.so", "--json", "--junit"],
      talk: "Error: --json and --junit can't go together\n…"),
    Ending(
      status: 64, words: ["plugin", "validate", "x.so", "--rounds", "100001"],
      talk: "Error: --rounds must be 0 to 100000, not 100001\n…"),
    Ending(
      status: 64,
      words: [
        "plugin", "run", "plugins/invert.stage.so", "--item", "images/0000.png", "--params", "[1]",
      ], talk: "Error: --params must be a JSON object, not [1]\n…"),
    Ending(
      status: 64, words: ["plugin", "validate", "plugins/invert.stage.so", "--shape", "image"],
      talk: "Error: --shape must be like image=4x6x3, not image\n…"),
    Ending(
      status: 64, words: ["plugin", "validate", "plugins/invert.stage.so", "--shape", "image=4xx3"]),
    Ending(
      status: 64, words: ["plugin", "bench", "plugins/kept.stage.so", "--model", "weights"],
      talk: "Error: --model must be like weights=models/my, not weights\n…"),
  ]

  @Test(arguments: endings) func endsAsItShould(_ ending: Ending) throws {
    let scene = try Scene.make(ending.kind)
    let output = try scene.start("lattice", ending.words).wait()
    #expect(output.status == ending.status, "\(output.talk)\(output.data)")
    guard let talk = ending.talk.map(scene.filled) else { return }
    if talk.hasSuffix("…") {
      #expect(output.talk.hasPrefix(talk.dropLast()), "\(output.talk)")
    } else {
      #expect(output.talk == talk)
    }
  }

  /// Every command that needs a spool says so in one sentence, and prints nothing.
  @Test(arguments: [
    ["ps"], ["show", "x"], ["logs", "x"], ["wait", "x"], ["wait", "--all"], ["cancel", "x"],
    ["pause", "x"], ["resume", "x"], ["retry", "x"], ["priority", "1", "x"],
    ["gc", "--older", "1s"],
    ["submit", "good.yaml"],
  ])
  func noSpoolIsSeven(_ words: [String]) throws {
    let scene = try Scene.fresh()
    let output = try scene.start("lattice", words + ["--spool", "nowhere"]).wait()
    #expect(output.status == 7, "\(output.talk)")
    #expect(
      output.talk
        == "error: there is no spool at '\(scene.path("nowhere"))'; start latticed with it, or name another with --spool or $LATTICE_SPOOL\n"
    )
    #expect(output.data.isEmpty)
    #expect(!scene.exists("nowhere"))
  }

  /// From best to worst.
  private static let outcomes: [(job: String, status: Int32)] = [
    ("good", 0), ("part", 3), ("gone", 4), ("bad", 1),
  ]

  /// Failed is worse than cancelled, cancelled than partial, partial than succeeded, in whatever order jobs are named.
  @Test(arguments: 1...15) func waitExitsByTheWorst(_ choice: Int) throws {
    let chosen = Self.outcomes.indices.filter { choice >> $0 & 1 == 1 }.map { Self.outcomes[$0] }
    let worst = try #require(chosen.last).status
    let scene = try Scene.make(.frozen)
    for jobs in [chosen, chosen.reversed()] {
      let output = try scene.start("lattice", ["wait", "-q"] + jobs.map(\.job)).wait()
      #expect(output.status == worst, "\(jobs)")
      #expect(output.data.isEmpty && output.talk.isEmpty, "\(output.talk)")
    }
  }

  @Test func waitingForAllExitsByTheWorstOfAll() throws {
    let ended = try Scene.make(.ended)
    #expect(try ended.lattice("wait", "--all", "-q").status == 1)
    let copy = try Scene.make(.copy)
    func keep(_ states: String) throws {
      try FrozenSpool.execute("DELETE FROM job WHERE state NOT IN (\(states))", on: copy.spool)
    }
    try keep("'cancelled', 'partial', 'succeeded'")
    #expect(try copy.lattice("wait", "--all", "-q").status == 4)
    try keep("'partial', 'succeeded'")
    #expect(try copy.lattice("wait", "--all", "-q").status == 3)
    try keep("'succeeded'")
    #expect(try copy.lattice("wait", "--all", "-q").status == 0)
    #expect(try copy.lattice("wait", "--all", "-q", "--expect", "8").status == 0)
    #expect(
      try copy.lattice("wait", "--all", "-q", "--expect", "9", "--timeout", "1ms").status == 5)
  }

  /// The beginning of an id is enough when only one job has it.
  @Test func jobsAreNamedByIDsAndTheirBeginnings() throws {
    let scene = try Scene.make(.frozen)
    let id = scene.filled("{id:part}")
    #expect(try scene.lattice("wait", id, "-q").status == 3)
    #expect(try scene.lattice("wait", String(id.dropLast()), "-q").status == 3)
    let several = try scene.lattice("wait", String(id.prefix(4)), "-q")
    #expect(several.status == 6)
    #expect(several.talk.hasPrefix("error: "), "\(several.talk)")
  }
}
