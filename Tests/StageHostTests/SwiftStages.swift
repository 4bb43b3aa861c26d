import CStageABI
import FoundationEssentials
import StageHost
import StageSDK

/// A plugin of small Swift stages that is linked into the tests.
enum SwiftStages {
  static let path = "swift stages"

  static func load() throws(StageLibraryError) -> StageLibrary {
    try StageLibrary.greet(
      { hostMinor, why in
        StageModule.export(
          id: "org.lattice.test", version: "1.2.3", vendor: "Lattice", license: "Apache-2.0",
          stages: [ScaleStage.self, TotalStage.self, FailStage.self, ServicesStage.self],
          hostMinor: hostMinor, why: why)
      }, at: path)
  }
}

/// Multiplies pictures; an item with a value below 0 fails alone.
final class ScaleStage: Stage {
  struct Parameters: Decodable {
    var factor: Double
    var word: String?
  }

  private struct Note: Codable {
    var largest: Float
    var seed: UInt64
    var from: String?
  }

  static let descriptor = StageDescriptor(
    id: "test.scale", version: "1.0.0", summary: "Multiplies pictures.", kind: .map,
    parameters: [
      .number("factor", default: 2, range: 0...4, "What to multiply by."),
      .optionalString("word", "Nothing."),
    ], inputs: [.tensor("image", [.f32], ["N", "H", "W", "C"], "Pictures.")],
    outputs: [.tensor("image", [.f32], ["N", "H", "W", "C"], semantic: "image", "Scaled ones.")],
    preferredBatch: 4, isParallel: true)

  private let factor: Float

  init(parameters: Parameters, context: StageContext) throws {
    factor = Float(parameters.factor)
  }

  func process(_ batch: Batch) throws {
    let input = try batch.input("image")
    let output = try batch.output("image", input.type, shape: input.shape)
    try batch.forEachItem { [factor] index in
      let row = try input.row(index, Float.self)
      let item = batch.item(index)
      if let bad = row.firstIndex(where: { $0 < 0 }) {
        throw StageError(.input, "value \(bad) of item \(item.number) is below 0")
      }
      let scaled = try output.row(index, Float.self)
      for position in row.indices { scaled[position] = row[position] * factor }
      let before = try item.metadata(as: [String: String].self)
      try batch.setMetadata(
        index, Note(largest: scaled.max() ?? 0, seed: item.seed, from: before["from"]))
    }
  }
}

/// Adds up all values of the job, shard by shard, and writes the sum.
final class TotalStage: Stage {
  struct Parameters: Decodable {}

  static let descriptor = StageDescriptor(
    id: "test.total", version: "1.0.0", summary: "Adds up.", kind: .sink,
    inputs: [.anyTensor("values", [.f32, .f64], "Numbers.")], reduces: true)

  private let context: StageContext
  private var total = 0.0

  init(parameters: Parameters, context: StageContext) throws { self.context = context }

  func process(_ batch: Batch) throws {
    for value in try batch.input("values").bind(Float.self) { total += Double(value) }
  }

  func saveState(to directory: String) throws {
    try Data("\(total)".utf8).write(to: URL(filePath: "\(directory)/total"))
  }

  func loadState(from directory: String) throws {
    let data = try Data(contentsOf: URL(filePath: "\(directory)/total"))
    guard let part = Double(String(decoding: data, as: UTF8.self)) else {
      throw StageError(.internal, "'\(directory)/total' is no number")
    }
    total += part
  }

  func finish() throws {
    context.log(.info, "the total is \(total)")
    _ = try context.outputFile(name: "total.txt", existing: "replace", role: .table)
  }
}

/// Throws what it is told, where it is told.
final class FailStage: Stage {
  struct Parameters: Decodable {
    var code: Int32
    var at: String
  }

  private struct Odd: Error {}

  static let descriptor = StageDescriptor(
    id: "test.fail", version: "1.0.0", summary: "Fails.", kind: .map,
    parameters: [
      .integer("code", default: nil, range: 0...9, "Status; 0 is an error of another type."),
      .choice(
        "at", ["init", "open", "process", "finish", "item", "check"], default: nil, "Where."),
    ])

  private let parameters: Parameters

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    try Self.fail(parameters, "init")
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    try fail(parameters, "check")
    return nil
  }

  func open() throws { try Self.fail(parameters, "open") }
  func finish() throws { try Self.fail(parameters, "finish") }

  func process(_ batch: Batch) throws {
    try Self.fail(parameters, "process")
    try batch.forEachItem(parallel: false) { [parameters] _ in try Self.fail(parameters, "item") }
  }

  private static func fail(_ parameters: Parameters, _ place: String) throws {
    guard parameters.at == place else { return }
    guard let code = StageError.Code(rawValue: parameters.code) else { throw Odd() }
    throw StageError(code, "failed in \(place)", parameter: place == "check" ? "at" : nil)
  }
}

/// Asks the host for everything it has.
final class ServicesStage: Stage {
  struct Parameters: Decodable {}

  static let descriptor = StageDescriptor(
    id: "test.services", version: "1.0.0", summary: "Asks.", kind: .task, needsSeed: true,
    modelSlots: ["weights"])

  private let context: StageContext

  init(parameters: Parameters, context: StageContext) throws { self.context = context }

  func run() throws {
    context.log(.debug, "use is \(context.instanceName)", fields: #"{"b":1,"a":[true]}"#)
    context.log(.warning, "scratch is \(context.temporaryDirectory)")
    context.log(.info, "weights are \(context.modelPath("weights") ?? "none")")
    context.log(.info, "biases are \(context.modelPath("biases") ?? "none")")
    context.progress(3, of: 7, unit: "steps")
    let squares = UnsafeMutableBufferPointer<Int>.allocate(capacity: 100)
    defer { squares.deallocate() }
    let cells = Cells(squares)
    context.parallelFor(100, grain: 7) { range in
      for index in range { cells.pointer[index] = index * index }
    }
    context.log(.info, "sum of squares is \(squares.reduce(0, +)), threads \(context.threadBudget)")
    let path = try context.outputFile(name: "weights.bin")
    context.log(.error, "wrote \(path), cancelled \(context.isCancelled)")
    _ = try context.outputFile(name: "../elsewhere")
  }

  /// Memory whose cells are written by one thread each.
  private struct Cells: @unchecked Sendable {
    let pointer: UnsafeMutableBufferPointer<Int>

    init(_ pointer: UnsafeMutableBufferPointer<Int>) { self.pointer = pointer }
  }
}
