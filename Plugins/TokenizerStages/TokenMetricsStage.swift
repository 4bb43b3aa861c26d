import FoundationEssentials
import StageSDK
import Synchronization
import TensorCore
import Tokenizers

/// Measures how tokens use their codebook: usage, perplexity, bits.
///
/// Source of usage: Mentzer et al. 2023, section 4.2.
final class TokenMetricsStage: Stage, Sendable {
  struct Parameters: Decodable {
    let name: String
    let codebookSize: Int
    let exists: String?

    enum CodingKeys: String, CodingKey { case name, codebookSize = "codebook_size", exists }
  }

  static let descriptor = StageDescriptor(
    id: "token.metrics", version: "1.0.0",
    summary: "Measures codebook usage, perplexity and bits per token over all items.", kind: .sink,
    parameters: [
      .string(
        "name", default: "tokens", isTemplate: true, "Of the file NAME.json with the numbers."),
      .integer(
        "codebook_size", default: nil, range: 2...16_777_216,
        "Different tokens that there are; tokens are 0 and more, below it."),
      .optionalChoice(
        "exists", ["error", "skip", "replace"],
        "What to do about a file of that name from before this job."),
    ],
    inputs: [.anyTensor("tokens", [.i32], semantic: "tokens", "Of one tokenizer.")], reduces: true)

  private let parameters: Parameters
  private let context: StageContext
  private let counted: Mutex<CountedTokens>

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
    counted = Mutex(CountedTokens(codebookSize: parameters.codebookSize))
  }

  func process(_ batch: Batch) throws {
    let tokens = try batch.input("tokens")
    try batch.forEachItem(parallel: false) { index in
      let row = Array(try tokens.row(index, Int32.self))
      if let bad = row.first(where: { !(0..<parameters.codebookSize).contains(Int($0)) }) {
        throw StageError(
          .input,
          "there is a token \(bad); with a 'codebook_size' of \(parameters.codebookSize) tokens are 0 to \(parameters.codebookSize - 1)"
        )
      }
      counted.withLock { $0.add(row) }
    }
  }

  func saveState(to directory: String) throws {
    let data = try JSONEncoder().encode(counted.withLock { $0.saved })
    try data.write(to: URL(filePath: "\(directory)/counts.json"))
  }

  func loadState(from directory: String) throws {
    let data = try Data(contentsOf: URL(filePath: "\(directory)/counts.json"))
    let saved = try JSONDecoder().decode(CountedTokens.Saved.self, from: data)
    counted.withLock { $0.merge(saved) }
  }

  func finish() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let path = try context.outputFile(
      name: "\(parameters.name).json", existing: parameters.exists, role: .table)
    let summary = counted.withLock { $0.summary }
    try (try encoder.encode(summary) + Data("\n".utf8)).write(to: URL(filePath: path))
  }
}

/// Counts of tokens over items.
private struct CountedTokens {
  /// Counts as they outlive a shard: token, count, token, count, … of those that occurred.
  struct Saved: Codable {
    let items: Int
    let pairs: [Int]
  }

  /// What the file says.
  struct Summary: Encodable {
    let items, tokens, codebookSize: Int
    let usage, perplexity, bits, fixedBits: Double

    enum CodingKeys: String, CodingKey {
      case items, tokens, codebookSize = "codebook_size", usage = "codebook_usage", perplexity
      case bits = "bits_per_token", fixedBits = "bits_per_token_of_fixed_length"
    }
  }

  private var items = 0
  private var usage: CodebookUsage

  init(codebookSize: Int) { usage = CodebookUsage(codebookSize: codebookSize) }

  mutating func add(_ tokens: [Int32]) {
    items += 1
    for token in tokens { usage.add(1, of: Int(token)) }
  }

  var saved: Saved {
    Saved(
      items: items,
      pairs: usage.counts.enumerated().flatMap { $1 > 0 ? [$0, $1] : [] })
  }

  mutating func merge(_ saved: Saved) {
    items += saved.items
    for index in stride(from: 0, to: saved.pairs.count, by: 2) {
      usage.add(saved.pairs[index + 1], of: saved.pairs[index])
    }
  }

  var summary: Summary {
    Summary(
      items: items, tokens: usage.total, codebookSize: usage.counts.count, usage: usage.usage,
      perplexity: usage.perplexity, bits: usage.entropy,
      fixedBits: usage.fixedLengthBits)
  }
}
