import Autograd
import FSQ
import Foundation
import Kernels
import TensorCore
import Testing
import Tokenizers
import Training

@Suite struct QuantizerTests {
  private func random(_ shape: Shape, seed: UInt64, scale: Float = 1) -> Tensor {
    var generator = CounterRandom(seed: seed)
    return Tensor(shape, (0..<shape.count).map { _ in generator.normal() * scale })
  }

  private func tokenizer(_ bottleneck: TokenizerConfiguration.Bottleneck) throws -> Tokenizer {
    try Tokenizer(
      TokenizerConfiguration(
        filters: 8, residualBlocks: 1, multipliers: [1, 2], groups: 4, bottleneck: bottleneck,
        imageSize: 8), start: .random(seed: 4))
  }

  private func vectorQuantizer(codes: Int, width: Int) throws -> VectorQuantizer {
    guard case .vector(let quantizer) = try tokenizer(.vq(codes: codes, width: width)).bottleneck
    else { throw TokenizerError.noTokens }
    return quantizer
  }

  /// The first of the nearest vectors, by the slow way.
  @Test(arguments: [1, 3]) func nearestIsTheNearest(threads: Int) throws {
    let quantizer = try vectorQuantizer(codes: 37, width: 5)
    quantizer.codebook.value = random([37, 5], seed: 1)
    let latents = random([101, 5], seed: 2)
    let vectors = quantizer.codebook.value.floats
    let expected = (0..<101).map { row -> Int32 in
      let distances = (0..<37).map { code in
        (0..<5).reduce(0.0) {
          $0 + pow(Double(latents.floats[row * 5 + $1]) - Double(vectors[code * 5 + $1]), 2)
        }
      }
      return Int32(distances.indices.min { distances[$0] < distances[$1] } ?? -1)
    }
    let pass = Pass(workers: ThreadTeam(threadCount: threads))
    #expect(quantizer.nearest(latents, pass).integers == expected)
  }

  /// The gradients of the losses, against central differences of their formulas in double.
  @Test func lossesHaveTheirGradients() throws {
    let (rows, codes, width) = (6, 4, 3)
    let quantizer = try vectorQuantizer(codes: codes, width: width)
    quantizer.codebook.value = random([codes, width], seed: 7, scale: 0.5)
    let latents = random([rows, width], seed: 8, scale: 0.5)
    let settings = VectorQuantizerSettings(
      commitment: 0.25, entropy: 0.3, entropyTemperature: 0.7)
    let tape = Tape()
    let pass = Pass(workers: OneThread(), tape: tape)
    let leaf = Parameter("latents", latents)
    let quantized = quantizer.quantize(pass.variable(leaf), settings, pass)
    let loss = try #require(quantized.loss)
    let numbers = quantized.indices.integers.map { Int($0) }
    /// The codebook's and the commitment's pull each hold the other side fixed.
    func formula(_ z: [Double], _ c: [Double], fixedZ: [Double], fixedC: [Double]) -> Double {
      var total = 0.0
      for row in 0..<rows {
        for column in 0..<width {
          let (here, there) = (row * width + column, numbers[row] * width + column)
          total += 0.25 * pow(z[here] - fixedC[there], 2) / Double(rows * width)
          total += pow(c[there] - fixedZ[here], 2) / Double(rows * width)
        }
      }
      var means = [Double](repeating: 0, count: codes)
      for row in 0..<rows {
        let scores = (0..<codes).map { code in
          (0..<width).reduce(0.0) {
            $0 - pow(z[row * width + $1] - c[code * width + $1], 2) / 0.7
          }
        }
        let sum = scores.reduce(0.0) { $0 + exp($1) }
        for code in 0..<codes {
          let share = exp(scores[code]) / sum
          means[code] += share / Double(rows)
          total -= 0.3 * share * log(share) / Double(rows)
        }
      }
      return total + means.reduce(0.0) { $0 + 0.3 * $1 * log($1 + 1e-5) }
    }
    let (z, c) = (
      latents.floats.map { Double($0) }, quantizer.codebook.value.floats.map { Double($0) }
    )
    #expect(abs(Double(loss.value.floats[0]) - formula(z, c, fixedZ: z, fixedC: c)) < 1e-5)
    let gradients = tape.gradients(of: loss, pass)
    #expect(Set(gradients.map(\.parameter.name)) == ["latents", "quantizer/codebook"])
    for gradient in gradients {
      let isLatents = gradient.parameter === leaf
      for (index, found) in gradient.value.floats.enumerated() {
        func moved(_ by: Double) -> Double {
          var (z2, c2) = (z, c)
          if isLatents { z2[index] += by } else { c2[index] += by }
          return formula(z2, c2, fixedZ: z, fixedC: c)
        }
        let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5
        #expect(abs(slope - Double(found)) < 1e-4, "\(gradient.parameter.name)[\(index)]")
      }
    }
  }

  @Test func splittingHalvesTheMostUsed() throws {
    let quantizer = try vectorQuantizer(codes: 4, width: 2)
    quantizer.codebook.value = Tensor([4, 2], [1, 1, 5, 5, 9, 9, 20, 20])
    let upkeep = CodebookUpkeep(quantizer, VectorQuantizerSettings(splitBelow: 0.5))
    let latents = Tensor([8, 2], repeating: 1)
    var random = CounterRandom(seed: 1)
    for _ in 0..<150 {
      upkeep.update(latents, Tensor([8], integers: .init(repeating: 0, count: 8)), random: &random)
    }
    // Three vectors that nothing was near to are now beside the one that everything was near to.
    #expect(quantizer.codebook.value.floats.allSatisfy { abs($0 - 1) < 0.02 })
    let shares = try #require(upkeep.state["shares"]).floats
    #expect(shares.allSatisfy { $0 >= 0.125 }, "\(shares)")
    #expect(abs(shares.reduce(0, +) - 1) < 1e-4)
  }

  @Test func reseedingPutsUnusedVectorsWhereLatentsAre() throws {
    let quantizer = try vectorQuantizer(codes: 3, width: 2)
    quantizer.codebook.value = Tensor([3, 2], [0, 0, 50, 50, 60, 60])
    let upkeep = CodebookUpkeep(
      quantizer, VectorQuantizerSettings(averageDecay: 0.5, reseedBelow: 0.1))
    let latents = Tensor([4, 2], [0.5, 0.5, 1.5, 1.5, 0.5, 0.5, 1.5, 1.5])
    var random = CounterRandom(seed: 1)
    for _ in 0..<8 {
      upkeep.update(latents, Tensor([4], integers: [0, 0, 0, 0]), random: &random)
    }
    let vectors = quantizer.codebook.value.floats
    #expect(abs(vectors[0] - 1) < 0.01)
    #expect(vectors[2...].allSatisfy { $0 == 0.5 || $0 == 1.5 })
  }

  /// Vectors that follow moving averages for several steps, in double; those used too little become latents at random.
  ///
  /// Sources: van den Oord et al. 2017, appendix A.1; Dhariwal et al. 2020, section 3.1.
  @Test(arguments: [nil, 0.1] as [Float?]) func averagesFollowTheRule(reseedBelow: Float?) throws {
    let (codes, width, rows, decay) = (6, 2, 8, 0.9)
    let quantizer = try vectorQuantizer(codes: codes, width: width)
    quantizer.codebook.value = random([codes, width], seed: 5)
    let upkeep = CodebookUpkeep(
      quantizer, VectorQuantizerSettings(averageDecay: Float(decay), reseedBelow: reseedBelow))
    let even = 1 / Double(codes)
    var shares = [Double](repeating: even, count: codes)
    var vectors = quantizer.codebook.value.floats.map { Double($0) }
    var sums = vectors.map { $0 * even }
    var reseeded = 0
    for step in 0..<30 {
      let latents = random([rows, width], seed: UInt64(50 + step))
      let chosen = (0..<rows).map { ($0 * $0 + step) % 3 }
      var (own, theirs) = (CounterRandom(seed: UInt64(step)), CounterRandom(seed: UInt64(step)))
      upkeep.update(
        latents, Tensor([rows], integers: chosen.map { Int32($0) }), random: &own)
      for code in shares.indices { shares[code] *= decay }
      for index in sums.indices { sums[index] *= decay }
      for (row, code) in chosen.enumerated() {
        shares[code] += (1 - decay) / Double(rows)
        for column in 0..<width {
          sums[code * width + column] +=
            (1 - decay) / Double(rows) * Double(latents.floats[row * width + column])
        }
      }
      for index in vectors.indices { vectors[index] = sums[index] / shares[index / width] }
      for code in shares.indices where shares[code] < Double(reseedBelow ?? 0) * even {
        let row = Int(theirs.next() % UInt64(rows))
        shares[code] = even
        for column in 0..<width {
          vectors[code * width + column] = Double(latents.floats[row * width + column])
          sums[code * width + column] = even * vectors[code * width + column]
        }
        reseeded += 1
      }
      for (found, wanted) in zip(quantizer.codebook.value.floats, vectors) {
        #expect(abs(Double(found) - wanted) < 1e-4, "step \(step)")
      }
    }
    #expect((reseeded > 0) == (reseedBelow != nil))
  }

  /// What comes out of an encoder that has gone wrong is no token.
  @Test func tokensAreMadeOfNumbers() throws {
    let pass = Pass(workers: OneThread())
    let latents = Tensor([1, 1, 2, 2], [0, .nan, 1, 2])
    for bottleneck in [
      TokenizerConfiguration.Bottleneck.fsq(levels: [5, 3], variant: "google"),
      .vq(codes: 7, width: 2),
    ] {
      let error = #expect(throws: TokenizerError.self) {
        try tokenizer(bottleneck).tokens(latents, pass)
      }
      #expect(
        error?.description
          == "the encoder gave no numbers: of its output, 1 of 4 values to be quantized is no finite number, the first at place 1. The picture or the model's weights are damaged"
      )
    }
  }

  @Test func usageAndPerplexity() {
    var usage = CodebookUsage(codebookSize: 8)
    usage.add(Tensor([6], integers: [0, 0, 1, 1, 5, 5]))
    #expect(usage.usage == 3.0 / 8 && usage.total == 6)
    #expect(abs(usage.entropy - log2(3)) < 1e-12 && abs(usage.perplexity - 3) < 1e-12)
  }

  @Test func tokensOfAnotherTokenizerAreRefused() throws {
    let scalar = try tokenizer(.fsq(levels: [5, 3], variant: "google"))
    let error = #expect(throws: TokenizerError.self) {
      try scalar.codes(of: Tensor([2], integers: [3, 15]))
    }
    #expect(
      error?.description
        == "token 15 is not of the codebook, whose 15 tokens are 0...14; was it made by another tokenizer?"
    )
    let vector = try tokenizer(.vq(codes: 7, width: 2))
    #expect(throws: TokenizerError.token(value: -1, codebookSize: 7)) {
      try vector.codes(of: Tensor([1], integers: [-1]))
    }
  }

  @Test(
    arguments: [
      (
        8, 1, [1, 3], 5,
        "8 channels can't be split into 5 groups; 'filters' times each of 'channel_multipliers' must be a multiple of 'norm_groups'"
      ),
      (8, 0, [1], 4, "'num_res_blocks' must be at least 1"),
      (
        8, 1, [], 4,
        "'channel_multipliers' must be 1 to 7 numbers of at least 1, one for each level"
      ),
      (8, 1, [1, 1, 1, 1, 1], 4, "'image_size' 24 is no multiple of the stride 16"),
      (1 << 40, 1, [1 << 40], 4, "no size may be above 1048576"),
    ] as [(Int, Int, [Int], Int, String)])
  func whatCannotBeBuiltSaysWhy(
    filters: Int, blocks: Int, multipliers: [Int], groups: Int, fault: String
  ) {
    let error = #expect(throws: TokenizerError.self) {
      try TokenizerConfiguration(
        filters: filters, residualBlocks: blocks, multipliers: multipliers, groups: groups,
        bottleneck: .none(width: 4), imageSize: 24)
    }
    #expect(error?.description == "this tokenizer can't be built: \(fault)")
  }
}
