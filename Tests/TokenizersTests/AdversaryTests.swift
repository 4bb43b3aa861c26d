import Autograd
import Kernels
import TensorCore
import Testing
import Tokenizers
import Training

@Suite struct AdversaryTests {
  private static func pictures(_ count: Int, side: Int, seed: UInt64) -> Tensor {
    var random = CounterRandom(seed: seed)
    return Tensor([count, side, side, 3]) { pixels in
      for index in pixels.indices { pixels[index] = random.uniform() }
    }
  }

  private func learner(
    start: Int, weight: Float = 0.1, loss: AdversarialLoss = .nonSaturating
  ) throws -> TokenizerLearner {
    let tokenizer = try Tokenizer(
      TokenizerConfiguration(
        filters: 8, residualBlocks: 1, multipliers: [1, 2], groups: 4,
        bottleneck: .fsq(levels: [8, 5, 5], variant: "google"), imageSize: 8),
      start: .random(seed: 1))
    let adversary = Adversary(
      Adversary.Settings(
        loss: loss, weight: weight, penalty: 1, start: start, filters: 8, layers: 1,
        rate: LearningRate(peak: 2e-3, total: 40, decay: .constant), seed: 2))
    // Stands in for a network: brightness of halves.
    let features = FeatureLoss(weight: 0.5) { pictures, wanted, pass in
      pass.meanAbsoluteError(pictures, Variable(wanted))
    }
    return TokenizerLearner(
      tokenizer, TokenizerLearner.Settings(averageDecay: 0.9, parts: 2),
      optimizer: AdamW(AdamW.Settings()), rate: LearningRate(peak: 1e-3, total: 40),
      features: features, adversary: adversary
    ) { step, part in Self.pictures(2, side: 8, seed: UInt64(step * 2 + part)) }
  }

  private func discriminator(_ learner: TokenizerLearner) -> [String: [Float]] {
    StateNames.part("discriminator/weights", of: learner.state).mapValues(\.floats)
  }

  @Test(arguments: AdversarialLoss.allCases) func takesPartFromItsStepOn(
    loss: AdversarialLoss
  ) throws {
    let learner = try learner(start: 3, loss: loss)
    let fresh = discriminator(learner)
    #expect(!fresh.isEmpty)
    for step in 0..<5 {
      let metrics = try learner.step(step, workers: OneThread())
      let names = ["adversarial_loss", "discriminator_loss", "r1_penalty"]
      #expect(
        names.allSatisfy { (metrics[$0] != nil) == (step >= 3) }, "step \(step): \(metrics)")
      #expect(metrics["perceptual_loss"] != nil)
      #expect((discriminator(learner) == fresh) == (step < 3), "step \(step)")
    }
  }

  /// Stopped before the discriminator starts, just when it has, and later: the same bytes as a run in one go.
  @Test(arguments: [2, 4, 6]) func goesOnToTheSameBytes(stop: Int) throws {
    let (whole, first, second) = (
      try learner(start: 3), try learner(start: 3), try learner(start: 3)
    )
    for step in 0..<8 { _ = try whole.step(step, workers: ThreadTeam(threadCount: 2)) }
    for step in 0..<stop { _ = try first.step(step, workers: OneThread()) }
    try second.restore(first.state, steps: stop)
    for step in stop..<8 { _ = try second.step(step, workers: OneThread()) }
    let (expected, found) = (whole.state, second.state)
    #expect(expected.keys.sorted() == found.keys.sorted())
    for (name, tensor) in expected { #expect(found[name]?.floats == tensor.floats, "\(name)") }
  }

  @Test func aStateWithoutADiscriminatorIsRefused() throws {
    let learner = try learner(start: 0)
    let state = learner.state.filter { !$0.key.hasPrefix("discriminator/") }
    let error = #expect(throws: TrainingStateError.self) {
      try learner.restore(state, steps: 0)
    }
    #expect(error?.faults.contains("'discriminator/Conv_0/bias' is missing") ?? false)
  }

  /// Without the generator's answer it tells what the tokenizer makes from what is real.
  @Test func learnsToTellPicturesApart() throws {
    let learner = try learner(start: 0, weight: 0)
    var gaps: [Double] = []
    for step in 0..<40 {
      let metrics = try learner.step(step, workers: OneThread())
      gaps.append((metrics["discriminator_real"] ?? .nan) - (metrics["discriminator_made"] ?? .nan))
    }
    let last = gaps.suffix(10).reduce(0, +) / 10
    #expect(last > 0.3 && last > gaps[0], "\(gaps)")
  }

  /// The gradient that the tokenizer gets through the discriminator, against central differences.
  @Test(arguments: AdversarialLoss.allCases) func gradientOfPictures(loss: AdversarialLoss) throws {
    let discriminator = PatchDiscriminator(filters: 8, layers: 2, start: .random(seed: 3))
    let pictures = Self.pictures(2, side: 16, seed: 4)
    func value(_ images: Tensor) throws -> Float {
      let pass = Pass(workers: OneThread())
      return loss.ofGenerator(try discriminator(Variable(images), pass), pass).value.floats[0]
    }
    let tape = Tape { _ in false }
    let pass = Pass(workers: OneThread(), tape: tape)
    let input = pass.watched(pictures)
    let said = try discriminator(input, pass)
    #expect(said.shape == [2, 2, 2, 1])
    #expect(tape.gradients(of: loss.ofGenerator(said, pass), pass).isEmpty)
    let gradient = try #require(input.gradient).floats
    for index in stride(from: 5, to: gradient.count, by: 211) {
      func moved(_ shift: Float) throws -> Float {
        var images = pictures
        images.withMutableFloats { $0[index] += shift }
        return try value(images)
      }
      let slope = (try moved(1 / 64) - (try moved(-1 / 64))) * 32
      #expect(abs(slope - gradient[index]) < 2e-3, "[\(index)]: \(gradient[index]), \(slope)")
    }
  }
}
