import Metrics
import StageSDK

/// What is measured of one picture against its reference.
struct PictureScores: PictureScore {
  /// The item's place in the job.
  let number: Int
  /// The item.
  let id: String
  /// The mean of |a - b|.
  let mae: Double
  /// The mean of (a - b)².
  let mse: Double
  /// -1...1; nil for a picture smaller than the window.
  let ssim: Double?

  /// Decibels; nil for equal pictures.
  var psnr: Double? { mse == 0 ? nil : PictureScores.psnr(mse) }

  /// Decibels of a mean squared error above 0.
  static func psnr(_ mse: Double) -> Double { PictureErrors.peakSignalToNoise(meanSquared: mse) }

  /// Measures pictures of shape (height, width, channels).
  init(
    _ item: BatchItem, _ picture: UnsafeBufferPointer<Float>,
    _ reference: UnsafeBufferPointer<Float>,
    height: Int, width: Int, channels: Int
  ) {
    let errors = PictureErrors(of: picture, to: reference)
    number = item.number
    id = item.id
    mae = errors.meanAbsolute
    mse = errors.meanSquared
    ssim =
      min(height, width) < StructuralSimilarity.smallestSide
      ? nil
      : StructuralSimilarity.mean(
        of: picture, to: reference, height: height, width: width, channels: channels)
  }
}

/// The scores of one picture as they stand in its metadata; a member is left out where it has no number.
struct ScoreMetadata: Encodable {
  let psnr: Double?
  let ssim: Double?
  let mae: Double
}

/// The scores of a job; what was measured of no picture is null.
struct ScoreSummary: Encodable {
  struct Spread: Encodable {
    let mean: Double
    let median: Double
    let min: Double
    let max: Double

    init?(_ values: [Double]) {
      let sorted = values.sorted()
      guard let first = sorted.first, let last = sorted.last else { return nil }
      mean = sorted.reduce(0, +) / Double(sorted.count)
      let middle = sorted.count / 2
      median =
        sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
      min = first
      max = last
    }
  }

  /// Pictures that were compared.
  let items: Int
  /// Of those, how many equal their reference exactly; they have no PSNR.
  let identical: Int
  let psnr: OrNull<Spread>
  let ssim: OrNull<Spread>
  let mae: OrNull<Spread>
  /// PSNR of the mean squared error over all pictures; null when all are equal.
  let pooledPSNR: OrNull<Double>

  enum CodingKeys: String, CodingKey {
    case items, identical, psnr, ssim, mae, pooledPSNR = "pooled_psnr"
  }

  init(_ scores: [PictureScores]) {
    items = scores.count
    identical = scores.count { $0.mse == 0 }
    psnr = OrNull(Spread(scores.compactMap(\.psnr)))
    ssim = OrNull(Spread(scores.compactMap(\.ssim)))
    mae = OrNull(Spread(scores.map(\.mae)))
    let mean = scores.map(\.mse).reduce(0, +) / Double(max(1, scores.count))
    pooledPSNR = OrNull(mean == 0 ? nil : PictureScores.psnr(mean))
  }
}
