import FoundationEssentials
import Metrics
import StageSDK
import Synchronization

/// Measures depth maps against the truth, each and all together: means over pictures, as is usual for NYU Depth v2.
final class DepthMetricsStage: Stage, Sendable {
  struct Parameters: Decodable {
    let name: String
    let range: [Double]
    let crop: [Int]?
    let exists: String?
  }

  static let descriptor = StageDescriptor(
    id: "depth.metrics", version: "1.0.0",
    summary: "Measures RMSE, relative and log error and deltas of depth maps against the truth.",
    kind: .sink,
    parameters: [
      .string(
        "name", default: "depth-metrics", isTemplate: true,
        "Of the tables NAME.csv, a line for each picture, and NAME.json, means over pictures."),
      .numbers(
        "range", default: [0.001, 10], each: 1e-9...1e6, count: 2...2,
        "Metres; only pixels whose truth lies strictly between count."),
      .optionalIntegers(
        "crop", each: 0...65_536, count: 4...4,
        "First row, end row, first column and end column that count, of the truth; NYU's is [45, 471, 41, 601]."
      ),
      .optionalChoice(
        "exists", ["error", "skip", "replace"],
        "What to do about files of that name from before this job."),
    ],
    inputs: [
      .tensor(
        "depth", [.f32], ["N", "H", "W", 1], semantic: "depth.metres",
        "Predicted; of another size than the truth, it is brought to that by the nearest pixel."),
      .tensor(
        "reference", [.f32], ["N", "H2", "W2", 1], semantic: "depth.metres", "The truth."),
    ], reduces: true)

  private let parameters: Parameters
  private let context: StageContext
  private let scores = Mutex<[DepthScore]>([])

  init(parameters: Parameters, context: StageContext) throws {
    try Self.check(parameters)
    self.parameters = parameters
    self.context = context
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    try check(parameters)
    return [:]
  }

  private static func check(_ parameters: Parameters) throws {
    guard parameters.range[0] < parameters.range[1] else {
      throw StageError(
        .config, "'range' is \(parameters.range), but its first end must be less than its second",
        parameter: "range")
    }
    if let crop = parameters.crop, crop[0] >= crop[1] || crop[2] >= crop[3] {
      throw StageError(
        .config, "'crop' is \(crop), but rows and columns must begin before they end",
        parameter: "crop")
    }
  }

  func process(_ batch: Batch) throws {
    let (depth, reference) = (try batch.input("depth"), try batch.input("reference"))
    try depth.requirePixels("depth")
    try reference.requirePixels("reference")
    let (height, width) = (reference.shape[1], reference.shape[2])
    let crop = parameters.crop ?? [0, height, 0, width]
    guard crop[1] <= height, crop[3] <= width else {
      throw StageError(
        .input, "'crop' is \(crop), but the truth has \(height) rows and \(width) columns")
    }
    try batch.forEachItem { index in
      let predicted = Self.nearest(
        try depth.row(index, Float.self), depth.shape[1], depth.shape[2], to: height, width)
      let truth = Array(try reference.row(index, Float.self))
      let places = (crop[0]..<crop[1]).flatMap { row in
        (crop[2]..<crop[3]).map { row * width + $0 }
      }
      let range = parameters.range[0]...parameters.range[1]
      let (errors, moments) = places.map { predicted[$0] }.withUnsafeBufferPointer { predicted in
        places.map { truth[$0] }.withUnsafeBufferPointer { truth in
          (
            DepthErrors(of: predicted, to: truth, range: range),
            ConstantDepth.Moments(of: truth, range: range)
          )
        }
      }
      if let errors, !errors.rootMeanSquare.isFinite {
        throw StageError(.input, "some of the predicted depths are infinite")
      }
      guard let errors, let moments else {
        throw StageError(
          .input,
          "no pixel of the truth lies between \(parameters.range[0]) and \(parameters.range[1]) m")
      }
      let item = batch.item(index)
      if errors.unpredicted > 0 {
        context.log(
          .warning,
          "'\(item.id)': of \(errors.pixels) pixels with a truth \(errors.unpredicted) have no predicted depth above 0; they count as \(parameters.range[0]) m"
        )
      }
      let score = DepthScore(number: item.number, id: item.id, errors, moments)
      scores.withLock { $0.append(score) }
      try batch.setMetadata(index, DepthScore.Metadata(depth: score))
    }
  }

  /// The pixel whose area holds the middle of each wanted one.
  static func nearest(
    _ values: UnsafeBufferPointer<Float>, _ height: Int, _ width: Int, to rows: Int, _ columns: Int
  ) -> [Float] {
    if height == rows && width == columns { return Array(values) }
    return (0..<(rows * columns)).map { place in
      let y = min(height - 1, (2 * (place / columns) + 1) * height / (2 * rows))
      let x = min(width - 1, (2 * (place % columns) + 1) * width / (2 * columns))
      return values[y * width + x]
    }
  }

  func saveState(to directory: String) throws {
    let sorted = scores.withLock { $0.sorted { $0.number < $1.number } }
    try SavedState.write(sorted, to: "\(directory)/scores.json")
  }

  func loadState(from directory: String) throws {
    let loaded = try SavedState.read([DepthScore].self, "\(directory)/scores.json")
    scores.withLock { $0 += loaded }
  }

  func finish() throws {
    let sorted = scores.withLock { $0.sorted { $0.number < $1.number } }
    var table = "item,rmse,abs_rel,log10,delta1,delta2,delta3\n"
    for score in sorted {
      let values = [score.rmse, score.absRel, score.log10] + score.deltas
      table += "\(CSV.field(score.id)),\(values.map { "\($0)" }.joined(separator: ","))\n"
    }
    try write(Data(table.utf8), to: try output(".csv"))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try write(
      try encoder.encode(DepthSummary(sorted, range: parameters.range[0]...parameters.range[1]))
        + Data("\n".utf8), to: try output(".json"))
  }

  private func output(_ ending: String) throws -> String {
    try context.outputFile(
      name: parameters.name + ending, existing: parameters.exists, role: .table)
  }

  private func write(_ data: Data, to path: String) throws {
    try data.withUnsafeBytes { try OutputBytes.write($0, to: path) }
  }
}

/// What is measured of one depth map.
struct DepthScore: Codable, Sendable {
  let number: Int
  let id: String
  let rmse: Double
  let absRel: Double
  let log10: Double
  let deltas: [Double]
  /// Of the truth.
  let truth: ConstantDepth.Moments

  /// As it stands in an item's metadata.
  struct Metadata: Encodable {
    let depth: DepthScore
  }

  enum CodingKeys: String, CodingKey {
    case number, id, rmse, absRel = "abs_rel", log10, deltas, truth
  }

  init(number: Int, id: String, _ errors: DepthErrors, _ truth: ConstantDepth.Moments) {
    self.truth = truth
    self.number = number
    self.id = id
    rmse = errors.rootMeanSquare
    absRel = errors.absoluteRelative
    log10 = errors.log10
    deltas = errors.deltas
  }
}

/// Means over the pictures of a job; null where there is none.
struct DepthSummary: Encodable {
  let items: Int
  let rmse, absRel, log10: OrNull<Double>
  let delta1, delta2, delta3: OrNull<Double>
  /// Of the one depth that would be least wrong everywhere, and which that is.
  let constantRMSE, constantMetres: OrNull<Double>

  enum CodingKeys: String, CodingKey {
    case items, rmse, absRel = "abs_rel", log10, delta1, delta2, delta3
    case constantRMSE = "constant_rmse", constantMetres = "constant_metres"
  }

  init(_ scores: [DepthScore], range: ClosedRange<Double>) {
    let constant =
      scores.isEmpty ? nil : ConstantDepth.best(of: scores.map(\.truth), range: range)
    constantRMSE = OrNull(constant?.error)
    constantMetres = OrNull(constant?.metres)
    func mean(_ value: (DepthScore) -> Double) -> OrNull<Double> {
      OrNull(meanOf: scores.map(value))
    }
    items = scores.count
    rmse = mean(\.rmse)
    absRel = mean(\.absRel)
    log10 = mean(\.log10)
    delta1 = mean { $0.deltas[0] }
    delta2 = mean { $0.deltas[1] }
    delta3 = mean { $0.deltas[2] }
  }
}

/// Lines of comma-separated values, RFC 4180.
enum CSV {
  /// A field, in quotes where it needs them.
  static func field(_ text: String) -> String {
    // By code points: a return and the newline after it are one character, and so is a quote with an accent on it.
    guard text.unicodeScalars.contains(where: { ",\"\n\r".unicodeScalars.contains($0) }) else {
      return text
    }
    let inner = text.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined()
    return "\"\(inner)\""
  }
}
