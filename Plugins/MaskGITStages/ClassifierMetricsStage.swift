import FoundationEssentials
import StageSDK
import Synchronization

/// Counts how many classes of a job's items were told right, in all and by class.
final class ClassifierMetricsStage: Stage, Sendable {
  struct Parameters: Decodable {
    let name: String
    let exists: String?
  }

  static let descriptor = StageDescriptor(
    id: "classifier.metrics", version: "1.0.0",
    summary: "Counts how many classes were told right, in all and by class, as NAME.json.",
    kind: .sink,
    parameters: [
      .string("name", default: "accuracy", isTemplate: true, "Of the file NAME.json."),
      .optionalChoice(
        "exists", ["error", "skip", "replace"],
        "What to do about a file of that name from before this job."),
    ],
    inputs: [
      .tensor("label", [.i32], ["N"], semantic: "label", "The class that was found."),
      .tensor("wanted", [.i32], ["N"], semantic: "label", "The class that is right."),
    ], reduces: true)

  private struct Count: Codable {
    var items = 0
    var right = 0
  }

  private let parameters: Parameters
  private let context: StageContext
  private let counts = Mutex<[Int: Count]>([:])

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? { [:] }

  func process(_ batch: Batch) throws {
    let found = try batch.input("label").bind(Int32.self)
    let wanted = try batch.input("wanted").bind(Int32.self)
    counts.withLock { counts in
      for index in 0..<batch.count {
        counts[Int(wanted[index]), default: Count()].items += 1
        if found[index] == wanted[index] { counts[Int(wanted[index])]?.right += 1 }
      }
    }
  }

  func saveState(to directory: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = try encoder.encode(counts.withLock { $0 })
    try data.write(to: URL(filePath: "\(directory)/counts.json"))
  }

  func loadState(from directory: String) throws {
    let data = try Data(contentsOf: URL(filePath: "\(directory)/counts.json"))
    let part = try JSONDecoder().decode([Int: Count].self, from: data)
    counts.withLock { counts in
      for (label, count) in part {
        counts[label, default: Count()].items += count.items
        counts[label]?.right += count.right
      }
    }
  }

  private struct Summary: Encodable {
    let accuracy: Double
    let items: Int
    let right: Int
    let classes: [String: Double]
  }

  func finish() throws {
    let all = counts.withLock { $0 }
    let (items, right) = all.values.reduce((0, 0)) { ($0.0 + $1.items, $0.1 + $1.right) }
    guard items > 0 else { return context.log(.warning, "nothing to count: all items failed") }
    let shares = all.map { ("\($0)", Double($1.right) / Double($1.items)) }
    let summary = Summary(
      accuracy: Double(right) / Double(items), items: items, right: right,
      classes: Dictionary(uniqueKeysWithValues: shares))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    let path = try context.outputFile(
      name: "\(parameters.name).json", existing: parameters.exists)
    try encoder.encode(summary).write(to: URL(filePath: path))
    context.log(.info, "\(right) of \(items) classes are right")
  }
}
