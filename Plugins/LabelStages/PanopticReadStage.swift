import ImageCodecs
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
        "annotations", default: nil,
        "The JSON file; a relative path is seen from the picture's folder."),
      .string(
        "masks", default: nil,
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
  /// By path of the JSON file, then by stem of a mask's name.
  private let known = Mutex<[String: [String: COCOPanoptic.Annotation]]>([:])

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
      let annotation = try annotation(for: path)
      let folder = PathParts.join(PathParts.folder(of: path), parameters.masks)
      let mask = try LabelledPictures.picture(at: "\(folder)/\(annotation.fileName)")
      guard mask.width == picture.width, mask.height == picture.height else {
        throw StageError(
          .input,
          "the mask is \(mask.width) x \(mask.height), but its picture \(picture.width) x \(picture.height)"
        )
      }
      let ids = try Self.ids(mask)
      let labels = Self.labels(annotation)
      let target = try output.row(index, Int32.self)
      LabelledPictures.pick(placement, width: mask.width, height: mask.height) { place, source in
        guard let label = labels[ids[source]] else { return }
        target[2 * place] = label.category
        target[2 * place + 1] = label.number
      }
    }
  }

  private func annotation(for path: String) throws -> COCOPanoptic.Annotation {
    let file = PathParts.join(PathParts.folder(of: path), parameters.annotations)
    let byStem = try known.withLock { known in
      if let found = known[file] { return found }
      let read = try COCOPanoptic(path: file)
      let found = Dictionary(
        read.annotations.map { (PathParts.stem(of: $0.fileName), $0) }, uniquingKeysWith: { $1 })
      known[file] = found
      return found
    }
    guard let annotation = byStem[PathParts.stem(of: path)] else {
      throw StageError(
        .input,
        "'\(file)' has no annotation whose file_name is '\(PathParts.stem(of: path))' with an ending"
      )
    }
    return annotation
  }

  /// A segment's id for each pixel of a mask.
  static func ids(_ mask: Picture) throws -> [UInt32] {
    guard mask.bits == 8, mask.channels == 3 else {
      throw StageError(
        .input,
        "the mask has \(mask.channels) channels of \(mask.bits) bits; COCO's have 3 of 8")
    }
    let bytes = mask.bytes
    return (0..<(mask.width * mask.height)).map { pixel in
      UInt32(bytes[3 * pixel]) | UInt32(bytes[3 * pixel + 1]) << 8
        | UInt32(bytes[3 * pixel + 2]) << 16
    }
  }

  /// Category and number by id.
  private static func labels(
    _ annotation: COCOPanoptic.Annotation
  ) -> [UInt32: (category: Int32, number: Int32)] {
    var labels: [UInt32: (category: Int32, number: Int32)] = [:]
    for (index, segment) in annotation.segments.enumerated() {
      let number = Int32(index + 1)
      labels[segment.id] = (
        Int32(truncatingIfNeeded: segment.categoryID), segment.isCrowd == 1 ? -number : number
      )
    }
    return labels
  }
}
