import Glibc
import Metrics
import StageSDK

/// Measures how close colours are to those of references, lightness left out.
final class ColorMetricsStage: Stage, Sendable {
  struct Parameters: Decodable {
    let name: String
    let exists: String?
  }

  static let descriptor = StageDescriptor(
    id: "color.metrics", version: "1.1.0",
    summary:
      "Measures the PSNR of colours, a and b of CIE L*a*b*, against references, beside grey and the best one colour.",
    kind: .sink,
    parameters: [
      .string(
        "name", default: "color-metrics", isTemplate: true,
        "Of the tables NAME.csv, a line for each picture, and NAME.json, means over pictures."),
      .optionalChoice(
        "exists", ["error", "skip", "replace"],
        "What to do about files of that name from before this job."),
    ],
    inputs: [
      .tensor("image", [.f32], ["N", "H", "W", 3], semantic: "image.rgb", "Pictures of 0...1."),
      .tensor(
        "reference", [.f32], ["N", "H", "W", 3], semantic: "image.rgb", "What they should be."),
    ], reduces: true)

  private let parameters: Parameters
  private let context: StageContext
  private let scores = ScoreList<Score>()

  /// What is measured of one picture.
  private struct Score: PictureScore {
    let number: Int
    let id: String
    /// Of the picture; nil where all colours are equal.
    let psnr: Double?
    /// Of the same picture without colours: what is there to be gained.
    let grayPSNR: Double?
    /// What baselines and correlations follow from.
    let colors: ChromaComparison
  }

  /// As it stands in an item's metadata.
  private struct Metadata: Encodable {
    let chromaPSNR: Double?
    enum CodingKeys: String, CodingKey { case chromaPSNR = "chroma_psnr" }
  }

  /// Means over the pictures that have a number, and the PSNR of all pictures taken as one; the same for pictures without
  /// colours and for the one a and b that is least wrong everywhere; how a and b go with those of the references.
  ///
  /// Null where there is none.
  private struct Summary: Encodable {
    let items: Int
    let psnr, grayPSNR, constantPSNR, psnrOfAll, grayPSNROfAll, constantPSNROfAll: OrNull<Double>
    let constantA, constantB, correlationA, correlationB: OrNull<Double>
    enum CodingKeys: String, CodingKey {
      case items, psnr = "chroma_psnr", grayPSNR = "chroma_psnr_of_gray"
      case constantPSNR = "chroma_psnr_of_constant"
      case psnrOfAll = "chroma_psnr_of_all", grayPSNROfAll = "chroma_psnr_of_all_gray"
      case constantPSNROfAll = "chroma_psnr_of_all_constant"
      case constantA = "constant_a", constantB = "constant_b"
      case correlationA = "correlation_a", correlationB = "correlation_b"
    }
  }

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  func process(_ batch: Batch) throws {
    let (image, reference) = (try batch.input("image"), try batch.input("reference"))
    try batch.forEachItem { index in
      guard image.shape == reference.shape else {
        throw StageError(
          .input,
          "the picture is \(image.shape.dropFirst()), its reference \(reference.shape.dropFirst())")
      }
      let truth = try reference.row(index, Float.self)
      let item = batch.item(index)
      let psnr = ChromaErrors.peakSignalToNoise(of: try image.row(index, Float.self), to: truth)
      // Infinite for equal colours, but not for colours that are none.
      guard !psnr.isNaN, psnr > -.infinity else {
        throw StageError(
          .input, "the picture or its reference has values that are no finite numbers")
      }
      let score = Score(
        number: item.number, id: item.id, psnr: Self.finite(psnr),
        grayPSNR: Self.finite(
          [Float](repeating: 0.5, count: truth.count).withUnsafeBufferPointer {
            ChromaErrors.peakSignalToNoise(of: $0, to: truth)
          }), colors: ChromaComparison(of: try image.row(index, Float.self), to: truth))
      tell(of: try image.row(index, Float.self), item.id)
      scores.add(score)
      try batch.setMetadata(index, Metadata(chromaPSNR: score.psnr))
    }
  }

  /// Says how many values no picture file holds: they are measured as they are.
  private func tell(of values: UnsafeBufferPointer<Float>, _ item: String) {
    // Half a step of eight bits is what rounding takes anyway.
    let beyond = values.count { !(-1 / 510...1 + 1 / 510).contains($0) }
    guard beyond > 0 else { return }
    context.log(
      .warning,
      "'\(item)': \(beyond) of \(values.count) values are beyond 0 to 1; they are measured as they are, though written pictures would have them cut"
    )
  }

  private static func finite(_ decibels: Double) -> Double? {
    decibels.isFinite ? decibels : nil
  }

  func saveState(to directory: String) throws { try scores.save(to: directory) }

  func loadState(from directory: String) throws { try scores.load(from: directory) }

  func finish() throws {
    let sorted = scores.sorted
    let all = ChromaComparison.mean(of: sorted.map(\.colors))
    let best = (a: all?.a.wanted ?? 0, b: all?.b.wanted ?? 0)
    let constants = sorted.map { Self.finite($0.colors.peakSignalToNoise(ofConstant: best)) }
    var table = "item,chroma_psnr_db,chroma_psnr_of_gray_db,chroma_psnr_of_constant_db\n"
    for (score, constant) in zip(sorted, constants) {
      let numbers = [score.psnr, score.grayPSNR, constant].map { $0.map { "\($0)" } ?? "inf" }
      table += "\(CSVField.quoted(score.id)),\(numbers.joined(separator: ","))\n"
    }
    func mean(_ values: [Double]) -> OrNull<Double> { OrNull(meanOf: values) }
    /// That of the mean squared error, to which pictures without an error add none.
    func pooled(_ values: [Double?]) -> OrNull<Double> {
      let error = mean(values.map { $0.map { pow(10, -$0 / 10) } ?? 0 }).value
      return OrNull(error.flatMap { Self.finite(-10 * log10($0)) })
    }
    let summary = Summary(
      items: sorted.count, psnr: mean(sorted.compactMap(\.psnr)),
      grayPSNR: mean(sorted.compactMap(\.grayPSNR)),
      constantPSNR: mean(constants.compactMap(\.self)), psnrOfAll: pooled(sorted.map(\.psnr)),
      grayPSNROfAll: pooled(sorted.map(\.grayPSNR)), constantPSNROfAll: pooled(constants),
      constantA: OrNull(all?.a.wanted), constantB: OrNull(all?.b.wanted),
      correlationA: OrNull(all?.a.correlation), correlationB: OrNull(all?.b.correlation))
    try ScoreList<Score>.publish(
      table: table, summary: summary, name: parameters.name, existing: parameters.exists, context)
  }
}
