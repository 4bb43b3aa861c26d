import Autograd
import Kernels
import MaskGIT
import TensorCore
import Testing

@Suite struct AutoregressiveTests {
  private let pass = Pass(workers: OneThread())

  /// Takes the likeliest code by the logits of whole sequences, without anything kept.
  private func greedy(_ network: MaskGITTransformer, _ label: Int, _ scale: Float) -> [Int32] {
    var tokens: [Int32] = []
    let columns = network.configuration.vocabulary
    func last(_ label: Int) -> [Float] {
      let given = network.logits(TokenSequences(labels: [label], tokens: [tokens]), pass).value
      return Array(given.floats.suffix(columns).prefix(24))
    }
    while tokens.count < 6 {
      let (given, free) = (last(label), last(-1))
      let row = zip(given, free).map { $0 + scale * ($0 - $1) }
      tokens.append(Int32(row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 }))
    }
    return tokens
  }

  @Test(arguments: [MaskGITConfiguration.Block.bert, .modern], [0, 0.7] as [Float])
  func whatIsKeptChangesNothing(block: MaskGITConfiguration.Block, scale: Float) throws {
    let network = try TransformerTests.network(block, isCausal: true)
    let decoder = AutoregressiveDecoder(
      network, pass, choice: TokenChoice(temperature: 0), guidance: .constant(scale))
    let noise = (0..<3).map { CounterNoise(seed: $0) }
    let given = try decoder.generate(labels: [0, 2, 1], noise: noise)
    #expect(given == [0, 2, 1].map { greedy(network, $0, scale) })
  }

  @Test func anItemIsTheSameAloneAndInCompany() throws {
    let network = try TransformerTests.network(.modern, isCausal: true)
    let decoder = AutoregressiveDecoder(
      network, pass, choice: TokenChoice(temperature: 1.5, topP: 0.9, topK: 20),
      guidance: .linear(1))
    let noise = (0..<4).map { CounterNoise(seed: 20 + $0) }
    let together = try decoder.generate(labels: [0, 1, 1, -1], noise: noise)
    #expect(together[1] != together[2])
    for index in 0..<4 {
      let alone = try decoder.generate(labels: [[0, 1, 1, -1][index]], noise: [noise[index]])
      #expect(alone[0] == together[index])
    }
    let error = #expect(throws: MaskGITError.self) {
      try decoder.generate(labels: [3], noise: [noise[0]])
    }
    #expect(error == .label(3, classes: 3))
  }
}
