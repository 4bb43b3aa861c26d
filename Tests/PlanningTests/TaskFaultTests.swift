import JobModel
import Testing

/// Tasks among other stages, and models without a name or of a taken one: E117, E118, E144 to E147, W176.
@Suite struct TaskFaultTests {
  private let bench: PlanBench

  init() throws { bench = try PlanBench() }

  private func faults(_ stages: String, input: String = "x-no: input", more: String = "") throws
    -> String
  {
    try bench.faults(PlanBench.spec(stages, input: input, more: more))
  }

  @Test func aTaskRunsAlone() throws {
    #expect(
      try faults(
        """
        id: train, use: lab.train
        id: dice, use: lab.dice
        id: write, use: pic.write, in: { image: dice.image }
        """) == """
          p.yaml:6:11: error[E117]: 'dice' (lab.dice) works item by item, and 'train' (lab.train) is a task that runs once for the whole job; give each a spec of its own
              6 |   - { id: dice, use: lab.dice }
                |           ^~~~
          p.yaml:7:11: error[E117]: 'write' (pic.write) works item by item, and 'train' (lab.train) is a task that runs once for the whole job; give each a spec of its own
              7 |   - { id: write, use: pic.write, in: { image: dice.image } }
                |           ^~~~~
          2 errors, 0 warnings: not queued.
          """)
  }

  @Test func onlyTasksKeepCheckpoints() throws {
    #expect(
      try faults(
        """
        id: dice, use: lab.dice, checkpoint: { every: 5 steps }
        id: write, use: pic.write, in: { image: dice.image }
        """) == """
          p.yaml:5:44: error[E118]: 'dice' (lab.dice) is no task and keeps no checkpoints; delete 'checkpoint'
              5 |   - { id: dice, use: lab.dice, checkpoint: { every: 5 steps } }
                |                                            ^
          1 error, 0 warnings: not queued.
          """)
  }

  @Test func nobodyMakesTheModel() throws {
    #expect(
      try faults("id: train, use: lab.train", more: "output: { model: my-fsq@2 }") == """
        p.yaml:6:18: error[E144]: no stage of this spec makes a model; delete 'model: my-fsq@2'
            6 | output: { model: my-fsq@2 }
              |                  ^~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func theModelHasNoName() throws {
    #expect(
      try faults("id: learn, use: lab.learn") == """
        p.yaml:5:11: error[E145]: 'learn' (lab.learn) makes a model, and nothing says what to call it; add 'output: { model: NAME }'
            5 |   - { id: learn, use: lab.learn }
              |           ^~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func twoModels() throws {
    #expect(
      try faults(
        """
        id: learn, use: lab.learn
        id: again, use: lab.learn
        """, more: "output: { model: my-fsq }") == """
          p.yaml:6:11: error[E146]: 'learn' and 'again' both make a model, and a spec publishes one; give each a spec of its own
              6 |   - { id: again, use: lab.learn }
                |           ^~~~~
          1 error, 0 warnings: not queued.
          """)
  }

  @Test func theVersionIsTaken() throws {
    try bench.file("models/my-fsq/2/MANIFEST", "taken")
    #expect(
      try faults("id: learn, use: lab.learn", more: "output: { model: my-fsq@2 }") == """
        p.yaml:6:18: error[E147]: there is a model my-fsq@2 already, and a version is never changed; write another version, or 'my-fsq' alone for the next one
            6 | output: { model: my-fsq@2 }
              |                  ^~~~~~~~
        1 error, 0 warnings: not queued.
        """)
  }

  @Test func shardsMeanNothing() throws {
    #expect(
      try faults("id: train, use: lab.train", more: "shards: { items: 2 }") == """
        p.yaml:6:18: warning[W176]: 'train' is a task and runs as one shard; 'shards' is not used
            6 | shards: { items: 2 }
              |                  ^
        0 errors, 1 warning.
        """)
  }

  @Test func aTaskIsOneShardOfAllItems() throws {
    let plan = try bench.plan(
      PlanBench.spec(
        "id: learn, use: lab.learn, in: { file: n }, checkpoint: { every: 500 steps, keep: 3 }",
        input: "input: { n: { count: 1000 } }", more: "output: { model: my-fsq }"))
    #expect(plan.isTask)
    #expect(plan.items == ItemManifest(count: 1000, itemsPerShard: 1000, shardOffsets: [0]))
    #expect(plan.shardCount == 1)
    #expect(plan.stages[0].checkpoint == CheckpointPolicy(everySteps: 500, keep: 3))
    let folder = "\(bench.root)/models"
    #expect(
      plan.output.model == ModelDestination(name: "my-fsq", version: nil, folder: folder))
  }
}
