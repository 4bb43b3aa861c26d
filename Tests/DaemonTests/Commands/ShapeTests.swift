import Foundation
import LatticeDriver
import Testing

/// The members of what commands print as JSON, which scripts read.
@Suite(.blocking) struct ShapeTests {
  /// A command, and the shape of what it prints.
  struct Printed: Sendable, CustomTestStringConvertible {
    let words: [String]
    var kind = Scene.Kind.frozen
    /// Whether each line is a document.
    var isByLine = false
    let shape: String

    var testDescription: String { words.joined(separator: " ") }
  }

  static let printed = [
    Printed(
      words: ["check", "faulty.yaml", "--json"], kind: .fresh,
      shape:
        "[{code: string, column: number, file: string, fix: string, length: number, line: number, message: string, notes: [], path: string, severity: string}]"
    ),
    Printed(
      words: ["run", "good.yaml", "-q", "--json"], kind: .fresh, shape: "{\(result("[]", ""))}"),
    Printed(
      words: ["run", "bad.yaml", "-q", "--json"], kind: .fresh,
      shape: "{\(result("[]", "message: string, "))}"),
    Printed(
      words: ["submit", "good.yaml", "--json"], kind: .copy, shape: "[{file: string, spec: string}]"
    ),
    Printed(
      words: ["ps", "--all", "--json"],
      shape: "[{\(job(ended: "endedMilliseconds?", "message?: string, ", "startedMilliseconds?"))}]"
    ),
    Printed(
      words: ["show", "part", "--json"],
      shape:
        "{damagedItems: [], \(events), failedAttempts: [], \(failedItems), folder: string, hasReport: bool, job: {\(job())}, result: {\(result("[]", "message: string, "))}, shardsDone: number}"
    ),
    Printed(
      words: ["show", "crash", "--json"],
      shape:
        "{damagedItems: [], \(events), failedAttempts: \(attempts), \(failedItems), folder: string, hasReport: bool, job: {\(job())}, result: {\(result(attempts, "message: string, "))}, shardsDone: number}"
    ),
    Printed(
      words: ["logs", "part", "--json"], isByLine: true,
      shape:
        "[{item?: string, level: string, message: string, milliseconds: number, stage?: string}]"),
    Printed(
      words: ["wait", "bad", "good", "-q", "--json"],
      shape: "[{\(job(ended: "endedMilliseconds", "message?: string, "))}]"),
    Printed(
      words: ["plugin", "list", "--json"], kind: .fresh,
      shape:
        "[{\(file), module: {abiMinor: number, brokenStages: [], buildInfo?: string, id: string, license: string, minHostMinor: number, stages: [{\(stage("dimensions?: [{fixed?: {_0: number}, named?: {_0: string}}]", "dimensions?: [{any?: {}, fixed?: {_0: number}, named?: {_0: string}}]", "semantic?", "[string]"))}], vendor: string, version: string}}]"
    ),
    Printed(
      words: ["plugin", "inspect", "plugins/invert.stage.so", "--json"], kind: .fresh,
      shape:
        "{\(file), module: {abiMinor: number, brokenStages: [], id: string, license: string, minHostMinor: number, stages: [{\(stage("dimensions: [{named: {_0: string}}]", "dimensions: [{named: {_0: string}}]", "semantic", "[]"))}], vendor: string, version: string}}"
    ),
    Printed(
      words: [
        "plugin", "validate", "plugins/invert.stage.so", "--rule", "tables", "--rule", "memory",
        "--json",
      ], kind: .fresh,
      shape:
        "{path: string, results: [{faults: [], note?: string, rule: string, seconds: number, stage?: string, verdict: string, warnings: []}]}"
    ),
    Printed(
      words: ["plugin", "bench", "plugins/kept.stage.so", "--json"], kind: .fresh,
      shape:
        "[{loadMilliseconds: number, rows: [{calls: number, inputs: [], items: number, microseconds: number}], stage: string, trouble?: string}]"
    ),
    Printed(words: ["models", "list", "--json"], kind: .fresh, shape: "[\(model)]"),
    Printed(words: ["models", "show", "m@1", "--json"], kind: .fresh, shape: model),
    Printed(words: ["models", "verify", "m@2", "--json"], kind: .fresh, shape: "[string]"),
    Printed(
      words: ["models", "import", "--json"], kind: .fresh,
      shape: "[{id: string, parameters: [string], stage: string, summary: string}]"),
    Printed(
      words: ["doctor", "--json"], shape: "[{advice?: string, verdict: string, what: string}]"),
    Printed(
      words: ["gc", "--older", "1h", "--dry-run", "--json"],
      shape: "[{bytes: number, job: string, name: string}]"),
  ]

  private static let file =
    "file: {mtimeNanoseconds: number, path: string, sha256: string, size: number}"
  private static let model =
    "{files: [{bytes: number, name: string, sha256: string}], path: string, reference: string}"
  private static let events = "events: [{milliseconds: number, text: string}]"
  private static let failedItems =
    "failedItems: [{id: string, isQuarantined: bool, item: number, reason: string, stage: string}]"
  private static let attempts =
    "[{attempt: number, failure: {item: number, itemID: string, kind: string, message: string, plugin: string, signal: string, stack: [string], stage: string}, shard: number}]"

  /// Members of `result.json`, which `run` prints.
  private static func result(_ attempts: String, _ message: String) -> String {
    "bytesWritten: number, endedMilliseconds: number, failedAttempts: \(attempts), filesWritten: number, id: string, itemsDone: number, itemsFailed: number, itemsSkipped: number, itemsTotal: number, \(message)name: string, outputDirectory: string, peakMemoryBytes: number, stages: [{calls: number, items: number, seconds: number, stage: string}], startedMilliseconds: number, state: string, submittedMilliseconds: number"
  }

  /// Members of a job, as lists have them.
  private static func job(
    ended: String = "endedMilliseconds", _ message: String = "message: string, ",
    _ started: String = "startedMilliseconds"
  ) -> String {
    "\(ended): number, id: string, itemsDone: number, itemsFailed: number, itemsTotal: number, \(message)name: string, outputDirectory: string, priority: number, seconds: number, shardCount: number, \(started): number, state: string, submittedMilliseconds: number"
  }

  /// Members of a stage; what is in its parameters' schema is its own affair.
  private static func stage(
    _ inputSizes: String, _ outputSizes: String, _ semantic: String, _ slots: String
  ) -> String {
    func port(_ sizes: String) -> String {
      "[{\(sizes), doc: string, isFile: bool, isOptional: bool, name: string, \(semantic): string, types: [string]}]"
    }
    return
      "hasCheck: bool, id: string, inputs: \(port(inputSizes)), isDeterministic: bool, isParallel: bool, kind: string, modelSlots: \(slots), needsSeed: bool, outputs: \(port(outputSizes)), parameterSchema: {…}, preferredBatch: number, publishes: bool, reduces: bool, summary: string, version: string"
  }

  @Test(arguments: printed) func membersAreAsTheyWere(_ one: Printed) throws {
    let scene = try Scene.make(one.kind)
    let output = try scene.start("lattice", one.words).wait()
    let text =
      one.isByLine
      ? "[\(output.data.split(separator: "\n").joined(separator: ","))]" : output.data
    #expect(JSONShape.of(text) == one.shape, "\(output.talk)")
  }
}
