import ImageCodecs
import StageSDK
import TensorFiles

/// Reads pictures with the depth maps that lie beside them.
final class DepthReadStage: Stage, Sendable {
  struct Parameters: Decodable {
    let size: Int?
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
    pictures = LabelledPictures(size: parameters.size)
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    let pictures = LabelledPictures(size: parameters.size)
    return [
      "image": TensorShape(
        type: .f32, dimensions: pictures.dimensions(3), semantic: "image.rgb"),
      "depth": TensorShape(
        type: .f32, dimensions: pictures.dimensions(1), semantic: "depth.metres"),
    ]
  }

  func process(_ batch: Batch) throws {
    try pictures.process(batch, labels: ("depth", .f32, 1)) {
      [parameters] index, picture, placement, output in
      let path = batch.item(index).path ?? ""
      let folder = PathParts.join(PathParts.folder(of: path), parameters.folder)
      let map = try DepthMap(
        path: "\(folder)/\(PathParts.stem(of: path))\(parameters.ending)", unit: parameters.unit)
      guard map.width == picture.width, map.height == picture.height else {
        throw StageError(
          .input,
          "the depth map is \(map.width) x \(map.height), but its picture \(picture.width) x \(picture.height)"
        )
      }
      let target = try output.row(index, Float.self)
      LabelledPictures.pick(placement, width: map.width, height: map.height) {
        target[$0] = map.metres[$1]
      }
    }
  }
}

/// A depth map from a file.
struct DepthMap {
  let width: Int
  let height: Int
  /// Row by row; 0 where there is none.
  let metres: [Float]

  /// Reads a map.
  ///
  /// - Parameters:
  ///   - path: A 16-bit grey PNG, or `.npy` of f32.
  ///   - unit: Metres to one step of a PNG's samples.
  /// - Throws: ``StageError`` that blames the item.
  init(path: String, unit: Double) throws {
    if path.hasSuffix(".npy") {
      (width, height, metres) = try Self.array(path)
      return
    }
    let picture = try LabelledPictures.picture(at: path)
    guard picture.channels == 1, picture.bits == 16 else {
      throw StageError(
        .input,
        "'\(path)' has \(picture.channels) channels of \(picture.bits) bits; a depth map is a grey PNG of 16 bits"
      )
    }
    (width, height) = (picture.width, picture.height)
    metres = picture.bytes.withMemoryRebound(to: UInt16.self) { samples in
      samples.map { Float(Double($0) * unit) }
    }
  }

  private static func array(_ path: String) throws -> (Int, Int, [Float]) {
    do {
      let reader = try TensorFileReader(path: path)
      let entry = try reader.entry(nil)
      let sizes =
        entry.shape.last == 1 && entry.shape.count == 3 ? entry.shape.dropLast() : entry.shape[...]
      guard entry.type == .f32, sizes.count == 2 else {
        throw StageError(
          .input,
          "'\(path)' holds \(entry.type.rawValue) of shape \(entry.shape); a depth map is f32 of shape [height, width]"
        )
      }
      var metres = [Float](repeating: 0, count: entry.count)
      try metres.withUnsafeMutableBytes { try reader.read(entry, into: $0) }
      return (sizes[1], sizes[0], metres.map { $0.isFinite && $0 > 0 ? $0 : 0 })
    } catch let error as TensorFileError {
      throw StageError(.input, error.description)
    }
  }
}
