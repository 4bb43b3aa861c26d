import FoundationEssentials
import Glibc
import Metrics
import StageSDK
import Synchronization

/// Measures how much of a codebook tokens use, and how many tokens are as they should be.
final class TokenMetricsStage: Stage, Sendable {
  struct Parameters: Decodable {
    let codebook: Int
    let name: String
    let exists: String?
  }

  static let descriptor = StageDescriptor(
    id: "tokens.metrics", version: "1.1.0",
    summary: "Measures codebook usage, entropy and, against references, accuracy of tokens.",
    kind: .sink,
    parameters: [
      .integer("codebook", default: nil, range: 1...1 << 24, "Codes there are."),
      .string(
        "name", default: "token-metrics", isTemplate: true,
        "Of the file NAME.json with the numbers."),
      .optionalChoice(
        "exists", ["error", "skip", "replace"],
        "What to do about a file of that name from before this job."),
    ],
    inputs: [
      .anyTensor(
        "tokens", [.i32], "Tokens of 0 and on, below 'codebook'; others are counted as 'outside'."),
      .anyTensor("reference", [.i32], "What they should be.", optional: true),
    ], reduces: true)

  private let parameters: Parameters
  private let context: StageContext
  private let tally = Mutex(Tally())

  /// What was counted so far.
  private struct Tally {
    /// By code; of those that came up.
    var counts: [Int32: Int] = [:]
    /// Tokens that are no codes.
    var outside = 0
    var compared = 0
    var equal = 0
  }

  /// The same as it is saved: pairs of a code and its count, in order.
  private struct SavedTally: Codable {
    let counts: [[Int]]
    let outside: Int?
    let compared, equal: Int
  }

  /// What the file says; null where there was no token to measure.
  private struct Summary: Encodable {
    let tokens, outside, codebook, used: Int
    /// The share of codes that came up.
    let usage: OrNull<Double>
    /// Bits of a token by how often codes came up, and 2 to the power of that.
    let entropy, perplexity: OrNull<Double>
    /// Of the most bits that a codebook of this size allows, 0...1.
    let entropy_share: OrNull<Double>
    /// The share of tokens that equal their reference.
    let accuracy: OrNull<Double>
  }

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  func process(_ batch: Batch) throws {
    let tokens = try batch.input("tokens")
    let reference = try batch.optionalInput("reference")
    try batch.forEachItem(parallel: false) { index in
      let row = try tokens.row(index, Int32.self)
      let wanted = try reference?.row(index, Int32.self)
      guard wanted?.count ?? row.count == row.count else {
        throw StageError(
          .input, "there are \(row.count) tokens, but \(wanted?.count ?? 0) in the reference")
      }
      tally.withLock { tally in
        for token in row {
          guard token >= 0, Int(token) < parameters.codebook else {
            tally.outside += 1
            continue
          }
          tally.counts[token, default: 0] += 1
        }
        guard let wanted else { return }
        tally.compared += row.count
        tally.equal += zip(row, wanted).count { $0 == $1 }
      }
    }
  }

  func saveState(to directory: String) throws {
    let tally = tally.withLock { $0 }
    let saved = SavedTally(
      counts: tally.counts.sorted { $0.key < $1.key }.map { [Int($0.key), $0.value] },
      outside: tally.outside, compared: tally.compared, equal: tally.equal)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try write(try encoder.encode(saved), to: "\(directory)/tally.json")
  }

  func loadState(from directory: String) throws {
    let data = try Data(contentsOf: URL(filePath: "\(directory)/tally.json"))
    let other = try JSONDecoder().decode(SavedTally.self, from: data)
    tally.withLock { tally in
      for pair in other.counts where pair.count == 2 {
        tally.counts[Int32(truncatingIfNeeded: pair[0]), default: 0] += pair[1]
      }
      tally.outside += other.outside ?? 0
      tally.compared += other.compared
      tally.equal += other.equal
    }
  }

  func finish() throws {
    let tally = tally.withLock { $0 }
    let tokens = tally.counts.values.reduce(0, +)
    let shares = tally.counts.sorted { $0.key < $1.key }.map { Double($0.value) / Double(tokens) }
    let entropy = shares.reduce(0) { $0 - $1 * log2($1) }
    func measured(_ value: Double) -> OrNull<Double> { OrNull(tokens > 0 ? value : nil) }
    if tally.outside > 0 {
      context.log(
        .warning,
        "\(tally.outside) of \(tokens + tally.outside) tokens are no codes of 0...\(parameters.codebook - 1); they are left out"
      )
    }
    let summary = Summary(
      tokens: tokens, outside: tally.outside, codebook: parameters.codebook, used: shares.count,
      usage: measured(Double(shares.count) / Double(parameters.codebook)),
      entropy: measured(entropy), perplexity: measured(exp2(entropy)),
      entropy_share: measured(
        parameters.codebook > 1 ? entropy / log2(Double(parameters.codebook)) : 0),
      accuracy: OrNull(
        tally.compared > 0 ? Double(tally.equal) / Double(tally.compared) : nil))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let path = try context.outputFile(
      name: "\(parameters.name).json", existing: parameters.exists, role: .table)
    try write(try encoder.encode(summary) + Data("\n".utf8), to: path)
  }

  private func write(_ data: Data, to path: String) throws {
    try data.withUnsafeBytes { try OutputBytes.write($0, to: path) }
  }
}
