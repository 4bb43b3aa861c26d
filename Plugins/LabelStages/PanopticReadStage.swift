import FoundationEssentials
import ImageCodecs
import LabelFiles
import StageSDK
import Synchronization

/// Reads pictures with COCO panoptic labels: PNG masks, and a JSON file that says what their segments are.
final class PanopticReadStage: Stage, Sendable {
  struct Parameters: Decodable {
    let size: Int?
    let damage: String
    let annotations: String
    let masks: String
    let mismatch: String
    let categories: String?
    let categorySet: CategorySet?

    enum CodingKeys: String, CodingKey {
      case size, damage, annotations, masks, mismatch, categories
      case categorySet = "category_set"
    }
  }

  /// The longest annotations file that is read before a run, in bytes; the time of a check is bounded.
  private static let longestChecked = 64 << 20

  static let descriptor = StageDescriptor(
    id: "panoptic.read", version: "1.1.0",
    summary: "Reads pictures and their COCO panoptic labels.", kind: .source,
    parameters: LabelledPictures.parameters + [
      .pathBesideItems(
        "annotations", default: "panoptic.json",
        "The JSON file of a data set or of results; a relative path is seen from the picture's folder."
      ),
      .pathBesideItems(
        "masks", default: "panoptic",
        "The folder of the PNG masks that the JSON file names; a relative path is seen from the picture's folder."
      ),
      .choice(
        "mismatch", PanopticMasks.Mismatch.allCases.map(\.rawValue), default: "error",
        "What to do where mask and JSON file don't have the same segments: fail the picture; take what one lacks for void and say so in the log; or count segments of the truth without pixels, which come out at 'absent', as missed."
      ),
      .optionalPath(
        "categories",
        "A JSON file with the 'categories' of an annotations file that lists none, as results do; without it their ids are numbers."
      ),
      CategorySet.parameter("A known list in place of 'categories'"),
    ],
    inputs: [.file("file", "The picture, PNG or JPEG.")],
    outputs: [
      .tensor("image", [.f32], ["N", "H", "W", 3], semantic: "image.rgb", "Pixels of 0...1."),
      .tensor(
        "panoptic", [.i32], ["N", "H", "W", 2], semantic: "panoptic.ids",
        "Number of the category, without gaps in the order of the file's ids, and of the segment, from 1 on; 0 and 0 for void; negative numbers for crowds. Categories count from 1 on, or from 0 on where the lowest id is 0."
      ),
      .tensor(
        "absent", [.i32], ["N", "K", 2], semantic: "panoptic.absent",
        "With 'mismatch: count', category and number of segments without pixels, for panoptic.metrics; the rest is 0."
      ),
    ], isParallel: true)

  private let parameters: Parameters
  private let context: StageContext
  private let mismatch: PanopticMasks.Mismatch
  private let pictures: LabelledPictures
  /// Of files that list none.
  private let categories: [PanopticAnnotations.Category]
  /// By path of the JSON file.
  private let known = Mutex<[String: PanopticMasks]>([:])

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
    mismatch = PanopticMasks.Mismatch(rawValue: parameters.mismatch) ?? .error
    pictures = LabelledPictures(
      size: parameters.size, damage: parameters.damage, context: context)
    categories = try Self.categories(parameters)
  }

  private static func categories(
    _ parameters: Parameters
  ) throws -> [PanopticAnnotations.Category] {
    if let set = parameters.categorySet {
      guard parameters.categories == nil else {
        throw StageError(
          .config, "'category_set' stands in place of 'categories'; give one or the other",
          parameter: "category_set")
      }
      return set.numbers.categories
    }
    guard let path = parameters.categories else { return [] }
    do throws(LabelFileError) {
      return try PanopticAnnotations.categories(path: path)
    } catch { throw StageError(.config, error.description, parameter: "categories") }
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    try check(parameters)
    _ = try categories(parameters)
    return [
      "image": TensorShape(
        type: .f32, dimensions: LabelledPictures.dimensions(parameters.size, 3),
        semantic: "image.rgb"),
      "panoptic": TensorShape(
        type: .i32, dimensions: LabelledPictures.dimensions(parameters.size, 2),
        semantic: "panoptic.ids"),
      "absent": TensorShape(
        type: .i32, dimensions: [-1, parameters.mismatch == "count" ? -1 : 1, 2],
        semantic: "panoptic.absent"),
    ]
  }

  /// Reads the files that absolute paths name, so that what is wrong with them is told before anything runs.
  private static func check(_ parameters: Parameters) throws {
    if parameters.annotations.hasPrefix("/") {
      let size = try? FileManager.default.attributesOfItem(atPath: parameters.annotations)[.size]
      if let size = size as? Int, size > longestChecked { return }
      do throws(LabelFileError) {
        _ = try PanopticAnnotations(path: parameters.annotations)
      } catch { throw StageError(.config, error.description, parameter: "annotations") }
    }
    var isFolder = false
    if parameters.masks.hasPrefix("/"),
      !FileManager.default.fileExists(atPath: parameters.masks, isDirectory: &isFolder) || !isFolder
    {
      throw StageError(.config, "there is no folder '\(parameters.masks)'", parameter: "masks")
    }
  }

  func process(_ batch: Batch) throws {
    let absent = Mutex<[Int: [Int32]]>([:])
    try pictures.process(batch, labels: ("panoptic", .i32, 2)) {
      [self] index, picture, placement, output in
      let path = batch.item(index).path ?? ""
      let labels = try labels(of: path, picture, placement)
      if let mismatch = labels.mismatch {
        context.log(.warning, "'\(batch.item(index).id)': \(mismatch.description); it is left out")
      }
      if !labels.absent.isEmpty { absent.withLock { $0[index] = labels.absent } }
      _ = try output.row(index, Int32.self).update(fromContentsOf: labels.values)
    }
    let found = absent.withLock { $0 }
    let most = max(1, (found.values.map(\.count).max() ?? 0) / 2)
    let output = try batch.output("absent", .i32, shape: [batch.count, most, 2])
    for (index, values) in found {
      _ = try output.row(index, Int32.self).update(fromContentsOf: values)
    }
  }

  private func labels(
    of path: String, _ picture: Picture, _ placement: PictureFit.Placement
  ) throws -> PanopticMasks.Labels {
    try LabelledPictures.reading {
      do {
        return try masks(for: path).labels(of: path, picture, placement, mismatch: mismatch)
      } catch let error as LabelFileError {
        guard case .absent = error else { throw error }
        throw StageError(
          .input,
          "\(error.description); to count it as missed, say 'mismatch: count' and give 'absent' to panoptic.metrics"
        )
      }
    }
  }

  private func masks(for path: String) throws -> PanopticMasks {
    let folder = PathParts.folder(of: path)
    let file = PathParts.join(folder, parameters.annotations)
    return try known.withLock { known in
      if let found = known[file] { return found }
      let read = try PanopticMasks(
        annotations: file, masks: PathParts.join(folder, parameters.masks),
        categories: categories)
      if read.annotations.categories.isEmpty, categories.isEmpty {
        context.log(
          .warning,
          "'\(file)' lists no categories, so their ids are taken for numbers; where ids have gaps, say what they are with 'categories' or 'category_set'"
        )
      }
      known[file] = read
      return read
    }
  }
}
