import Autograd
import FSQ
import Foundation
import Kernels
import TensorCore
import Testing
import Training
import UViM

@Suite struct LearnerTests {
  private static let stage = try? StageOneConfiguration(
    inputs: ["depth": [8, 16]], inputSize: 16, patchSize: 4, codeLength: 4, width: 16,
    encoderDepth: 1, decoderDepth: 1, mlpWidth: 32, heads: 2, dictionarySize: 16,
    codewordWidth: 2, quantizer: .finiteScalar(levels: [4, 4], isStandardized: false))

  private static let vector = try? StageOneConfiguration(
    inputs: ["depth": [8, 16]], inputSize: 16, patchSize: 4, codeLength: 4, width: 16,
    encoderDepth: 1, decoderDepth: 1, mlpWidth: 32, heads: 2, dictionarySize: 16,
    codewordWidth: 8)

  private func learner(
    _ configuration: StageOneConfiguration, dropout: CodeDropout? = CodeDropout(.random),
    penalty: Float = 0, parts: Int = 1, scale: Float = 1
  ) throws -> (StageOneLearner, UViMModel) {
    let whole = UViMConfiguration(task: .depth, stageOne: configuration, stageTwo: nil)
    let model = UViMModel(whole, start: .random(seed: 3))
    for parameter in model.stageOne?.parameters ?? [] where parameter.name == "encoder_head/kernel"
    {
      parameter.value = Tensor(parameter.value.shape, parameter.value.floats.map { $0 * scale })
    }
    let learner = try StageOneLearner(
      model,
      StageOneLearner.Settings(
        optimizer: AdamW(AdamW.Settings(clip: 1)), rate: LearningRate(peak: 3e-3, total: 200),
        averageDecay: 0.9, dropout: dropout, latentPenalty: penalty, parts: parts, seed: 7)
    ) { step, _ in
      var random = CounterRandom(seed: 11, stream: UInt64(step % 4))
      let images = Tensor([2, 16, 16, 3]) { values in
        for index in values.indices { values[index] = 2 * random.uniform() - 1 }
      }
      // Depth that follows the picture's first channel: there is something to learn.
      let metres = images.withFloats { values in
        (0..<512).map { 5 + 4.9 * values[3 * $0] }
      }
      return StageOneExamples.depth(
        images: images, metres: metres, bins: whole.depthBins, configuration)
    }
    return (learner, model)
  }

  @Test(arguments: [true, false]) func lossFalls(isFSQ: Bool) throws {
    let (learner, _) = try learner(try #require(isFSQ ? Self.stage : Self.vector))
    var losses: [Double] = []
    for step in 0..<60 {
      losses.append(try #require(learner.step(step, workers: OneThread())["loss"]))
    }
    let (early, late) = (losses[0..<8].reduce(0, +), losses[52..<60].reduce(0, +))
    #expect(late < 0.9 * early, "\(early / 8) to \(late / 8)")
  }

  @Test(arguments: [true, false]) func aStoppedRunEndsTheSame(isFSQ: Bool) throws {
    let configuration = try #require(isFSQ ? Self.stage : Self.vector)
    let (whole, model) = try learner(configuration)
    for step in 0..<6 { _ = try whole.step(step, workers: OneThread()) }
    let (first, _) = try learner(configuration)
    for step in 0..<3 { _ = try first.step(step, workers: OneThread()) }
    let (second, resumed) = try learner(configuration)
    try second.restore(first.state, steps: 3)
    for step in 3..<6 { _ = try second.step(step, workers: ThreadTeam(threadCount: 2)) }
    for (a, b) in zip(model.savedParameters, resumed.savedParameters) {
      #expect(a.value.floats == b.value.floats, "\(a.name)")
    }
  }

  private static let absent = try? StageOneConfiguration(
    inputs: ["depth": [8, 16]], inputSize: 16, patchSize: 4, codeLength: 4, width: 16,
    encoderDepth: 1, decoderDepth: 1, mlpWidth: 32, heads: 2, dictionarySize: 16,
    codewordWidth: 2,
    quantizer: .finiteScalar(levels: [4, 4], isStandardized: false, variant: .ifsq),
    hasAbsentCode: true)

  /// The vector that stands for codes that are left out is learned, and the decoder says something else for it than for
  /// any code.
  @Test func absentCodesHaveAVectorOfTheirOwn() throws {
    let (learner, model) = try learner(try #require(Self.absent), dropout: CodeDropout(.learned))
    let stage = try #require(model.stageOne)
    let vector = try #require(stage.parameters.first { $0.name == "decoder_absent" })
    let before = vector.value.floats
    var losses: [Double] = []
    for step in 0..<40 {
      losses.append(try #require(learner.step(step, workers: OneThread())["loss"]))
    }
    #expect(vector.value.floats != before)
    let (early, late): (Double, Double) = (losses[0..<8].reduce(0, +), losses[32...].reduce(0, +))
    #expect(late < 0.95 * early)
    let quantizer = try #require(try model.quantizer())
    let pass = Pass(workers: OneThread())
    func logits(_ codes: [Int32], kept: [Bool]?) throws -> [Float] {
      let vectors = quantizer.vectors(of: Tensor([1, 4], integers: codes))
      return try stage.decode(
        Variable(vectors), kept: kept, image: Tensor.zeros([1, 16, 16, 3]), pass
      )["depth"]?.value.floats ?? []
    }
    let none = [Bool](repeating: false, count: 4)
    let nothing = try logits([0, 0, 0, 0], kept: none)
    #expect(try logits([5, 15, 3, 9], kept: none) == nothing)
    #expect(try logits([5, 15, 3, 9], kept: none.map { !$0 }) == logits([5, 15, 3, 9], kept: nil))
    for code in 0..<16 as Range<Int32> {
      #expect(try logits([code, code, code, code], kept: nil) != nothing)
    }
  }

  /// Bottlenecks far out come back to where rounding has a gradient; without the penalty they stay.
  @Test func thePenaltyEndsSaturation() throws {
    func saturation(_ penalty: Float) throws -> [Double] {
      let (learner, _) = try learner(
        try #require(Self.stage), penalty: penalty, scale: 12)
      return try (0..<60).map {
        try #require(learner.step($0, workers: OneThread())["saturation"])
      }
    }
    let (with, without) = (try saturation(0.1), try saturation(0))
    #expect(with[0] > 0.5 && with[0] == without[0])
    #expect(with[59] < 0.5 * without[59], "\(with[59]), \(without[59])")
  }

  /// Parts have the codebook follow all of a step's vectors.
  @Test func partsMoveTheWholeCodebook() throws {
    let (learner, model) = try learner(try #require(Self.vector), parts: 2)
    _ = try learner.step(0, workers: OneThread())
    let counts = try #require(model.codebook.last).value.floats
    // 16 counts of 1 fade to 0.995, and two parts of two pictures have 16 codes.
    let total: Float = counts.reduce(0, +)
    #expect(abs(total - 31.92) < 1e-3)
  }

  @Test func aBottleneckThatIsNoNumberStopsTraining() throws {
    let (learner, _) = try learner(try #require(Self.stage), scale: .infinity)
    let error = #expect(throws: NotANumberError.self) {
      try learner.step(0, workers: OneThread())
    }
    #expect(error?.what == "the bottleneck")
  }

  @Test func languageModelsLearnTheirCodes() throws {
    let configuration = try StageTwoConfiguration(
      layers: 1, heads: 2, mlpWidth: 32, width: 16, patchSize: 4, inputSize: 8, codeLength: 4,
      vocabulary: 9)
    let stage = StageTwo(configuration, start: .random(seed: 1))
    let image = Tensor([2, 8, 8, 3], (0..<384).map { Float($0 % 7) / 3.5 - 1 })
    let codes = Tensor([2, 4], integers: [1, 7, 3, 3, 0, 2, 5, 6])
    let learner = GradientLearner(
      stage.parameters, optimizer: AdamW(AdamW.Settings()),
      rate: LearningRate(peak: 1e-2, total: 150, decay: .constant)
    ) { _, _, pass in
      try StageTwoLoss.loss(stage, image: image, codes: codes, smoothing: 0, pass)
    }
    var last: [String: Double] = [:]
    for step in 0..<150 { last = try learner.step(step, workers: OneThread()) }
    #expect(last["accuracy"] == 1)
    let decoder = CodeDecoder(
      DecoderWeights(stage, precision: .f32, workers: OneThread()), workers: OneThread())
    let memory = try stage.memory(of: image, .init(workers: OneThread())).value
    #expect(decoder.decode(memory: memory).codes.integers == codes.integers)
  }
}
