import Checkpoints
import Foundation
import LatticeDriver
import Testing

/// From tokens to a model to new tokens, by specs.
@Suite(.blocking) struct GenerationRunTests {
  private func tokens(_ url: URL) throws -> [Int32] {
    let file = try Checkpoint(path: url.path())
    return try file.withBytes(file.entries[0]) { Array($0.bindMemory(to: Int32.self)) }
  }

  /// Share of tokens that are as the class's pattern has them.
  private func likeness(_ tokens: [Int32], _ label: Int) -> Double {
    let right = tokens.indices.count { tokens[$0] == TinyTokens.code(label, $0) }
    return Double(right) / Double(tokens.count)
  }

  private func trained(_ stage: String, steps: Int = 120, _ more: String = "") throws -> Lattice {
    let lattice = try Lattice()
    try TinyTokens.write(96, to: lattice.file("tokens.safetensors"))
    let run = try lattice.spec("train", TinyTokens.training(stage, steps: steps, more))
    try #require(run.status == 0, "\(run.talk)")
    return lattice
  }

  @Test(
    arguments: [
      ("maskgit.train", "maskgit.generate", ", block: bert"),
      ("maskgit.train", "maskgit.generate", ", block: modern"),
      ("maskgit.train", "maskgit.generate", ", head: digits, levels: [4, 3]"),
      ("ar.train", "ar.generate", ", block: modern"),
    ])
  func learnsThePatternOfEachClass(train: String, generate: String, more: String) throws {
    let lattice = try trained(train, more)
    let run = try lattice.spec(
      "make",
      """
      input: { images: { count: 12 } }
      stages:
        - { id: make, use: \(generate)@1, model: tiny@1, params: { classes: [left, 1, 14], grid: [4, 4], temperature: 0.5 } }
        - { id: save, use: tensor.write@1, in: { tensor: make.tokens }, params: { name: "{item.number}.npy" } }
        - { id: pack, use: tokens.pack@1, in: { tokens: make.tokens, label: make.label }, params: { name: all.safetensors } }
      """)
    try #require(run.status == 0, "\(run.talk)")
    let likenesses = try (0..<12).map { item in
      try likeness(tokens(lattice.file("make/\(String(format: "%06d", item)).npy")), item % 3)
    }
    #expect(likenesses.reduce(0, +) / 12 > 0.75, "\(likenesses)")
    let packed = try Checkpoint(path: lattice.file("make/all.safetensors").path())
    let labels = try packed.withBytes(try packed.entry("labels")) {
      Array($0.bindMemory(to: Int32.self))
    }
    #expect(labels == (0..<12).map { Int32($0 % 3) })
  }

  /// Images are kept back and measured on; what measured best is published and a second run begins with it.
  @Test(arguments: ["maskgit.train", "ar.train"]) func keepsTheBestAndGoesOnFromIt(stage: String)
    throws
  {
    let lattice = try trained(
      stage, steps: 30,
      ", held_back: 16, validate_every: 10, keep_best: true, schedule: constant, optimizer: adafactor, rate_factors: [Embed_0=0.5]"
    )
    let metrics = try lattice.jobFile("train", "metrics/train.jsonl")
    #expect(metrics.matches(of: /"validation_loss":/).count == 3, "\(metrics)")
    let next = try lattice.spec(
      "next", TinyTokens.training(stage, steps: 5, ", start: spool/models/tiny/1"))
    #expect(next.status == 0, "\(next.talk)")
    let fault = try lattice.spec(
      "fault", TinyTokens.training(stage, steps: 5, ", patience: 2"))
    #expect(fault.status != 0)
    #expect(
      fault.talk.contains(
        "'keep_best' and 'patience' go by images that are not learned from: give 'held_back', how many"
      ), "\(fault.talk)")
  }

  /// An item's tokens depend on its number and the seed, not on the shards and batches around it; known tokens stay.
  @Test func shardsDoNotMatterAndKnownTokensStay() throws {
    let lattice = try trained("maskgit.train", steps: 20)
    for (name, shard) in [("whole", 9), ("cut", 2)] {
      let run = try lattice.spec(
        name,
        """
        input: { images: { count: 9 } }
        stages:
          - { id: make, use: maskgit.generate@1, model: tiny@1, params: { grid: [4, 4], guidance: 1 } }
          - id: paint
            use: maskgit.inpaint@1
            model: tiny@1
            in: { tokens: make.tokens, label: make.label }
            params: { box: [0.5, 0, 0.5, 1], class: 2 }
          - { id: made, use: tensor.write@1, in: { tensor: make.tokens }, params: { name: "{item.number}.npy" } }
          - { id: new, use: tensor.write@1, in: { tensor: paint.tokens }, params: { name: "new-{item.number}.npy" } }
          - { id: score, use: maskgit.score@1, model: tiny@1, in: { tokens: paint.tokens, label: make.label } }
          - { id: bits, use: tensor.write@1, in: { tensor: score.bits }, params: { name: "bits-{item.number}.npy" } }
        shards: { items: \(shard) }
        seed: 8
        """)
      try #require(run.status == 0, "\(run.talk)")
    }
    var changed = 0
    for item in 0..<9 {
      let name = "\(String(format: "%06d", item)).npy"
      let made = try tokens(lattice.file("whole/\(name)"))
      let new = try tokens(lattice.file("whole/new-\(name)"))
      #expect(made == (try tokens(lattice.file("cut/\(name)"))))
      #expect(new == (try tokens(lattice.file("cut/new-\(name)"))))
      #expect(made.allSatisfy { (0..<12).contains($0) } && new.allSatisfy { (0..<12).contains($0) })
      for place in 0..<16 where place % 4 < 2 { #expect(made[place] == new[place]) }
      changed += (0..<16).count { made[$0] != new[$0] }
      let bits = try Checkpoint(path: lattice.file("whole/bits-\(name)").path())
      let values = try bits.floats(bits.entries[0])
      #expect(values.count == 16 && values.allSatisfy { $0 >= 0 && $0 < 30 })
    }
    #expect(changed > 0, "a young model paints something else")
  }

  @Test func aWrongClassNamesTheNearest() throws {
    let lattice = try trained("maskgit.train", steps: 2)
    let run = try lattice.spec(
      "make",
      """
      input: { images: { count: 1 } }
      stages:
        - { id: make, use: maskgit.generate@1, model: tiny@1, params: { classes: [lefft], grid: [4, 4] } }
        - { id: save, use: tensor.write@1, in: { tensor: make.tokens } }
      """)
    #expect(run.status == 1)
    #expect(
      run.talk.contains(
        "stage 'make': 'lefft' is no class of the model; the nearest are 'left'\n"), "\(run.talk)")
  }
}
