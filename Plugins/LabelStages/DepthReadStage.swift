import ImageCodecs
import LabelFiles
import StageSDK

/// Reads pictures with the depth maps that lie beside them.
final class DepthReadStage: Stage, Sendable {
  struct Parameters: Decodable {
    let size: Int?
    let damage: String
    let folder: String
    let ending: String
    let unit: Double
  }

  static let descriptor = StageDescriptor(
    id: "depth.read", version: "1.0.0",
    summary: "Reads pictures and their depth maps, 16-bit PNG or .npy.", kind: .source,
    parameters: LabelledPictures.parameters + [
      .string(
        "folder", default: ".", "Where a depth map is, as seen from its picture's folder."),
      .string(
        "ending", default: ".depth.png",
        "What its name has in place of the picture's ending: a 16-bit grey .png, or .npy of f32 metres."
      ),
      .number(
        "unit", default: 0.001, range: 1e-9...1e3, "Metres to one step of a PNG's samples."),
    ],
    inputs: [.file("file", "The picture, PNG or JPEG.")],
    outputs: [
      .tensor(
        "image", [.f32], ["N", "H", "W", 3], semantic: "image.rgb", "Pixels of 0...1."),
      .tensor(
        "depth", [.f32], ["N", "H", "W", 1], semantic: "depth.metres", "Metres; 0 where none."),
    ], isParallel: true)

  private let parameters: Parameters
  private let pictures: LabelledPictures

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    pictures = LabelledPictures(
      size: parameters.size, damage: parameters.damage, context: context)
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    [
      "image": TensorShape(
        type: .f32, dimensions: LabelledPictures.dimensions(parameters.size, 3),
        semantic: "image.rgb"),
      "depth": TensorShape(
        type: .f32, dimensions: LabelledPictures.dimensions(parameters.size, 1),
        semantic: "depth.metres"),
    ]
  }

  func process(_ batch: Batch) throws {
    try pictures.process(batch, labels: ("depth", .f32, 1)) {
      [parameters] index, picture, placement, output in
      let map = try LabelledPictures.reading {
        try DepthMap(
          besides: batch.item(index).path ?? "", folder: parameters.folder,
          ending: parameters.ending, unit: parameters.unit, of: picture)
      }
      let target = try output.row(index, Float.self)
      LabelPicture.pick(placement, width: map.width, height: map.height) {
        target[$0] = map.metres[$1]
      }
    }
  }
}
