import FSQ
import Foundation
import Testing

/// The implicit codebook: every index stands for one code, and back.
@Suite struct CodebookTests {
  /// Every set of levels that the paper recommends (table 1 and appendix A.4.1), and unusual ones.
  static let levelSets: [[Int]] = [
    [8, 6, 5], [8, 5, 5, 5], [7, 5, 5, 5, 5], [8, 8, 8, 6, 5], [8, 8, 8, 5, 5, 5], [5, 3], [8, 8],
    [8, 8, 8], [8, 8, 6, 5], [2], [2, 2, 2], [3], [26], [27, 39], [255, 3], [65_536],
    [4, 4, 4, 4, 4, 4, 4, 4],
  ]

  @Test(arguments: levelSets)
  func everyIndexComesBack(levels: [Int]) throws {
    let quantizer = try FiniteScalarQuantizer(levels: levels)
    let all = (0..<quantizer.codebookSize).map { Int32($0) }
    let codes = try quantizer.codes(all)
    let integers = codes.enumerated().map { $1 * Float(levels[$0 % levels.count] / 2) }
    #expect(quantizer.indices(bounded: integers) == all)
    #expect(quantizer.indices(unit: try quantizer.unitValues(all)) == all)
    #expect(codes.allSatisfy { $0 >= -1 && $0 <= 1 })
  }

  @Test(arguments: levelSets)
  func latentsReachEveryLevelAndNoOther(levels: [Int]) throws {
    guard levels.allSatisfy({ $0 <= 64 }) else { return }
    for variant in FiniteScalarQuantizer.Variant.allCases {
      let quantizer = try FiniteScalarQuantizer(levels: levels, variant: variant)
      var reached = levels.map { _ in Set<Int32>() }
      for step in -4000...4000 {
        let latent = [Float](repeating: Float(step) / 400, count: levels.count)
        var rest = try #require(quantizer.indices(bounded: quantizer.bounded(latent)).first)
        for (channel, level) in levels.enumerated() {
          reached[channel].insert(rest % Int32(level))
          rest /= Int32(level)
        }
        #expect(rest == 0)
      }
      #expect(reached.map(\.count) == levels, "\(variant)")
    }
  }

  /// A sum of floats would round here: 2^31 - 1 is prime, so take the largest products below it.
  @Test func indicesAreExactUpToTheLast() throws {
    let quantizer = try FiniteScalarQuantizer(levels: [46_340, 46_340])
    #expect(quantizer.codebookSize == 2_147_395_600)
    let indices: [Int32] = [0, 16_777_217, 1_234_567_891, 2_147_395_599]
    #expect(quantizer.indices(unit: try quantizer.unitValues(indices)) == indices)
  }

  /// A range a little wider than the levels rounds beyond them from 1001 levels on: cut off to the last level.
  @Test(arguments: [[1001], [1002, 3], [3, 4096], [65_536]])
  func farLatentsStayInTheCodebook(levels: [Int]) throws {
    let quantizer = try FiniteScalarQuantizer(levels: levels, variant: .atanh)
    let d = levels.count
    for (latent, digit) in [(Float(30), 1), (-30, 0)] {
      let latents = [Float](repeating: latent, count: 17 * d)
      let last = Int32(digit * (quantizer.codebookSize - 1))
      let wanted = [Int32](repeating: last, count: 17)
      #expect(quantizer.indices(bounded: quantizer.bounded(latents)) == wanted)
      var codes = [Float](repeating: .nan, count: 17 * d)
      var indices = [Int32](repeating: -1, count: 17)
      latents.withUnsafeBufferPointer { latents in
        codes.withUnsafeMutableBufferPointer { codes in
          indices.withUnsafeMutableBufferPointer {
            quantizer.encode(latents, codes: codes, indices: $0)
          }
        }
      }
      #expect(indices == wanted)
      #expect(try quantizer.codes(indices) == codes)
    }
  }

  /// 2 sigmoid(1.6 z) - 1, as its authors write it, with 0 in the middle.
  @Test func theFlatterBoundIsTheirs() throws {
    let quantizer = try FiniteScalarQuantizer(levels: [9], variant: .ifsq)
    for z in stride(from: Float(-4), through: 4, by: 0.25) {
      let wanted = (2 / (1 + exp(-1.6 * Double(z))) - 1) * 4 * 1.001
      #expect(abs(Double(quantizer.bounded([z])[0]) - wanted) < 1e-5)
    }
    let even = try FiniteScalarQuantizer(levels: [8], variant: .ifsq)
    #expect(abs(even.bounded([0])[0]) < 1e-6)
  }

  @Test func whatIsNoNumberIsCounted() {
    let values: [Float] = [1, .nan, 3, .infinity, -.infinity, 6]
    let found = values.withUnsafeBufferPointer { NonFiniteValues(in: $0) }
    #expect(
      found?.description
        == "3 of 6 values to be quantized are no finite numbers, the first at place 1")
    let fine: [Float] = [1, .greatestFiniteMagnitude, -0.0]
    #expect(fine.withUnsafeBufferPointer { NonFiniteValues(in: $0) } == nil)
    let one = ([2, .nan] as [Float]).withUnsafeBufferPointer { NonFiniteValues(in: $0) }
    #expect(
      one?.description == "1 of 2 values to be quantized is no finite number, the first at place 1")
  }

  @Test func whatIsNoNumberCountsAsZero() throws {
    let quantizer = try FiniteScalarQuantizer(levels: [5, 5])
    let centre = quantizer.indices(bounded: quantizer.bounded([0, 0]))
    #expect(quantizer.indices(bounded: quantizer.bounded([.nan, .infinity])) == centre)
    #expect(quantizer.indices(unit: [.nan, -3]) == [0])
    #expect(quantizer.indices(unit: [7, 1]) == [24])
  }

  @Test func refusalsAreSentences() throws {
    #expect(throws: FSQLevelsError.channelCount(0)) { try FiniteScalarQuantizer(levels: []) }
    #expect(
      "\(FSQLevelsError.channelCount(0))"
        == "0 levels given; a quantizer has 1 to 16 channels, each with its levels")
    #expect(throws: FSQLevelsError.level(1, channel: 1)) {
      try FiniteScalarQuantizer(levels: [8, 1])
    }
    #expect(
      "\(FSQLevelsError.level(1, channel: 1))"
        == "channel 1 has 1 levels; each channel has 2 to 65536")
    let many = [Int](repeating: 4, count: 16)
    #expect(throws: FSQLevelsError.tooManyCodes(many)) { try FiniteScalarQuantizer(levels: many) }
    #expect(
      "\(FSQLevelsError.tooManyCodes([65_536, 65_536]))"
        == "the levels [65536, 65536] make more than 2147483647 codes, which an i32 index can't tell apart; use fewer channels or fewer levels"
    )
    let quantizer = try FiniteScalarQuantizer(levels: [8, 5])
    let error = #expect(throws: FSQIndexError.self) { try quantizer.codes([0, 39, 40]) }
    #expect(
      error?.description
        == "token 2 is 40, but levels [8, 5] have the tokens 0...39; were they made with other levels?"
    )
    #expect(throws: FSQIndexError.self) { try quantizer.unitValues([-1]) }
  }
}
