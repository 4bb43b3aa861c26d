import Autograd
import Foundation
import Kernels
import MaskGIT
import TensorCore
import Testing
import Training

@Suite struct ObjectiveTests {
  /// Images whose tokens all follow from the class.
  private let images = (0..<3).map { label in
    Canvas(tokens: (0..<6).map { Int32(($0 * 5 + label * 7) % 24) }, label: label)
  }

  private func train(
    _ network: MaskGITTransformer, steps: Int,
    _ objective: (inout CounterRandom, Pass) -> TokenOutcome
  ) throws -> [TokenOutcome] {
    let optimizer = AdamW(.init())
    return try (0..<steps).map { step in
      let tape = Tape()
      let pass = Pass(workers: OneThread(), tape: tape)
      var random = CounterRandom(seed: 1, stream: UInt64(step))
      let outcome = objective(&random, pass)
      try optimizer.step(
        tape.gradients(of: outcome.loss, pass), rate: 0.01, workers: OneThread())
      return outcome
    }
  }

  @Test(arguments: TransformerTests.kinds) func learnsToFillIn(
    block: MaskGITConfiguration.Block, head: MaskGITConfiguration.Head
  ) throws {
    let network = MaskGITTransformer(try TransformerTests.configuration(block, head), seed: 5)
    let objective = MaskedTokenObjective(smoothing: 0, classDropout: 0.05, dropout: 0.02)
    let outcomes = try train(network, steps: block == .bert ? 150 : 350) { random, pass in
      objective.outcome(network, images, random: &random, pass)
    }
    let first = Double(outcomes[0].loss.value.floats[0])
    // An untrained network knows nothing: ln 24 for codes, or for the digits 4, 3 and 2 together.
    #expect(abs(first - log(24)) < 0.3)
    let last = outcomes.suffix(20).reduce(0) { $0 + ($1.metrics["accuracy"] ?? 0) } / 20
    #expect(last > 0.8, "\(last)")
    for outcome in outcomes {
      let bins = outcome.metrics.keys.filter { $0.hasPrefix("loss_masked_") }
      #expect(!bins.isEmpty && bins.allSatisfy { Int($0.dropFirst(12)) ?? 0 >= 40 })
    }
    let sampler = Sampler(rows: 2, columns: 3, steps: 3, choice: TokenChoice(temperature: 0))
    let made = try sampler.fill(
      (0..<3).map { Canvas(places: 6, label: $0) }, noise: (0..<3).map { CounterNoise(seed: $0) },
      predictor: TransformerPredictor(network, Pass(workers: OneThread())), workers: OneThread())
    // Two steps of three are drawn with noise, so that a token may be settled too early.
    let right = zip(made.joined(), images.flatMap(\.tokens)).filter { $0 == $1 }.count
    #expect(right >= 15, "\(right) of 18")
    let bits = try TokenScore(steps: 3).bits(
      images + [Canvas(tokens: images[0].tokens, label: 1)], rows: 2, columns: 3,
      predictor: TransformerPredictor(network, Pass(workers: OneThread())))
    let sums = bits.map { $0.reduce(0, +) }
    #expect(sums[3] > 2 * sums[0], "an image costs more under a class that isn't its own")
  }

  @Test func learnsToGoOn() throws {
    let network = MaskGITTransformer(
      try TransformerTests.configuration(.modern, .codes), isCausal: true, seed: 5)
    let objective = NextTokenObjective(classDropout: 0.1, dropout: 0)
    _ = try train(network, steps: 100) { random, pass in
      objective.outcome(network, images, random: &random, pass)
    }
    let decoder = AutoregressiveDecoder(
      network, Pass(workers: OneThread()), choice: TokenChoice(temperature: 0))
    let made = try decoder.generate(
      labels: [0, 1, 2], noise: (0..<3).map { CounterNoise(seed: $0) })
    #expect(made == images.map(\.tokens))
  }

  @Test func aUniformGuessCostsTheLogarithm() throws {
    struct Uniform: TokenPredictor {
      let codes = 24
      var digits: [Int] { [codes] }
      func logits(of places: [CanvasPlace], in canvases: [Canvas]) -> Tensor {
        Tensor([places.count, codes], repeating: 3)
      }
    }
    let bits = try TokenScore().bits(images, rows: 2, columns: 3, predictor: Uniform())
    #expect(bits.count == 3)
    #expect(bits.allSatisfy { $0.allSatisfy { abs(Double($0) - log2(24)) < 1e-5 } })
  }
}
