import Autograd
import Foundation
import Kernels
import MaskGIT
import TensorCore
import Testing

/// A predictor without a network: a code's logit depends on the place, the class and how many tokens are known.
private struct Formula: TokenPredictor {
  let codes = 7
  var digits: [Int] { [codes] }

  func logits(of places: [CanvasPlace], in canvases: [Canvas]) -> Tensor {
    Tensor([places.count, codes]) { target in
      for (row, place) in places.enumerated() {
        let canvas = canvases[place.canvas]
        for code in 0..<codes {
          let number =
            place.place * 31 + canvas.label * 17 + canvas.maskedPlaces.count * 5 + code * 13
          target[row * codes + code] = Float(number % 11) / 4
        }
      }
    }
  }
}

@Suite struct SamplerTests {
  static let orders: [RevealOrder] = [
    .confidence(choiceTemperature: 4.5), .halton, .random, .remasking(strength: 1),
  ]

  private func noise(_ seeds: [UInt64]) -> [CounterNoise] { seeds.map { CounterNoise(seed: $0) } }

  @Test(arguments: orders, [1, 5, 40]) func fillsEveryPlaceAndKeepsWhatWasKnown(
    order: RevealOrder, steps: Int
  ) throws {
    let sampler = Sampler(rows: 4, columns: 6, steps: steps, order: order)
    var known = Canvas(places: 24, label: 2)
    for place in [0, 5, 11, 23] { known.tokens[place] = Int32(place % 7) }
    let complete = Canvas(tokens: [Int32](repeating: 3, count: 24), label: 0)
    let canvases = [Canvas(places: 24, label: 1), known, complete]
    var counts = [Int](repeating: 24, count: 3)
    let result = try sampler.fill(
      canvases, noise: noise([1, 2, 3]), predictor: Formula(), workers: OneThread()
    ) { record in
      let masked = record.next.filter { $0 < 0 }.count
      #expect(record.sampled.allSatisfy { $0 >= 0 })
      if order != .remasking(strength: 1) {
        #expect(masked <= counts[record.canvas])
        #expect(
          order == .confidence(choiceTemperature: 4.5)
            || masked == min(record.maskLength, counts[record.canvas]) || record.canvas == 2)
      }
      counts[record.canvas] = masked
    }
    #expect(result.allSatisfy { $0.allSatisfy { (0..<7).contains($0) } })
    for place in [0, 5, 11, 23] { #expect(result[1][place] == Int32(place % 7)) }
    #expect(result[2] == complete.tokens)
  }

  @Test(arguments: orders) func anItemIsTheSameAloneAndInCompany(order: RevealOrder) throws {
    let sampler = Sampler(rows: 4, columns: 4, steps: 6, order: order)
    let canvases = [0, 1, 2].map { Canvas(places: 16, label: $0) }
    let together = try sampler.fill(
      canvases, noise: noise([7, 8, 9]), predictor: Formula(), workers: ThreadTeam(threadCount: 3))
    for (index, canvas) in canvases.enumerated() {
      let alone = try sampler.fill(
        [canvas], noise: noise([UInt64(7 + index)]), predictor: Formula(), workers: OneThread())
      #expect(alone[0] == together[index])
    }
    let other = try sampler.fill(
      [canvases[0]], noise: noise([70]), predictor: Formula(), workers: OneThread())
    #expect(other[0] != together[0])
  }

  @Test func placeOrders() {
    let halton = PlaceOrder.halton(rows: 8, columns: 8)
    #expect(halton.sorted() == Array(0..<64))
    // (1/2, 1/3), (1/4, 2/3), (3/4, 1/9): rows 4, 2, 6 and columns 2, 5, 0.
    #expect(Array(halton.prefix(3)) == [34, 21, 48])
    let quasirandom = PlaceOrder.quasirandom(rows: 5, columns: 7)
    #expect(quasirandom.sorted() == Array(0..<35) && quasirandom[0] == 17)
    #expect(PlaceOrder.halton(rows: 1, columns: 1) == [0])
  }

  @Test func schedules() {
    #expect(MaskSchedule.linear.maskedCount(of: 64, after: 0, of: 4) == 48)
    #expect(MaskSchedule.power(2).maskedCount(of: 64, after: 1, of: 4) == 48)
    #expect(MaskSchedule.arccos.maskedCount(of: 64, after: 1, of: 4) == 42)
    for name in MaskSchedule.names {
      let schedule = MaskSchedule(name: name, power: 3)
      #expect(schedule?.maskedShare(at: 1) == 1e-6 && (schedule?.maskedShare(at: 0) ?? 0) > 0.999)
    }
    #expect(MaskSchedule.cosine.trainingCount(of: 64, draw: 0.999_99, least: 0.45) == 29)
    #expect(MaskSchedule.cosine.trainingCount(of: 64, draw: 0.999_99, least: 0) == 1)
    #expect(MaskSchedule.cosine.trainingCount(of: 64, draw: 0, least: 0.45) == 64)
  }

  @Test func guidanceRamps() {
    #expect(Guidance.constant(2).scale(at: 0) == 2)
    #expect(Guidance.linear(2).scale(at: 0.25) == 0.5)
    #expect(abs(Guidance.powerCosine(2, power: 1).scale(at: 0.5) - 1) < 1e-6)
    #expect(Guidance.powerCosine(2, power: 1).scale(at: 0) == 0)
    #expect(Guidance(name: "power-cosine", scale: 2, power: 3) == .powerCosine(2, power: 3))
  }

  /// Shares of codes against the probabilities they are drawn with.
  @Test(
    arguments: [
      (TokenChoice(), [0.5, 0.3, 0.15, 0.05]), (TokenChoice(topP: 0.6), [0.625, 0.375, 0, 0]),
      (TokenChoice(topK: 1), [1, 0, 0, 0]), (TokenChoice(temperature: 0), [1, 0, 0, 0]),
      (TokenChoice(temperature: 0.5), [0.6849, 0.2466, 0.0616, 0.0068]),
    ] as [(TokenChoice, [Double])])
  func drawsByProbability(choice: TokenChoice, shares: [Double]) {
    let logits = [0.5, 0.3, 0.15, 0.05].map { logarithm($0) + 3 }
    var scratch = TokenChoice.Scratch(digits: [4])
    var counts = [Double](repeating: 0, count: 4)
    let noise = CounterNoise(seed: 5)
    logits.withUnsafeBufferPointer { logits in
      for place in 0..<20_000 {
        let drawn = choice.draw(
          logits, digits: [4], noise, step: 1, place: place, &scratch)
        counts[Int(drawn.code)] += 1 / 20_000
        let expected = [0.5, 0.3, 0.15, 0.05].map { logarithm($0) }[Int(drawn.code)]
        #expect(abs(drawn.logProbability - expected) < 1e-5)
      }
    }
    #expect(zip(counts, shares).allSatisfy { abs($0 - $1) < 0.015 && ($1 > 0 || $0 == 0) })
  }

  /// Digits drawn one by one are codes drawn by the products of their probabilities, of which top-p keeps its share.
  @Test(arguments: [TokenChoice(), TokenChoice(topP: 0.5), TokenChoice(temperature: 0)])
  func digitsAreDrawnOneByOne(choice: TokenChoice) {
    let shares: [[Double]] = [[0.5, 0.3, 0.2], [0.6, 0.4]]
    let logits = shares.flatMap { $0.map { logarithm($0) - 1 } }
    let noise = CounterNoise(seed: 6)
    var scratch = TokenChoice.Scratch(digits: [3, 2])
    var counts = [Double](repeating: 0, count: 6)
    logits.withUnsafeBufferPointer { logits in
      for place in 0..<20_000 {
        let drawn = choice.draw(
          logits, digits: [3, 2], noise, step: 0, place: place, &scratch)
        counts[Int(drawn.code)] += 1 / 20_000
        let (first, second) = (Int(drawn.code) % 3, Int(drawn.code) / 3)
        let expected = logarithm(shares[0][first] * shares[1][second])
        #expect(abs(drawn.logProbability - expected) < 1e-5)
      }
    }
    // Of each digit 0.5^(1/2) = 0.71 stays: the first two of three, and both of two.
    let kept: [[Double]] =
      choice.temperature == 0
      ? [[1, 0, 0], [1, 0]] : choice.topP < 1 ? [[0.625, 0.375, 0], [0.6, 0.4]] : shares
    for code in 0..<6 {
      let wanted = kept[0][code % 3] * kept[1][code / 3]
      #expect(abs(counts[code] - wanted) < 0.015 && (wanted > 0 || counts[code] == 0), "\(code)")
    }
  }

  private func logarithm(_ value: Double) -> Float { Float(log(value)) }
}
