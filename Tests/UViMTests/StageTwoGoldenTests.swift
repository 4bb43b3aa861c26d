import Autograd
import Kernels
import TensorCore
import Testing
import UViM

@Suite struct StageTwoGoldenTests {
  private struct Model {
    let golden: GoldenFiles
    let network: StageTwo
    let memory: Tensor
    let workers: ThreadTeam

    init(threads: Int = 2) throws {
      golden = try GoldenFiles("uvim_stageII")
      network = StageTwo(
        try golden.configuration(StageTwoConfiguration.self), start: .unset)
      _ = try golden.load(network.parameters)
      workers = ThreadTeam(threadCount: threads)
      memory = try network.memory(of: golden.tensor("image"), Pass(workers: workers)).value
    }

    func decoder(_ precision: Precision = .f32) -> CodeDecoder {
      CodeDecoder(
        DecoderWeights(network, precision: precision, workers: workers), workers: workers)
    }
  }

  @Test func logitsEqualTheAuthorsCode() throws {
    let model = try Model()
    let logits = try model.network.logits(
      targets: model.golden.tensor("targets"), memory: Variable(model.memory),
      Pass(workers: model.workers))
    #expect(relativeError(logits.value, try model.golden.tensor("logits")) < 1e-4)
  }

  @Test(arguments: [1, 2], [1, 2, 3, 5, 16])
  func greedyTokensEqualTheAuthorsCode(threads: Int, window: Int) throws {
    let model = try Model(threads: threads)
    let expected = try model.golden.tensor("greedy").integers
    let prediction = model.decoder().decode(
      memory: model.memory, method: .lookahead(window: window))
    #expect(prediction.tokens.joined().elementsEqual(expected))
    #expect(prediction.codes.integers == expected.map { $0 - 1 })
    #expect(prediction.steps <= 16 && (window > 1 || prediction.steps == 16))
  }

  @Test(arguments: Precision.allCases) func guessingAheadChangesNothing(
    precision: Precision
  ) throws {
    let model = try Model()
    let decoder = model.decoder(precision)
    for choice in [TokenChoice.greedy, .sampled(temperature: 1, seeds: [3, 4])] {
      let one = decoder.decode(memory: model.memory, choice: choice, method: .sequential)
      for method in [CodeDecoder.Method.lookahead(window: 4), .automatic] {
        let ahead = decoder.decode(memory: model.memory, choice: choice, method: method)
        #expect(ahead.tokens == one.tokens && ahead.steps <= one.steps)
      }
    }
  }

  /// Weights as they are mapped from a file of bf16.
  @Test func narrowWeightsGiveWhatTheSameNumbersGiveAsFloats() throws {
    let (narrow, wide) = (try Model(), try Model())
    for (parameter, other) in zip(narrow.network.parameters, wide.network.parameters)
    where parameter.value.shape.rank >= 2 {
      parameter.value = narrowed(parameter.value)
      other.value = parameter.value.widened
    }
    let tokens = narrow.decoder(.bf16).decode(memory: wide.memory).tokens
    #expect(tokens == wide.decoder(.bf16).decode(memory: wide.memory).tokens)
    let pass = Pass(workers: wide.workers, precision: .bf16)
    let image = try wide.golden.tensor("image")
    #expect(
      try narrow.network.memory(of: image, pass).value.floats
        == wide.network.memory(of: image, pass).value.floats)

    let dictionary = narrowed(Tensor([3, 2], [1, 0.5, -2, 0.25, 3, 3]))
    let counts = Tensor([3], [1, 2, 4])
    let codes = Tensor([1, 3], integers: [2, 0, 1])
    #expect(
      VectorCodes(dictionary: dictionary, counts: counts).vectors(of: codes).floats
        == VectorCodes(dictionary: dictionary.widened, counts: counts).vectors(of: codes).floats)
  }

  private func narrowed(_ tensor: Tensor) -> Tensor {
    let values = tensor.floats
    return Tensor(tensor.shape, type: .bf16, of: UInt16.self) { target in
      for index in target.indices { target[index] = UInt16(values[index].bitPattern >> 16) }
    }
  }

  @Test func itemsDoNotMatterToOneAnother() throws {
    let model = try Model()
    let decoder = model.decoder(.bf16)
    let both = decoder.decode(memory: model.memory)
    for item in 0..<2 {
      let alone = decoder.decode(memory: model.memory[item..<(item + 1)])
      #expect(alone.tokens[0] == both.tokens[item])
    }
  }

  @Test func samplesFollowTheirSeeds() throws {
    let model = try Model()
    let decoder = model.decoder()
    func sample(_ seeds: [UInt64]) -> [[Int32]] {
      decoder.decode(
        memory: model.memory, choice: .sampled(temperature: 1, seeds: seeds)
      ).tokens
    }
    #expect(sample([1, 2]) == sample([1, 2]))
    #expect(sample([1, 2])[0] != sample([5, 2])[0])
    let cold = decoder.decode(
      memory: model.memory, choice: .sampled(temperature: 1e-5, seeds: [1, 2]))
    #expect(cold.tokens == decoder.decode(memory: model.memory).tokens)
  }
}
