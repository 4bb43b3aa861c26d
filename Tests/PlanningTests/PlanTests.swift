import JobModel
import Planning
import StageCatalog
import Testing

/// What a spec without faults becomes.
@Suite struct PlanTests {
  private let bench: PlanBench

  init() throws { bench = try PlanBench() }

  @Test func stagesFollowThoseTheyReadFrom() throws {
    let plan = try bench.plan(
      PlanBench.spec(
        """
        id: write, use: pic.write, in: { image: mix.image }
        id: mix, use: pic.mix, in: { first: mark.image, second: read.image }
        id: mark, use: pic.mark, in: { image: read.image }
        id: read, use: pic.read, in: { file: pics }
        id: sheet, use: pic.sheet, in: { image: read.image }
        """))
    #expect(plan.stages.map(\.name) == ["read", "mark", "mix", "write", "sheet"])
    #expect(plan.stages[0].inputs == ["file": .items])
    #expect(
      plan.stages[2].inputs == [
        "first": .port(stage: "mark", port: "image"), "second": .port(stage: "read", port: "image"),
      ])
  }

  @Test func independentStagesKeepTheOrderOfTheFile() throws {
    let plan = try bench.plan(
      PlanBench.spec(
        """
        id: b, use: lab.dice
        id: a, use: lab.dice
        id: y, use: lab.peek, in: { any: b.image }
        id: x, use: lab.peek, in: { any: a.image, hint: pics }
        """, input: "input: { pics: { count: 2 } }"))
    #expect(plan.stages.map(\.name) == ["b", "a", "y", "x"])
  }

  @Test func parametersAreCompleted() throws {
    let plan = try bench.plan(
      PlanBench.spec(
        """
        id: read, use: pic.read, in: { file: pics }, params: { size: 32 }
        id: knobs, use: lab.knobs, in: { image: read.image }, params: { rate: 1.5, extra: { a: [1, x] } }
        id: write, use: pic.write, in: { image: knobs.image }
        """))
    #expect(plan.stages[0].parameters == .object(["size": .int(32), "fit": "crop"]))
    #expect(
      plan.stages[1].parameters
        == .object([
          "rate": .double(1.5), "gain": .int(1), "loop": .bool(false),
          "levels": .array([.int(8), .int(5)]),
          "extra": .object(["a": .array([.int(1), "x"])]),
        ]))
    #expect(plan.stages[2].parameters == .object(["name": "{item.stem}.png"]))
  }

  @Test func sizesAreCarriedAlong() throws {
    let plan = try bench.plan(
      PlanBench.spec(
        """
        id: read, use: pic.read, in: { file: pics }, params: { size: 32 }
        id: gray, use: pic.gray, in: { image: read.image }
        id: mix, use: pic.mix, in: { first: gray.image, second: gray.image }
        id: tokens, use: code.quantize, in: { image: read.image }
        id: peek, use: lab.peek, in: { any: tokens.tokens }
        id: write, use: pic.write, in: { image: mix.image }
        """))
    let outputs = Dictionary(plan.stages.map { ($0.name, $0.outputs) }) { $1 }
    #expect(
      outputs == [
        "read": ["image": TensorSpec(type: .f32, shape: [-1, 32, 32, 3], semantic: "image.rgb")],
        "gray": ["image": TensorSpec(type: .f32, shape: [-1, 32, 32, 1], semantic: "image.gray")],
        "mix": ["image": TensorSpec(type: .f32, shape: [-1, 32, 32, 1], semantic: nil)],
        "tokens": ["tokens": TensorSpec(type: .i32, shape: [-1, 32, 32], semantic: "tokens")],
        "peek": [:], "write": [:],
      ])
  }

  @Test(arguments: [
    ("pic.read", "2.0.0"), ("pic.read@1", "1.2.0"), ("pic.read@^1.0", "1.2.0"),
    ("pic.read@~1.0", "1.0.0"), ("pic.read@2", "2.0.0"), ("pic.read@=1.0.0", "1.0.0"),
    ("'pic.read@>=1 <2'", "1.2.0"), ("pic.read@>=1", "2.0.0"),
  ])
  func theNewestVersionInTheRangeIsTaken(_ use: String, _ version: String) throws {
    let plan = try bench.plan(
      PlanBench.spec(
        """
        id: read, use: \(use), in: { file: pics }
        id: write, use: pic.write, in: { image: read.image }
        """))
    #expect(plan.stages[0].description.version == version)
    #expect(plan.stages[0].plugin.path == "/plugins/pic.stage.so")
  }

  private static let small = """
    id: read, use: pic.read, in: { file: pics }
    id: write, use: pic.write, in: { image: read.image }
    """

  @Test func whatIsNotSaidHasItsDefault() throws {
    let plan = try bench.plan(PlanBench.spec(Self.small))
    #expect(plan.format == JobPlan.currentFormat)
    #expect(plan.name == "tiles")
    #expect(plan.priority == 0)
    #expect(plan.seed == 0)
    #expect(plan.limits == Limits())
    #expect(plan.retry == RetryPolicy())
    #expect(plan.failureAllowance == .count(0))
    #expect(plan.output == OutputPolicy(directory: "\(bench.root)/outputs", existing: .error))
    #expect(plan.base == bench.root)
    #expect(plan.items == ItemManifest(count: 1, itemsPerShard: 256, shardOffsets: [0]))
    #expect(!plan.hasReduceShard)
    #expect(plan.warnings == [])
  }

  @Test func whatIsSaidIsKept() throws {
    let plan = try bench.plan(
      PlanBench.spec(
        Self.small,
        more: """
          priority: -7
          seed: 9223372036854775807
          output: { dir: ../results/./x, exists: skip }
          limits: { cpus: 3, memory: 1GiB, time: 2h, stall: 90s }
          retry: { attempts: 5, backoff: 500ms..2m }
          errors: { max_failed_items: 2.5% }
          """))
    var limits = Limits()
    limits.threads = 3
    limits.memoryBytes = 1 << 30
    limits.attemptSeconds = 7200
    limits.stallSeconds = 90
    var retry = RetryPolicy()
    retry.attempts = 5
    retry.firstDelaySeconds = 0.5
    retry.longestDelaySeconds = 120
    #expect(plan.priority == -7)
    #expect(plan.seed == 9_223_372_036_854_775_807)
    #expect(plan.output == OutputPolicy(directory: "/tmp/results/x", existing: .skip))
    #expect(plan.limits == limits)
    #expect(plan.retry == retry)
    #expect(plan.failureAllowance == .percent(2.5))
  }

  @Test func aStageThatGathersAddsAShard() throws {
    let plan = try bench.plan(
      PlanBench.spec(
        """
        id: read, use: pic.read, in: { file: pics }
        id: sheet, use: pic.sheet, in: { image: read.image }
        """))
    #expect(plan.hasReduceShard)
    #expect(plan.shardCount == 2)
    #expect(plan.reduceShard == 1)
  }
}
