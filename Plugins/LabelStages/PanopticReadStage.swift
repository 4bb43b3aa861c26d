import FoundationEssentials
import ImageCodecs
import LabelFiles
import StageSDK
import Synchronization

/// Reads pictures with COCO panoptic labels: PNG masks, and a JSON file that says what their segments are.
final class PanopticReadStage: Stage, Sendable {
  struct Parameters: Decodable {
    let size: Int?
    let annotations: String
    let masks: String
    let mismatch: String
  }

  /// The longest annotations file that is read before a run, in bytes; the time of a check is bounded.
  private static let longestChecked = 64 << 20

  static let descriptor = StageDescriptor(
    id: "panoptic.read", version: "1.0.0",
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
        "What to do where mask and JSON file don't have the same segments: fail the picture, or take what one lacks for void and say so in the log."
      ),
    ],
    inputs: [.file("file", "The picture, PNG or JPEG.")],
    outputs: [
      .tensor("image", [.f32], ["N", "H", "W", 3], semantic: "image.rgb", "Pixels of 0...1."),
      .tensor(
        "panoptic", [.i32], ["N", "H", "W", 2], semantic: "panoptic.ids",
        "Category and number of the segment, from 1 on; 0 and 0 for void; negative numbers for crowds."
      ),
    ], isParallel: true)

  private let parameters: Parameters
  private let context: StageContext
  private let mismatch: PanopticMasks.Mismatch
  private let pictures: LabelledPictures
  /// By path of the JSON file.
  private let known = Mutex<[String: PanopticMasks]>([:])

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
    mismatch = PanopticMasks.Mismatch(rawValue: parameters.mismatch) ?? .error
    pictures = LabelledPictures(size: parameters.size, context: context)
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    try check(parameters)
    return [
      "image": TensorShape(
        type: .f32, dimensions: LabelledPictures.dimensions(parameters.size, 3),
        semantic: "image.rgb"),
      "panoptic": TensorShape(
        type: .i32, dimensions: LabelledPictures.dimensions(parameters.size, 2),
        semantic: "panoptic.ids"),
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
    try pictures.process(batch, labels: ("panoptic", .i32, 2)) {
      [self] index, picture, placement, output in
      let path = batch.item(index).path ?? ""
      let labels = try LabelledPictures.reading {
        try masks(for: path).labels(of: path, picture, placement, mismatch: mismatch)
      }
      if let mismatch = labels.mismatch {
        context.log(.warning, "'\(batch.item(index).id)': \(mismatch.description); it is left out")
      }
      _ = try output.row(index, Int32.self).update(fromContentsOf: labels.values)
    }
  }

  private func masks(for path: String) throws -> PanopticMasks {
    let folder = PathParts.folder(of: path)
    let file = PathParts.join(folder, parameters.annotations)
    return try known.withLock { known in
      if let found = known[file] { return found }
      let read = try PanopticMasks(
        annotations: file, masks: PathParts.join(folder, parameters.masks))
      known[file] = read
      return read
    }
  }
}
