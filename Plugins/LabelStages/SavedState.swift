import FoundationEssentials
import StageSDK

/// What stages keep between the shards of a job and its end; the same values give the same bytes.
enum SavedState {
  static func write(_ value: some Encodable, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try (try encoder.encode(value)).withUnsafeBytes { try OutputBytes.write($0, to: path) }
  }

  static func read<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: URL(filePath: path)))
  }
}
