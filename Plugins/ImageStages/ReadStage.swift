import ImageCodecs
import StageSDK

/// Reads pictures as f32 of 0...1, upright, at a wanted size.
final class ReadStage: Stage, Sendable {
  struct Parameters: Decodable {
    let size: Int?
    let width: Int?
    let height: Int?
    let fit: String
    let filter: String
    let channels: String
    let background: String
    let damage: String
    let maximumPixels: Int

    enum CodingKeys: String, CodingKey {
      case size, width, height, fit, filter, channels, background, damage
      case maximumPixels = "max_pixels"
    }
  }

  /// What an item's metadata says of a picture that isn't sound.
  private struct Damage: Encodable {
    let damage: String
  }

  static let descriptor = StageDescriptor(
    id: "image.read", version: "1.0.0",
    summary: "Reads PNG and JPEG pictures, upright, resized and cut to one size.", kind: .source,
    parameters: [
      .optionalInteger(
        "size", range: 1...16_384,
        "Pixels across and down; without any size pictures keep their own."),
      .optionalInteger("width", range: 1...16_384, "Pixels across, if not 'size'."),
      .optionalInteger("height", range: 1...16_384, "Pixels down, if not 'size'."),
      .choice(
        "fit", PictureFit.allCases.map(\.rawValue), default: "crop",
        "crop covers the size and cuts evenly, pad adds background, stretch distorts, inside may come out smaller."
      ),
      .choice(
        "filter", ResizeFilter.allCases.map(\.rawValue), default: "bicubic",
        "How pixels are made; all but nearest are antialiased."),
      .choice(
        "channels", ["rgb", "gray"], default: "rgb", "Three channels, or one of luma (BT.601)."),
      .choice(
        "background", ["black", "gray", "white"], default: "white",
        "Under transparent pixels and around padded pictures."),
      .choice(
        "damage", ["keep", "fail"], default: "keep",
        "What to do about a picture of which the data is damaged but something can be shown: keep it and say so in the log, or fail it."
      ),
      .integer(
        "max_pixels", default: 120_000_000, range: 1...2_000_000_000,
        "Pictures that claim more are refused before anything is allocated."),
    ],
    inputs: [.file("file", "A PNG or JPEG file.")],
    outputs: [
      .tensor("image", [.f32], ["N", "H", "W", "C"], semantic: "image", "Pixels of 0...1.")
    ],
    isParallel: true)

  private let parameters: Parameters
  private let context: StageContext
  private let channels: Int
  private let size: (height: Int, width: Int)?
  private let fit: PictureFit
  private let filter: ResizeFilter
  private let background: Float

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
    channels = parameters.channels == "gray" ? 1 : 3
    size = try Self.size(parameters)
    fit = PictureFit(rawValue: parameters.fit) ?? .crop
    filter = ResizeFilter(rawValue: parameters.filter) ?? .bicubic
    background = ["black": 0, "gray": 0.5][parameters.background] ?? 1
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    var sizes = [-1, -1]
    if let size = try size(parameters), parameters.fit != "inside" {
      sizes = [size.height, size.width]
    }
    let isGray = parameters.channels == "gray"
    return [
      "image": TensorShape(
        type: .f32, dimensions: [-1] + sizes + [isGray ? 1 : 3],
        semantic: isGray ? "image.gray" : "image.rgb")
    ]
  }

  func process(_ batch: Batch) throws {
    guard let size, fit != .inside else { return try processOne(batch) }
    let output = try batch.output(
      "image", .f32, shape: [batch.count, size.height, size.width, channels])
    try batch.forEachItem { index in
      let picture = try self.picture(batch, index)
      let resizer = self.resizer(picture, size)
      resizer.resize(picture, into: try output.row(index, Float.self))
    }
  }

  /// A batch of one, whose size is known once the picture is there.
  private func processOne(_ batch: Batch) throws {
    guard batch.count == 1 else {
      throw StageError(
        .internal,
        "pictures of different sizes can't travel together; \(batch.count) were asked for")
    }
    try batch.forEachItem(parallel: false) { _ in
      let picture = try self.picture(batch, 0)
      let resizer = self.resizer(picture, size ?? (picture.height, picture.width))
      let placement = resizer.placement
      let output = try batch.output(
        "image", .f32, shape: [1, placement.height, placement.width, channels])
      resizer.resize(picture, into: try output.row(0, Float.self))
    }
  }

  private func picture(_ batch: Batch, _ index: Int) throws -> Picture {
    guard let path = batch.item(index).path else {
      throw StageError(.input, "this item has no file; give 'input' a 'dir' or 'files'")
    }
    do {
      let picture = try PictureFile.withBytes(of: path) { bytes in
        try PictureDecoder.decode(bytes, maximumPixels: parameters.maximumPixels)
      }
      let size = OriginalSize.Size(width: picture.width, height: picture.height)
      try batch.setMetadata(index, OriginalSize(image: size))
      if let damage = picture.damage {
        guard parameters.damage == "keep" else { throw StageError(.input, damage) }
        context.log(
          .warning, "'\(batch.item(index).id)' is kept as far as it can be shown: \(damage)")
        try batch.setMetadata(index, Damage(damage: damage))
      }
      return picture
    } catch let error as PictureError {
      throw StageError(.input, error.description)
    } catch let fault as PictureFile.Fault {
      if case .missing = fault { throw StageError(.notFound, fault.description) }
      throw StageError(.input, fault.description)
    }
  }

  private func resizer(_ picture: Picture, _ size: (height: Int, width: Int)) -> PictureResizer {
    let placement = fit.place(
      width: picture.width, height: picture.height, into: size.width, size.height)
    return PictureResizer(
      width: picture.width, height: picture.height, placement: placement, channels: channels,
      filter: filter, background: background)
  }

  private static func size(_ parameters: Parameters) throws -> (height: Int, width: Int)? {
    switch (parameters.size, parameters.width, parameters.height) {
    case (nil, nil, nil): return nil
    case (let size?, nil, nil): return (size, size)
    case (nil, let width?, let height?): return (height, width)
    case (.some, _, _):
      throw StageError(
        .config, "'size' already says width and height; give one or the other", parameter: "size")
    default:
      throw StageError(
        .config, "'width' and 'height' go together; give both, or 'size'",
        parameter: parameters.width == nil ? "height" : "width")
    }
  }
}
