import Autograd
package import TensorCore

/// How often the vectors of a codebook were the nearest lately, and what is done about those that hardly ever are.
///
/// Sources: van den Oord et al. 2017, appendix A.1 (moving averages); Kolesnikov et al. 2022, "UViM", section 3.1
/// (splitting); Dhariwal et al. 2020, "Jukebox", section 3.1 (reseeding).
package final class CodebookUpkeep {
  private let quantizer: VectorQuantizer
  private let settings: VectorQuantizerSettings
  /// Of how often a vector is the nearest, as a share of all latents.
  private var shares: [Float]
  /// Of the sums of latents that a vector is the nearest of, (codes, width).
  private var sums: [Float]
  /// Of the moving averages of use when vectors themselves follow a loss.
  private static let usualDecay: Float = 0.99

  /// Starts with every vector used alike.
  package init(_ quantizer: VectorQuantizer, _ settings: VectorQuantizerSettings) {
    self.quantizer = quantizer
    self.settings = settings
    let share = 1 / Float(quantizer.codes)
    shares = [Float](repeating: share, count: quantizer.codes)
    sums = quantizer.codebook.value.floats.map { $0 * share }
  }

  /// What a later run needs to go on.
  package var state: [String: Tensor] {
    [
      "shares": Tensor([shares.count], shares),
      "sums": Tensor([quantizer.codes, quantizer.width], sums),
    ]
  }

  /// Goes on from what an earlier run left.
  package func restore(_ state: [String: Tensor]) {
    if let saved = state["shares"] { shares = saved.floats }
    if let saved = state["sums"] { sums = saved.floats }
  }

  /// Takes in a step's latents and their vectors, and mends the codebook as the settings say.
  ///
  /// - Parameters:
  ///   - latents: (rows, width).
  ///   - indices: i32, (rows).
  ///   - random: For reseeding and splitting.
  package func update(_ latents: Tensor, _ indices: Tensor, random: inout CounterRandom) {
    let width = quantizer.width
    let decay = settings.averageDecay ?? Self.usualDecay
    let numbers = indices.integers
    let share = (1 - decay) / Float(max(1, numbers.count))
    for index in shares.indices { shares[index] *= decay }
    for index in sums.indices { sums[index] *= decay }
    latents.withFloats { latents in
      for (row, number) in numbers.enumerated() {
        shares[Int(number)] += share
        let start = Int(number) * width
        for column in 0..<width { sums[start + column] += share * latents[row * width + column] }
      }
    }
    var vectors = quantizer.codebook.value.floats
    var isChanged = settings.averageDecay != nil
    if settings.averageDecay != nil { follow(&vectors) }
    if let limit = settings.splitBelow { isChanged = split(&vectors, limit, &random) || isChanged }
    if let limit = settings.reseedBelow {
      isChanged = reseed(&vectors, limit, latents, &random) || isChanged
    }
    if isChanged { quantizer.codebook.value = Tensor(quantizer.codebook.value.shape, vectors) }
  }

  /// Moves vectors to the averages of their latents; those that have had none stay.
  private func follow(_ vectors: inout [Float]) {
    let width = quantizer.width
    for code in shares.indices where shares[code] > 1e-7 {
      for column in 0..<width {
        vectors[code * width + column] = sums[code * width + column] / shares[code]
      }
    }
  }

  /// Gives half of the most used vector's latents to the least used one, as long as one is used too little.
  private func split(
    _ vectors: inout [Float], _ limit: Float, _ random: inout CounterRandom
  ) -> Bool {
    let least = limit / Float(shares.count)
    var isChanged = false
    for _ in shares.indices {
      guard let rare = shares.indices.min(by: { shares[$0] < shares[$1] }),
        let often = shares.indices.max(by: { shares[$0] < shares[$1] }), rare != often,
        shares[rare] < least
      else { break }
      let half = (shares[often] + shares[rare]) / 2
      (shares[often], shares[rare]) = (half, half)
      for column in 0..<quantizer.width {
        let (from, to) = (often * quantizer.width + column, rare * quantizer.width + column)
        vectors[to] = vectors[from] * (0.999 + 0.002 * random.uniform())
        sums[from] = vectors[from] * half
        sums[to] = vectors[to] * half
      }
      isChanged = true
    }
    return isChanged
  }

  /// Puts vectors that are hardly used where latents are.
  private func reseed(
    _ vectors: inout [Float], _ limit: Float, _ latents: Tensor, _ random: inout CounterRandom
  ) -> Bool {
    let (width, rows) = (quantizer.width, latents.shape[0])
    let even = 1 / Float(shares.count)
    var isChanged = false
    latents.withFloats { latents in
      for code in shares.indices where shares[code] < limit * even {
        let row = Int(random.next() % UInt64(rows))
        shares[code] = even
        for column in 0..<width {
          vectors[code * width + column] = latents[row * width + column]
          sums[code * width + column] = even * latents[row * width + column]
        }
        isChanged = true
      }
    }
    return isChanged
  }
}
