import FoundationEssentials
import MaskGIT
import StageSDK
import Synchronization

/// Gathers the tokens of all items in one file to train on.
final class PackStage: Stage, Sendable {
  struct Parameters: Decodable {
    let name: String
    let exists: String?
  }

  static let descriptor = StageDescriptor(
    id: "tokens.pack", version: "1.0.0",
    summary: "Gathers the tokens and labels of all items in one .safetensors file to train on.",
    kind: .sink,
    parameters: [
      .string(
        "name", default: "tokens.safetensors", isTemplate: true,
        "The file's name, ending in .safetensors."),
      .optionalChoice(
        "exists", ["error", "skip", "replace"],
        "What to do about a file of that name from before this job."),
    ],
    inputs: [
      .tensor("tokens", [.i32], ["N", "h", "w"], semantic: "tokens", "Codes of a tokenizer."),
      .tensor("label", [.i32], ["N"], "The class; nothing connected for none.", optional: true),
    ], reduces: true)

  private struct Gathered {
    var grid: [Int] = []
    var canvases: [Int: Canvas] = [:]
  }

  private let parameters: Parameters
  private let context: StageContext
  private let gathered = Mutex(Gathered())

  init(parameters: Parameters, context: StageContext) throws {
    guard parameters.name.hasSuffix(".safetensors") else {
      throw StageError(.config, "the name must end in .safetensors", parameter: "name")
    }
    self.parameters = parameters
    self.context = context
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? { [:] }

  func process(_ batch: Batch) throws {
    let tokens = try batch.input("tokens")
    let labels = try batch.optionalInput("label")?.bind(Int32.self)
    let grid = Array(tokens.shape.dropFirst())
    for index in 0..<batch.count {
      let canvas = Canvas(
        tokens: Array(try tokens.row(index, Int32.self)), label: labels.map { Int($0[index]) } ?? -1
      )
      try add(canvas, number: batch.item(index).number, grid)
    }
  }

  private func add(_ canvas: Canvas, number: Int, _ grid: [Int]) throws {
    let known = gathered.withLock { gathered in
      if gathered.grid.isEmpty { gathered.grid = grid }
      if gathered.grid == grid { gathered.canvases[number] = canvas }
      return gathered.grid
    }
    guard known == grid else {
      throw StageError(
        .input,
        "this image has tokens of the grid \(grid), others have \(known); read them at one size")
    }
  }

  func saveState(to directory: String) throws {
    let part = gathered.withLock { $0 }
    guard !part.canvases.isEmpty else { return }
    let order = part.canvases.sorted { $0.key < $1.key }
    try TokenSet(grid: part.grid, canvases: order.map(\.value)).write(
      to: "\(directory)/tokens.safetensors")
    let numbers = order.map { "\($0.key)" }.joined(separator: "\n")
    try Data(numbers.utf8).write(to: URL(filePath: "\(directory)/numbers.txt"))
  }

  func loadState(from directory: String) throws {
    guard let text = FileManager.default.contents(atPath: "\(directory)/numbers.txt") else {
      return
    }
    let numbers = String(decoding: text, as: UTF8.self).split(separator: "\n").compactMap {
      Int($0)
    }
    let set = try TokenSet(path: "\(directory)/tokens.safetensors")
    for (number, canvas) in zip(numbers, set.canvases) {
      try add(canvas, number: number, set.grid)
    }
  }

  func finish() throws {
    let all = gathered.withLock { $0 }
    guard !all.canvases.isEmpty else {
      return context.log(.warning, "no tokens to gather: all items failed")
    }
    let path = try context.outputFile(name: parameters.name, existing: parameters.exists)
    try TokenSet(
      grid: all.grid, canvases: all.canvases.sorted { $0.key < $1.key }.map(\.value)
    ).write(to: path)
  }
}
