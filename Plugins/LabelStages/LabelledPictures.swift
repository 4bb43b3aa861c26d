import ImageCodecs
import LabelFiles
import StageSDK

/// Reads a picture and brings it and its labels to one size: pixels are mixed, labels are picked.
struct LabelledPictures: Sendable {
  static let parameters: [ParameterSpec] = [
    .optionalInteger(
      "size", range: 1...16_384,
      "Pixels across and down, cut evenly to a square; without it pictures keep their own size."),
    .choice(
      "damage", ["keep", "fail"], default: "keep",
      "What to do about a picture of which the data is damaged but something can be shown: keep it and say so, or fail it."
    ),
  ]

  /// What an item's metadata says of a picture that isn't sound.
  private struct Damage: Encodable {
    let damage: String
  }

  /// Pixels across and down; nil for those of each picture.
  let size: Int?
  /// keep or fail.
  let damage: String
  let context: StageContext

  /// Sizes of an output as they are known before a run.
  static func dimensions(_ size: Int?, _ channels: Int) -> [Int] {
    [-1, size ?? -1, size ?? -1, channels]
  }

  /// Reads files; what is wrong with those of a picture fails its item.
  static func reading<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as LabelFileError {
      if case .missing = error { throw StageError(.notFound, error.description) }
      throw StageError(error.isOfAll ? .config : .input, error.description)
    }
  }

  /// Works on a batch: all at once when sizes are known, else the one picture that came.
  ///
  /// - Parameters:
  ///   - batch: The batch.
  ///   - labels: Name, type and channels of the output beside `image`.
  ///   - body: Gets an item's number, its picture and what goes where, and writes the labels.
  /// - Throws: ``StageError``; what blames an item fails that alone.
  func process(
    _ batch: Batch, labels: (name: String, type: ElementType, channels: Int),
    _ body:
      @escaping @Sendable (Int, Picture, PictureFit.Placement, MutableTensorView) throws ->
      Void
  ) throws {
    guard let size else { return try processOne(batch, labels: labels, body) }
    let image = try batch.output("image", .f32, shape: [batch.count, size, size, 3])
    let output = try batch.output(
      labels.name, labels.type, shape: [batch.count, size, size, labels.channels])
    try batch.forEachItem { index in
      let picture = try picture(of: batch, index)
      let placement = LabelPicture.placement(of: picture, size: size)
      LabelPicture.resize(picture, placement, into: try image.row(index, Float.self))
      try body(index, picture, placement, output)
    }
  }

  private func processOne(
    _ batch: Batch, labels: (name: String, type: ElementType, channels: Int),
    _ body: @Sendable (Int, Picture, PictureFit.Placement, MutableTensorView) throws -> Void
  ) throws {
    guard batch.count == 1 else {
      throw StageError(
        .internal,
        "pictures of different sizes can't travel together; \(batch.count) were asked for")
    }
    try batch.forEachItem(parallel: false) { index in
      let picture = try picture(of: batch, index)
      let placement = LabelPicture.placement(of: picture, size: size)
      let shape = [1, placement.height, placement.width]
      let image = try batch.output("image", .f32, shape: shape + [3])
      let output = try batch.output(labels.name, labels.type, shape: shape + [labels.channels])
      LabelPicture.resize(picture, placement, into: try image.row(0, Float.self))
      try body(index, picture, placement, output)
    }
  }

  private func picture(of batch: Batch, _ index: Int) throws -> Picture {
    guard let path = batch.item(index).path else {
      throw StageError(.input, "this item has no file; give 'input' a 'dir' or 'files'")
    }
    let picture = try Self.reading { try LabelPicture.read(path) }
    try batch.setMetadata(
      index,
      OriginalSize(image: OriginalSize.Size(width: picture.width, height: picture.height)))
    if let damage = picture.damage {
      guard self.damage == "keep" else { throw StageError(.input, damage) }
      context.log(
        .warning, "'\(batch.item(index).id)' is kept as far as it can be shown: \(damage)")
      try batch.setMetadata(index, Damage(damage: damage))
    }
    return picture
  }
}
