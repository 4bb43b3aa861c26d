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
  }

  static let descriptor = StageDescriptor(
    id: "panoptic.read", version: "1.0.0",
    summary: "Reads pictures and their COCO panoptic labels.", kind: .source,
    parameters: LabelledPictures.parameters + [
      .string(
        "annotations", default: "panoptic.json",
        "The JSON file; a relative path is seen from the picture's folder."),
      .string(
        "masks", default: "panoptic",
        "The folder of PNG masks of the pictures' names; a relative path is seen from the picture's folder."
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
  private let pictures: LabelledPictures
  /// By path of the JSON file.
  private let known = Mutex<[String: PanopticMasks]>([:])

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    pictures = LabelledPictures(size: parameters.size)
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    let pictures = LabelledPictures(size: parameters.size)
    return [
      "image": TensorShape(
        type: .f32, dimensions: pictures.dimensions(3), semantic: "image.rgb"),
      "panoptic": TensorShape(
        type: .i32, dimensions: pictures.dimensions(2), semantic: "panoptic.ids"),
    ]
  }

  func process(_ batch: Batch) throws {
    try pictures.process(batch, labels: ("panoptic", .i32, 2)) {
      [self] index, picture, placement, output in
      let path = batch.item(index).path ?? ""
      let labels = try LabelledPictures.reading {
        try masks(for: path).labels(of: path, picture, placement)
      }
      _ = try output.row(index, Int32.self).update(fromContentsOf: labels)
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
