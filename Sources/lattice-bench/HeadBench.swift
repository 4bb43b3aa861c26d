import ArgumentParser
import Autograd
import Foundation
import Kernels
import MaskGIT
import TensorCore
import Training

/// One logit for each code of a large codebook against one for each digit of a code: time and memory.
struct HeadBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "heads",
    abstract: "MaskGIT's head of digits against that of codes: time and memory.",
    discussion: """
      A transformer of 6 modern layers of 224 on 8 x 8 tokens, as `maskgit-signs` is. With the head of codes it has a word \
      and a logit for each code, with the head of digits for each level of each channel. A step is forward, backward and \
      Adam; a pass gives logits over all codes at each place. Memory is the most that a process of its own held.

      Example: lattice-bench heads --levels 8,5,5,5 --levels 8,8,8,5,5,5
      """)

  @Option(help: "Levels of the tokenizer, one set after another.")
  var levels = ["8,5,5,5", "8,8,8,5,5,5"]
  @Option(help: "Images to a step and to a pass.") var batch = 16
  @Option(help: "Threads.") var threads = 2
  @Option(help: "Counted runs of each head.") var rounds = 5
  @Option(
    help: "codes or digits: steps with that head alone, then prints the memory they took, in MB.")
  var only: String?
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    for text in levels {
      let numbers = text.split(separator: ",").compactMap { Int($0) }
      guard !numbers.isEmpty, numbers.allSatisfy({ $0 > 1 }) else {
        throw ValidationError("--levels is a list of numbers above 1, as 8,5,5,5, not '\(text)'")
      }
      if let only {
        guard let head = MaskGITConfiguration.Head(rawValue: only) else {
          throw ValidationError("--only is codes or digits, not '\(only)'")
        }
        let side = try Side(head, numbers, batch: batch, threads: threads)
        for _ in 0..<2 { _ = try side.step() }
        print(ProcessMemory.peakMegabytes)
      } else {
        try measure(numbers, text)
      }
    }
  }

  private func measure(_ levels: [Int], _ text: String) throws {
    let digits = try Side(.digits, levels, batch: batch, threads: threads)
    let codes = try Side(.codes, levels, batch: batch, threads: threads)
    let title = "\(levels.reduce(1, *)) codes, levels \(text), batch \(batch)"
    let step = try Contest.run(rounds: rounds, ours: digits.step, theirs: codes.step)
    Report.contest(
      "heads, step, \(title)", ours: "head of digits", peer: "head of codes", step,
      amount: Double(batch), unit: "images/s", json: json)
    let pass = try Contest.run(rounds: rounds, ours: digits.pass, theirs: codes.pass)
    Report.contest(
      "heads, pass, \(title)", ours: "head of digits", peer: "head of codes", pass,
      amount: Double(batch), unit: "images/s", json: json)
    guard !json else { return }
    for (head, side) in [("digits", digits), ("codes", codes)] {
      let memory = try Shell.run([
        "\(Shell.siblings.path())/lattice-bench", "heads", "--levels", text, "--batch", "\(batch)",
        "--threads", "\(threads)", "--only", head,
      ]).output.trimmingCharacters(in: .whitespacesAndNewlines)
      print("  \(head): \(side.transformer.parameterCount) parameters, \(memory) MB at most")
    }
  }

  /// A transformer with one of the heads, and what it works on.
  private struct Side {
    let transformer: MaskGITTransformer
    private let canvases: [Canvas]
    private let team: ThreadTeam
    private let adam = AdamW(AdamW.Settings())

    init(
      _ head: MaskGITConfiguration.Head, _ levels: [Int], batch: Int, threads: Int
    ) throws {
      let codes = levels.reduce(1, *)
      transformer = MaskGITTransformer(
        try MaskGITConfiguration(
          codebookSize: codes, classCount: 43, tokens: 64, hidden: 224, heads: 8, layers: 6,
          mlp: 512, block: .modern, head: head, levels: head == .digits ? levels : [],
          grid: [8, 8]),
        seed: 1)
      canvases = (0..<batch).map { item in
        Canvas(
          tokens: (0..<64).map { Int32(($0 * 7919 + item * 104_729) % codes) }, label: item % 43)
      }
      team = ThreadTeam(threadCount: threads)
    }

    func step() throws -> Double {
      try Stopwatch.seconds {
        let tape = Tape()
        let pass = Pass(workers: team, precision: .bf16, tape: tape)
        var random = CounterRandom(seed: 1)
        let outcome = MaskedTokenObjective().outcome(
          transformer, canvases, random: &random, pass)
        try adam.step(tape.gradients(of: outcome.loss, pass), rate: 1e-5, workers: team)
      }
    }

    func pass() throws -> Double {
      let predictor = TransformerPredictor(
        transformer, Pass(workers: team, precision: .bf16), batch: canvases.count)
      var halves = canvases
      for item in halves.indices {
        for place in 0..<32 { halves[item].tokens[place] = -1 }
      }
      let places = halves.indices.flatMap { item in
        (0..<32).map { CanvasPlace(canvas: item, place: $0) }
      }
      return try Stopwatch.seconds { _ = try predictor.logits(of: places, in: halves) }
    }
  }
}
