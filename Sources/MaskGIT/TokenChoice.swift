import CKernels
import Glibc

/// How a code is drawn from the logits of a place.
package struct TokenChoice: Hashable, Sendable {
  /// Logits are divided by it; below 1 sharpens, and 0 takes the likeliest.
  package var temperature: Float
  /// The share of weight that stays: the likeliest codes that make it up, 0 < p <= 1.
  package var topP: Float
  /// How many of the likeliest codes stay; 0 for all.
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

    /// For a number of codes.
    package init(codes: Int) {
      weights = [Float](repeating: 0, count: codes)
      logits = weights
    }
  }

  /// Draws.
  ///
  /// - Parameters:
  ///   - logits: One for each code.
  ///   - noise: The chance.
  ///   - step: Of decoding.
  ///   - place: Which token.
  ///   - scratch: Changed at will.
  /// - Returns: A code.
  package func draw(
    _ logits: UnsafeBufferPointer<Float>, _ noise: some SamplingNoise, step: Int, place: Int,
    _ scratch: inout Scratch
  ) -> Drawn {
    let count = Int64(logits.count)
    return scratch.weights.withUnsafeMutableBufferPointer { weights in
      lattice_softmax_f32(logits.baseAddress, nil, 1, weights.baseAddress, 1, count)
      let isPlain = temperature == 1 && topP == 1 && topK == 0
      if isPlain {
        let code = noise.code(
          weights: UnsafeBufferPointer(weights), logits: logits, step: step, place: place)
        return Drawn(code: Int32(code), logProbability: log(weights[code]))
      }
      if temperature == 0 {
        let code = Self.likeliest(logits)
        return Drawn(code: Int32(code), logProbability: log(weights[code]))
      }
      return scratch.logits.withUnsafeMutableBufferPointer { changed in
        for index in changed.indices { changed[index] = logits[index] / temperature }
        lattice_softmax_f32(changed.baseAddress, nil, 1, weights.baseAddress, 1, count)
        rule(out: weights, changed)
        let code = noise.code(
          weights: UnsafeBufferPointer(weights), logits: UnsafeBufferPointer(changed), step: step,
          place: place)
        lattice_softmax_f32(logits.baseAddress, nil, 1, weights.baseAddress, 1, count)
        return Drawn(code: Int32(code), logProbability: log(weights[code]))
      }
    }
  }

  /// Takes the weight of all codes but the likeliest.
  ///
  /// Source of top-p: Holtzman et al. 2020, "The curious case of neural text degeneration", section 3.1.
  private func rule(
    out weights: UnsafeMutableBufferPointer<Float>, _ logits: UnsafeMutableBufferPointer<Float>
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
