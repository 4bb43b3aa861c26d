import Autograd
import Checkpoints
import Distributions
import FeatureNetworks
import FoundationEssentials
import Kernels
import ModelFiles
import PictureSets
import StageSDK
import Synchronization
import TensorCore
import TensorFiles

/// Measures how far a set of pictures is from a set of real ones, by what a classifier of photos sees in them.
///
/// The Fréchet distance here is on features of EfficientNet-Lite0: its numbers are not those of an FID, which uses
/// another network.
final class DistributionStage: Stage {
  struct Parameters: Decodable {
    let name: String
    let reference: String?
    let referenceCount: Int
    let neighbour: Int
    let exists: String?

    enum CodingKeys: String, CodingKey {
      case name, reference, referenceCount = "reference_count", neighbour, exists
    }
  }

  static let descriptor = StageDescriptor(
    id: "distribution.metrics", version: "1.1.0",
    summary:
      "Measures the Fréchet and kernel distance, precision and recall of a set of pictures on EfficientNet-Lite0 features.",
    kind: .sink,
    parameters: [
      .string(
        "name", default: "distribution", isTemplate: true, "Of the file NAME.json with the numbers."
      ),
      .optionalPath(
        "reference", "A packed set of real pictures, if they don't come in at the port 'reference'."
      ),
      .integer(
        "reference_count", default: 5000, range: 5...1_000_000,
        "Pictures of the packed set that are used, from the first on."),
      .integer(
        "neighbour", default: 3, range: 1...100,
        "Which nearest neighbour precision and recall reach to."),
      .optionalChoice(
        "exists", ["error", "skip", "replace"],
        "What to do about a file of that name from before this job."),
    ],
    inputs: [
      .tensor(
        "image", [.f32], ["N", "H", "W", .fixed(3)], semantic: "image.rgb",
        "Pictures that were made."),
      .tensor(
        "reference", [.f32], ["N", "h", "w", .fixed(3)], semantic: "image.rgb",
        "Real pictures, as many.",
        optional: true),
    ], reduces: true, modelSlots: ["model"])

  private let parameters: Parameters
  private let context: StageContext
  private var network: PictureFeatures?
  /// Features by the number of the item, of made and of real pictures.
  private let made = Mutex<[Int: [Float]]>([:])
  private let real = Mutex<[Int: [Float]]>([:])

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  func open() throws { network = try PictureFeatures(context) }

  func process(_ batch: Batch) throws {
    let network = try opened()
    let numbers = (0..<batch.count).map { batch.item($0).number }
    let rows = try network.rows(of: try batch.input("image"))
    made.withLock { made in for (number, row) in zip(numbers, rows) { made[number] = row } }
    guard let reference = try batch.optionalInput("reference") else { return }
    let real = try network.rows(of: reference)
    self.real.withLock { known in for (number, row) in zip(numbers, real) { known[number] = row } }
  }

  func saveState(to directory: String) throws {
    for (name, features) in [("made", made.withLock { $0 }), ("real", real.withLock { $0 })] {
      try SavedFeatures.write(features, to: "\(directory)/\(name).safetensors")
    }
  }

  func loadState(from directory: String) throws {
    let (made, real) = (
      try SavedFeatures.read("\(directory)/made.safetensors"),
      try SavedFeatures.read("\(directory)/real.safetensors")
    )
    self.made.withLock { $0.merge(made) { $1 } }
    self.real.withLock { $0.merge(real) { $1 } }
  }

  func finish() throws {
    let made = Self.joined(self.made.withLock { $0 })
    var real = Self.joined(self.real.withLock { $0 })
    if real.isEmpty { real = try packed() }
    let width = EfficientNetLite0.featureWidth
    let least = max(KernelDistance.least, parameters.neighbour + 1)
    guard made.count / width >= least, real.count / width >= least else {
      throw StageError(
        .input,
        "\(made.count / width) pictures can't be compared with \(real.count / width); each set needs at least \(least)"
      )
    }
    warnOfFew(min(made.count, real.count) / width, width)
    let statistics = FeatureStatistics(made, width: width)
    guard
      let distance = statistics.frechetDistance(to: FeatureStatistics(real, width: width))
    else {
      throw StageError(.internal, "the decomposition of the covariances did not converge")
    }
    let overlap = PrecisionAndRecall(
      made: made, real: real, width: width, neighbour: parameters.neighbour)
    let kernel = KernelDistance(made: made, real: real, width: width)
    let summary = Summary(
      frechet: distance, kernel: kernel.value, kernelError: kernel.standardError,
      precision: overlap.precision, recall: overlap.recall,
      pictures: made.count / width, references: real.count / width)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let path = try context.outputFile(
      name: "\(parameters.name).json", existing: parameters.exists, role: .table)
    try (try encoder.encode(summary) + Data("\n".utf8)).write(to: URL(filePath: path))
  }

  func close() { network = nil }

  /// A covariance of fewer vectors than it has dimensions is mostly chance, and the Fréchet distance far too great.
  private func warnOfFew(_ count: Int, _ width: Int) {
    guard count < 2 * width else { return }
    context.log(
      .warning,
      "the Fréchet distance of \(count) pictures is too great: on \(width) features it wants at least \(2 * width) of each set; the kernel distance has no such bias"
    )
  }

  /// What the file says.
  private struct Summary: Encodable {
    let frechet, kernel, kernelError, precision, recall: Double
    let pictures, references: Int

    enum CodingKeys: String, CodingKey {
      case frechet = "frechet_distance_efficientnet_lite0", precision, recall, pictures
      case kernel = "kernel_distance_efficientnet_lite0"
      case kernelError = "kernel_distance_standard_error"
      case references = "reference_pictures"
    }
  }

  private func opened() throws -> PictureFeatures {
    guard let network else { throw StageError(.internal, "the model is not open") }
    return network
  }

  private func packed() throws -> [Float] {
    guard let path = parameters.reference else {
      throw StageError(
        .config, "there is nothing to compare with: connect 'reference', or name a packed set",
        parameter: "reference")
    }
    let network = try opened()
    do {
      let set = try PackedPictures.read(path)
      for picture in set.damaged {
        context.log(
          .warning, "\(picture.name) is kept as far as it can be shown: \(picture.reason)")
      }
      var features: [Float] = []
      for number in 0..<min(set.count, parameters.referenceCount) {
        if context.isCancelled { throw StageError(.cancelled, "stopped") }
        let side = min(set.entries[number].height, set.entries[number].width)
        var random = CounterRandom(seed: 0)
        let image = PictureBatch(side: side, crop: .centre).images(
          [number], of: set, random: &random)
        features += try network.rows(of: image).flatMap(\.self)
        context.progress(
          number + 1, of: min(set.count, parameters.referenceCount), unit: "references")
      }
      return features
    } catch let error as StageError {
      throw error
    } catch {
      throw StageError(.config, "\(error)", parameter: "reference")
    }
  }

  /// In the order of items, so that sums don't depend on shards.
  private static func joined(_ features: [Int: [Float]]) -> [Float] {
    features.sorted { $0.key < $1.key }.flatMap(\.value)
  }
}
