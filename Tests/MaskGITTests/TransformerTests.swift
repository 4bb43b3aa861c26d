import Autograd
import Foundation
import Kernels
import MaskGIT
import TensorCore
import Testing

@Suite struct TransformerTests {
  private let pass = Pass(workers: OneThread())

  static func configuration(
    _ block: MaskGITConfiguration.Block, _ head: MaskGITConfiguration.Head
  ) throws -> MaskGITConfiguration {
    try MaskGITConfiguration(
      codebookSize: 24, classCount: 3, tokens: 6, hidden: 16, heads: 2, layers: 2, mlp: 20,
      block: block, head: head, levels: head == .digits ? [4, 3, 2] : [], grid: [2, 3])
  }

  /// Moves every parameter away from where training starts, so that none is without effect.
  static func network(
    _ block: MaskGITConfiguration.Block, _ head: MaskGITConfiguration.Head = .codes,
    isCausal: Bool = false
  ) throws -> MaskGITTransformer {
    let network = MaskGITTransformer(try configuration(block, head), isCausal: isCausal, seed: 3)
    for (index, parameter) in network.parameters.enumerated() {
      var random = CounterRandom(seed: 9, stream: UInt64(index))
      parameter.value.withMutableFloats { values in
        for index in values.indices { values[index] += 0.2 * random.normal() }
      }
    }
    return network
  }

  static let kinds: [(MaskGITConfiguration.Block, MaskGITConfiguration.Head)] = [
    (.bert, .codes), (.modern, .codes), (.bert, .digits), (.modern, .digits),
  ]

  @Test(arguments: kinds) func learnsFromEveryParameter(
    block: MaskGITConfiguration.Block, head: MaskGITConfiguration.Head
  ) throws {
    let network = try Self.network(block, head)
    #expect(Set(network.parameters.map(\.name)).count == network.parameters.count)
    let sequences = TokenSequences(
      labels: [0, -1, 2],
      tokens: [[1, -1, 23, 0, -1, 5], [-1, -1, -1, 4, 4, 4], [0, 1, 2, 3, 4, 5]])
    let tape = Tape()
    let pass = Pass(workers: OneThread(), tape: tape)
    let logits = network.logits(sequences, pass)
    let labels = Tensor([21], integers: (0..<21).map { Int32($0 % network.configuration.codeRows) })
    let gradients = tape.gradients(of: pass.sum(pass.crossEntropy(logits, labels: labels)), pass)
    #expect(gradients.count == network.parameters.count)
    for gradient in gradients {
      // Keys' biases shift all scores of a query alike, which softmax doesn't see.
      if gradient.parameter.name.hasSuffix("key/bias") { continue }
      #expect(gradient.value.floats.contains { abs($0) > 1e-6 }, "\(gradient.parameter.name)")
    }
    #expect(network.parameterCount == network.parameters.reduce(0) { $0 + $1.value.shape.count })
  }

  @Test(arguments: kinds) func asksOnlyForWhatIsWanted(
    block: MaskGITConfiguration.Block, head: MaskGITConfiguration.Head
  ) throws {
    let network = try Self.network(block, head)
    let predictor = TransformerPredictor(network, pass, batch: 2)
    let blank = Canvas(places: 6, label: 1)
    let partly = Canvas(tokens: [3, -1, 20, 7, -1, 1], label: 1)
    let places = [(0, 4), (1, 1), (2, 0), (3, 5), (0, 0)].map {
      CanvasPlace(canvas: $0.0, place: $0.1)
    }
    let canvases = [blank, partly, blank, Canvas(places: 6, label: -1)]
    let given = try predictor.logits(of: places, in: canvases)
    let columns = network.configuration.codeRows
    #expect(given.shape == [5, columns] && predictor.sequencesRun == 3)
    #expect(predictor.digits == (head == .digits ? [4, 3, 2] : [24]))
    _ = try predictor.logits(of: places, in: canvases)
    #expect(predictor.sequencesRun == 4, "fully masked images are remembered by class")
    for (row, place) in places.enumerated() {
      let alone = network.logits(
        TokenSequences(
          labels: [canvases[place.canvas].label], tokens: [canvases[place.canvas].tokens]), pass)
      let all = alone.value.reshaped([7, network.configuration.vocabulary])
      let expected = all[(place.place + 1)..<(place.place + 2)].floats.prefix(columns)
      #expect(given[row..<(row + 1)].floats == Array(expected))
    }
  }

  /// What an image costs is the same whether its codes' logits are sums of digits' or multiplied out.
  @Test func bitsAreThoseOfProducts() throws {
    let network = try Self.network(.modern, .digits)
    let predictor = TransformerPredictor(network, pass)
    let image = Canvas(tokens: [3, 11, 20, 7, 0, 23], label: 1)
    let bits = try TokenScore(steps: 1).bits([image], rows: 2, columns: 3, predictor: predictor)
    let all = network.logits(
      TokenSequences(labels: [1], tokens: [[Int32](repeating: -1, count: 6)]), pass
    ).value.reshaped([7, network.configuration.vocabulary])
    for (place, token) in image.tokens.enumerated() {
      let row = all[(place + 1)..<(place + 2)].floats
      let codes: [Double] = (0..<24).map { code in
        let (first, second, third) = (row[code % 4], row[4 + code / 4 % 3], row[7 + code / 12])
        return Double(first) + Double(second) + Double(third)
      }
      let sum: Double = codes.reduce(0) { $0 + exp($1) }
      let wanted: Double = (log(sum) - codes[Int(token)]) / log(2)
      #expect(abs(Double(bits[0][place]) - wanted) < 1e-4)
    }
  }

  /// 64,000 codes to each of 1024 places: digits take 39 columns of the 64,000.
  @Test func largeCodebooksAreNotMultipliedOut() throws {
    let levels = [8, 8, 8, 5, 5, 5]
    let configuration = try MaskGITConfiguration(
      codebookSize: 64_000, classCount: 1, tokens: 1024, hidden: 16, heads: 2, layers: 1, mlp: 16,
      block: .modern, head: .digits, levels: levels, grid: [32, 32])
    let predictor = TransformerPredictor(MaskGITTransformer(configuration, seed: 1), pass)
    let canvas = Canvas(places: 1024, label: 0)
    let places = (0..<1024).map { CanvasPlace(canvas: 0, place: $0) }
    #expect(try predictor.logits(of: places, in: [canvas]).shape == [1024, 39])
    let image = try Sampler(rows: 32, columns: 32, steps: 2).fill(
      [canvas], noise: [CounterNoise(seed: 3)], predictor: predictor, workers: OneThread())
    #expect(image[0].allSatisfy { (0..<64_000).contains($0) } && Set(image[0]).count > 500)
  }

  @Test func theModernBlockKnowsPlaceAndClass() throws {
    let network = try Self.network(.modern)
    func logits(_ tokens: [Int32], _ label: Int) -> [Float] {
      network.logits(TokenSequences(labels: [label], tokens: [tokens]), pass).value[0..<1].floats
    }
    let first = logits([1, 2, -1, -1, -1, -1], 0)
    let columns = network.configuration.vocabulary
    #expect(first != logits([2, 1, -1, -1, -1, -1], 0))
    #expect(first != logits([1, 2, -1, -1, -1, -1], 1))
    // Places 3 and 4 hold the same but stand elsewhere.
    #expect(first[(4 * columns)..<(5 * columns)] != first[(5 * columns)..<(6 * columns)])
  }

  @Test func aCausalOneSeesNothingOfWhatFollows() throws {
    let network = try Self.network(.modern, isCausal: true)
    func logits(_ tokens: [Int32]) -> [Float] {
      network.logits(TokenSequences(labels: [1], tokens: [tokens]), pass).value.floats
    }
    let (first, second) = (logits([1, 2, 3, 4, 5]), logits([1, 2, 9, 8, 7]))
    let seen = 3 * network.configuration.vocabulary
    #expect(first.prefix(seen) == second.prefix(seen) && first != second)
  }

  @Test func refusesWhatIsNoCanvasOfIts() throws {
    let predictor = TransformerPredictor(try Self.network(.bert), pass)
    let places = [CanvasPlace(canvas: 0, place: 0)]
    func fault(_ tokens: [Int32], _ label: Int) -> String? {
      #expect(throws: MaskGITError.self) {
        try predictor.logits(of: places, in: [Canvas(tokens: tokens, label: label)])
      }?.description
    }
    #expect(
      fault([1, 2], 0) == "the image has 2 tokens, but the model was made for 6")
    #expect(
      fault([-1, 24, 0, 0, 0, 0], 0)
        == "token 24 at place 1 is no code: codes are 0...23, and -1 is a place to fill")
    #expect(
      fault([-1, 0, 0, 0, 0, 0], 3) == "class 3 was asked for, but the model's are 0...2")
  }
}
