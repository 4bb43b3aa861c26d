import Autograd
import Foundation
import TensorCore
import Testing
import Tokenizers
import Training

@Suite struct LearnerTests {
  private static let bottlenecks: [TokenizerConfiguration.Bottleneck] = [
    .fsq(levels: [8, 5, 5], variant: "google"), .vq(codes: 32, width: 4), .none(width: 4),
  ]

  /// Pictures of two colours, divided by a line.
  private static func images(_ step: Int) -> Tensor {
    var random = CounterRandom(seed: 5, stream: UInt64(step))
    return Tensor([4, 8, 8, 3]) { pixels in
      for picture in 0..<4 {
        let colours = (0..<6).map { _ in random.uniform() }
        let edge = Int(random.next() % 8)
        for place in 0..<64 {
          for channel in 0..<3 {
            let side = place % 8 < edge ? 0 : 3
            pixels[(picture * 64 + place) * 3 + channel] = colours[side + channel]
          }
        }
      }
    }
  }

  private func learner(_ bottleneck: Int) throws -> TokenizerLearner {
    let tokenizer = try Tokenizer(
      TokenizerConfiguration(
        filters: 16, residualBlocks: 1, multipliers: [1, 2], groups: 4,
        bottleneck: Self.bottlenecks[bottleneck], imageSize: 8), start: .random(seed: 1))
    let vector = VectorQuantizerSettings(
      averageDecay: 0.9, entropy: 0.01, entropyTemperature: 1, reseedBelow: 0.02)
    return TokenizerLearner(
      tokenizer,
      TokenizerLearner.Settings(
        loss: TokenizerLoss(absolute: 0.1, squared: 1), vector: vector, averageDecay: 0.9, parts: 2),
      optimizer: AdamW(AdamW.Settings()), rate: LearningRate(peak: 3e-3, warmup: 5, total: 60)
    ) { step, part in Self.images(step * 2 + part) }
  }

  @Test(arguments: bottlenecks.indices) func learns(bottleneck: Int) throws {
    let learner = try learner(bottleneck)
    let team = ThreadTeam(threadCount: 2)
    var errors: [Double] = []
    for step in 0..<60 {
      errors.append(try learner.step(step, workers: team)["mean_squared_error"] ?? .nan)
    }
    let (first, last) = (errors[..<5].reduce(0, +), errors[55...].reduce(0, +))
    #expect(last < first * 0.5, "\(first / 5) to \(last / 5)")
  }

  /// Ten steps straight, and five and five by a learner that goes on from the state: the same bytes.
  @Test(arguments: bottlenecks.indices) func goesOnToTheSameBytes(bottleneck: Int) throws {
    let (whole, first, second) = (
      try learner(bottleneck), try learner(bottleneck), try learner(bottleneck)
    )
    for step in 0..<10 { _ = try whole.step(step, workers: ThreadTeam(threadCount: 2)) }
    for step in 0..<5 { _ = try first.step(step, workers: OneThread()) }
    try second.restore(first.state, steps: 5)
    for step in 5..<10 { _ = try second.step(step, workers: OneThread()) }
    let (expected, found) = (whole.state, second.state)
    #expect(expected.keys.sorted() == found.keys.sorted())
    for (name, tensor) in expected { #expect(found[name]?.floats == tensor.floats, "\(name)") }
  }
}
