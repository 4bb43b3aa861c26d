import CKernels
import Glibc

/// How a code is drawn from the logits of a place, all at once or digit by digit.
package struct TokenChoice: Hashable, Sendable {
  /// Logits are divided by it; below 1 sharpens, and 0 takes the likeliest.
  package var temperature: Float
  /// The share of weight that stays: the likeliest codes that make it up, 0 < p <= 1.
  ///
  /// Of d digits, each keeps p^(1/d), so that codes keep at least p.
  package var topP: Float
  /// How many of the likeliest codes, or values of each digit, stay; 0 for all.
  package var topK: Int

  /// Takes settings; without any, a draw from the logits as they are.
  package init(temperature: Float = 1, topP: Float = 1, topK: Int = 0) {
    precondition(temperature >= 0 && topP > 0 && topP <= 1 && topK >= 0)
    self.temperature = temperature
    self.topP = topP
    self.topK = topK
  }

  /// A drawn code.
  package struct Drawn: Hashable, Sendable {
    package let code: Int32
    /// The natural logarithm of its probability by the logits as they are.
    package let logProbability: Float
  }

  /// Memory for one place; one for each thread.
  package struct Scratch {
    var weights: [Float]
    var logits: [Float]

    /// For codes of some digits.
    package init(digits: [Int]) {
      weights = [Float](repeating: 0, count: digits.max() ?? 1)
      logits = weights
    }
  }

  /// Draws.
  ///
  /// - Parameters:
  ///   - logits: One for each value of each digit, digit after digit.
  ///   - digits: How many values each has, the first digit the fastest; one digit for codes as a whole.
  ///   - noise: The chance.
  ///   - step: Of decoding.
  ///   - place: Which token.
  ///   - scratch: Changed at will.
  /// - Returns: A code.
  package func draw(
    _ logits: UnsafeBufferPointer<Float>, digits: [Int], _ noise: some SamplingNoise, step: Int,
    place: Int, _ scratch: inout Scratch
  ) -> Drawn {
    var (code, basis, offset) = (0, 1, 0)
    var logProbability: Float = 0
    for (digit, level) in digits.enumerated() {
      let own = UnsafeBufferPointer(rebasing: logits[offset..<(offset + level)])
      let share = digits.count == 1 ? topP : pow(topP, 1 / Float(digits.count))
      let found = draw(own, share, noise, (step, place, digit), &scratch)
      code += found.value * basis
      logProbability += found.logProbability
      basis *= level
      offset += level
    }
    return Drawn(code: Int32(code), logProbability: logProbability)
  }

  /// Draws a digit, of which `topP` stays.
  private func draw(
    _ logits: UnsafeBufferPointer<Float>, _ topP: Float, _ noise: some SamplingNoise,
    _ number: (step: Int, place: Int, digit: Int), _ scratch: inout Scratch
  ) -> (value: Int, logProbability: Float) {
    let count = Int64(logits.count)
    return scratch.weights.withUnsafeMutableBufferPointer { weights in
      let weights = UnsafeMutableBufferPointer(rebasing: weights[0..<logits.count])
      lattice_softmax_f32(logits.baseAddress, nil, 1, weights.baseAddress, 1, count)
      let isPlain = temperature == 1 && topP == 1 && topK == 0
      if isPlain {
        let code = noise.code(
          weights: UnsafeBufferPointer(weights), logits: logits, step: number.step,
          place: number.place, digit: number.digit)
        return (code, log(weights[code]))
      }
      if temperature == 0 {
        let code = Self.likeliest(logits)
        return (code, log(weights[code]))
      }
      return scratch.logits.withUnsafeMutableBufferPointer { changed in
        let changed = UnsafeMutableBufferPointer(rebasing: changed[0..<logits.count])
        for index in changed.indices { changed[index] = logits[index] / temperature }
        lattice_softmax_f32(changed.baseAddress, nil, 1, weights.baseAddress, 1, count)
        rule(out: weights, changed, topP)
        let code = noise.code(
          weights: UnsafeBufferPointer(weights), logits: UnsafeBufferPointer(changed),
          step: number.step, place: number.place, digit: number.digit)
        lattice_softmax_f32(logits.baseAddress, nil, 1, weights.baseAddress, 1, count)
        return (code, log(weights[code]))
      }
    }
  }

  /// Takes the weight of all codes but the likeliest.
  ///
  /// Source of top-p: Holtzman et al. 2020, "The curious case of neural text degeneration", section 3.1.
  private func rule(
    out weights: UnsafeMutableBufferPointer<Float>, _ logits: UnsafeMutableBufferPointer<Float>,
    _ topP: Float
  ) {
    guard topP < 1 || topK > 0 else { return }
    let order = weights.indices.sorted {
      weights[$0] == weights[$1] ? $0 < $1 : weights[$0] > weights[$1]
    }
    var (sum, kept) = (Float(0), 0)
    for index in order {
      if kept > 0, sum >= topP || (topK > 0 && kept == topK) {
        weights[index] = 0
        logits[index] = -.infinity
        continue
      }
      sum += weights[index]
      kept += 1
    }
  }

  private static func likeliest(_ logits: UnsafeBufferPointer<Float>) -> Int {
    var best = 0
    for index in logits.indices where logits[index] > logits[best] { best = index }
    return best
  }
}
