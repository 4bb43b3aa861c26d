import StageSDK

/// Measures how close pictures are to their references, each and all together.
final class MetricsStage: Stage, Sendable {
  struct Parameters: Decodable {
    let name: String
    let box: [Double]
    let exists: String?
  }

  static let descriptor = StageDescriptor(
    id: "image.metrics", version: "1.0.0",
    summary: "Measures PSNR, SSIM and mean absolute error of pictures against references.",
    kind: .sink,
    parameters: [
      .string(
        "name", default: "metrics", isTemplate: true,
        "Of the tables NAME.csv, a line for each picture, and NAME.json, a summary."),
      .numbers(
        "box", default: [], each: 0...1, count: 0...4,
        "The part that is measured: left, top, width and height as shares; [] for all."),
      .optionalChoice(
        "exists", ["error", "skip", "replace"],
        "What to do about files of that name from before this job."),
    ],
    inputs: [
      .tensor("image", [.f32], ["N", "H", "W", "C"], "Pictures of 0...1."),
      .tensor("reference", [.f32], ["N", "H", "W", "C"], "What they should be."),
    ], reduces: true)

  private let parameters: Parameters
  private let context: StageContext
  private let box: PictureBox?
  private let scores = ScoreList<PictureScores>()

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
    box = try PictureBox(parameters.box)
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    _ = try PictureBox(parameters.box)
    return [:]
  }

  func process(_ batch: Batch) throws {
    let image = try batch.input("image")
    let reference = try batch.input("reference")
    try image.requirePixels("image")
    try batch.forEachItem { index in
      guard image.shape == reference.shape else {
        throw StageError(
          .input,
          "the picture is \(image.shape.dropFirst()), its reference \(reference.shape.dropFirst())")
      }
      let score = score(
        batch.item(index), try image.row(index, Float.self), try reference.row(index, Float.self),
        image.shape)
      guard score.mse.isFinite else {
        throw StageError(
          .input, "the picture or its reference has values that are no finite numbers")
      }
      scores.add(score)
      try batch.setMetadata(
        index, ScoreMetadata(psnr: score.psnr, ssim: score.ssim, mae: score.mae))
    }
  }

  private func score(
    _ item: BatchItem, _ picture: UnsafeBufferPointer<Float>,
    _ reference: UnsafeBufferPointer<Float>, _ shape: [Int]
  ) -> PictureScores {
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    guard let box, height > 0, width > 0 else {
      return PictureScores(
        item, picture, reference, height: height, width: width, channels: channels)
    }
    let parts = [picture, reference].map {
      box.cut($0, height: height, width: width, channels: channels)
    }
    return parts[0].withUnsafeBufferPointer { picture in
      parts[1].withUnsafeBufferPointer { reference in
        PictureScores(
          item, picture, reference, height: box.rows(of: height).count,
          width: box.columns(of: width).count, channels: channels)
      }
    }
  }

  func saveState(to directory: String) throws { try scores.save(to: directory) }

  func loadState(from directory: String) throws { try scores.load(from: directory) }

  func finish() throws {
    let sorted = scores.sorted
    var table = "item,psnr_db,ssim,mae\n"
    for score in sorted {
      let psnr = score.psnr.map { "\($0)" } ?? "inf"
      table +=
        "\(CSVField.quoted(score.id)),\(psnr),\(score.ssim.map { "\($0)" } ?? ""),\(score.mae)\n"
    }
    try ScoreList<PictureScores>.publish(
      table: table, summary: ScoreSummary(sorted), name: parameters.name,
      existing: parameters.exists, context)
  }
}
