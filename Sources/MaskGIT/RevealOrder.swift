/// Which places are settled first as parallel decoding advances.
package enum RevealOrder: Hashable, Sendable {
  /// Those whose code is likeliest, with Gumbel noise that fades from this temperature to none.
  ///
  /// Source: Chang et al. 2022, section 3.2 and the authors' `parallel_decode`.
  case confidence(choiceTemperature: Float)
  /// Evenly spread ones. Source: Besnier et al. 2025, "Halton scheduler", section 3.
  case halton
  /// Any.
  case random
  /// Each place by chance on its own, and settled ones are masked again with a share, 0...1, of the greatest
  /// probability that keeps the schedule. Source: Wang et al. 2025, "Remasking discrete diffusion models with
  /// inference-time scaling" (https://arxiv.org/abs/2503.00307), equations 5 and 6, the rescaled schedule.
  case remasking(strength: Float)
}

/// What is known of an image once the codes of a step are drawn.
struct RevealState {
  /// Counted from 0.
  let step: Int
  /// In all.
  let steps: Int
  /// Places that were to be filled at the start, in order.
  let open: [Int]
  /// Places that were masked when the step began, in order.
  let masked: [Int]
  /// The logarithm of the drawn code's probability at each of ``masked``.
  let logProbabilities: [Float]
  let schedule: MaskSchedule

  /// How many places stay masked: at least one, and fewer than were.
  var maskLength: Int {
    max(1, min(masked.count - 1, schedule.maskedCount(of: open.count, after: step, of: steps)))
  }
}

extension RevealOrder {
  /// A fixed order of all places of one image, for the orders that have one.
  func placeOrder(rows: Int, columns: Int, _ noise: some SamplingNoise) -> [Int] {
    switch self {
    case .confidence, .remasking: []
    case .halton: PlaceOrder.halton(rows: rows, columns: columns)
    case .random: noise.permutation(of: rows * columns)
    }
  }

  /// The places that are masked when the next step begins.
  func masked(
    after state: RevealState, placeOrder: [Int], _ noise: some SamplingNoise
  ) -> [Int] {
    switch self {
    case .confidence(let temperature):
      return leastConfident(state, temperature, noise)
    case .halton, .random:
      let isMasked = Set(state.masked)
      return Array(placeOrder.filter(isMasked.contains).suffix(state.maskLength)).sorted()
    case .remasking(let strength):
      return remasked(state, strength, noise)
    }
  }

  private func leastConfident(
    _ state: RevealState, _ temperature: Float, _ noise: some SamplingNoise
  ) -> [Int] {
    let fading = temperature * (1 - Float(state.step + 1) / Float(state.steps))
    let confidence = zip(state.masked, state.logProbabilities).map { place, logProbability in
      logProbability + fading * noise.gumbel(step: state.step, place: place)
    }
    let length = state.maskLength
    // The rest of the image is known for sure, so a length of all that is left masks it all.
    let cut = length < confidence.count ? confidence.sorted()[length] : .infinity
    return zip(state.masked, confidence).filter { $0.1 < cut }.map(\.0)
  }

  /// With a the share that is settled now and b that after the step: a settled place is masked with probability
  /// s = strength min(1, (1 - b) / a), a masked one stays so with (1 - b - s a) / (1 - a).
  private func remasked(
    _ state: RevealState, _ strength: Float, _ noise: some SamplingNoise
  ) -> [Int] {
    let now = 1 - state.schedule.maskedShare(at: Float(state.step) / Float(state.steps))
    let next = 1 - state.schedule.maskedShare(at: Float(state.step + 1) / Float(state.steps))
    let again = now > 0 ? strength * min(1, (1 - next) / now) : 0
    let still = now < 1 ? (1 - next - again * now) / (1 - now) : 0
    let isMasked = Set(state.masked)
    return state.open.filter { place in
      noise.uniform(step: state.step, place: place) < (isMasked.contains(place) ? still : again)
    }
  }
}
