import FoundationEssentials
import StageSDK
import Synchronization

/// What a metrics stage measured of one picture.
protocol PictureScore: Codable, Sendable {
  /// The item's place in the job.
  var number: Int { get }
}

/// The scores of a job's pictures: gathered from batches and shards, and written in the order of items.
final class ScoreList<Score: PictureScore>: Sendable {
  private let scores = Mutex<[Score]>([])

  func add(_ score: Score) { scores.withLock { $0.append(score) } }

  /// In the order of items.
  var sorted: [Score] { scores.withLock { $0.sorted { $0.number < $1.number } } }

  /// Writes them to a folder of saved state.
  func save(to directory: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try Self.write(try encoder.encode(sorted), to: "\(directory)/scores.json")
  }

  /// Adds those of a folder of saved state.
  func load(from directory: String) throws {
    let data = try Data(contentsOf: URL(filePath: "\(directory)/scores.json"))
    let loaded = try JSONDecoder().decode([Score].self, from: data)
    scores.withLock { $0 += loaded }
  }

  /// Writes NAME.csv, a line for each picture, and NAME.json, a summary.
  static func publish(
    table: String, summary: some Encodable, name: String, existing: String?,
    _ context: StageContext
  ) throws {
    func output(_ ending: String) throws -> String {
      try context.outputFile(name: name + ending, existing: existing, role: .table)
    }
    try write(Data(table.utf8), to: try output(".csv"))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try write(try encoder.encode(summary) + Data("\n".utf8), to: try output(".json"))
  }

  private static func write(_ data: Data, to path: String) throws {
    try data.withUnsafeBytes { try OutputBytes.write($0, to: path) }
  }
}
