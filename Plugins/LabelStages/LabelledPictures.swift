import ImageCodecs
import StageSDK

/// Reads a picture and brings it and its labels to one size: pixels are mixed, labels are picked.
struct LabelledPictures: Sendable {
  static let parameters: [ParameterSpec] = [
    .optionalInteger(
      "size", range: 1...16_384,
      "Pixels across and down, cut evenly to a square; without it pictures keep their own size.")
  ]

  /// Pixels across and down; nil for those of each picture.
  let size: Int?

  /// Sizes of an output as they are known before a run.
  func dimensions(_ channels: Int) -> [Int] { [-1, size ?? -1, size ?? -1, channels] }

  /// What goes where for a picture, and how large the result is.
  func placement(of picture: Picture) -> PictureFit.Placement {
    PictureFit.crop.place(
      width: picture.width, height: picture.height, into: size ?? picture.width,
      size ?? picture.height)
  }

  /// Reads a picture; what is wrong with it fails its item.
  static func picture(at path: String) throws -> Picture {
    do {
      return try PictureFile.withBytes(of: path) {
        try PictureDecoder.decode($0, maximumPixels: 120_000_000)
      }
    } catch let error as PictureError {
      throw StageError(.input, "'\(path)': \(error.description)")
    } catch let fault as PictureFile.Fault {
      if case .missing = fault { throw StageError(.notFound, fault.description) }
      throw StageError(.input, fault.description)
    }
  }

  /// Resizes the picture itself.
  static func resize(
    _ picture: Picture, _ placement: PictureFit.Placement,
    into pixels: UnsafeMutableBufferPointer<Float>
  ) {
    PictureResizer(
      width: picture.width, height: picture.height, placement: placement, channels: 3,
      filter: .bilinear, background: 1
    ).resize(picture, into: pixels)
  }

  /// Calls `body` for each pixel of the result with that of the labels that lies beneath it.
  static func pick(
    _ placement: PictureFit.Placement, width: Int, height: Int, _ body: (Int, Int) -> Void
  ) {
    func place(_ index: Int, _ count: Int, _ source: Range<Double>, _ limit: Int) -> Int {
      let span = source.upperBound - source.lowerBound
      let centre = source.lowerBound + (Double(index) + 0.5) * span / Double(count)
      return min(limit - 1, max(0, Int(centre)))
    }
    for row in 0..<placement.height {
      let y = place(row, placement.height, placement.sourceY, height)
      for column in 0..<placement.width {
        let x = place(column, placement.width, placement.sourceX, width)
        body(row * placement.width + column, y * width + x)
      }
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
      let picture = try Self.picture(of: batch, index)
      let placement = placement(of: picture)
      Self.resize(picture, placement, into: try image.row(index, Float.self))
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
      let picture = try Self.picture(of: batch, index)
      let placement = placement(of: picture)
      let shape = [1, placement.height, placement.width]
      let image = try batch.output("image", .f32, shape: shape + [3])
      let output = try batch.output(labels.name, labels.type, shape: shape + [labels.channels])
      Self.resize(picture, placement, into: try image.row(0, Float.self))
      try body(index, picture, placement, output)
    }
  }

  private static func picture(of batch: Batch, _ index: Int) throws -> Picture {
    guard let path = batch.item(index).path else {
      throw StageError(.input, "this item has no file; give 'input' a 'dir' or 'files'")
    }
    let picture = try picture(at: path)
    try batch.setMetadata(
      index,
      OriginalSize(image: OriginalSize.Size(width: picture.width, height: picture.height)))
    return picture
  }
}

/// Parts of paths.
enum PathParts {
  /// The folder of a file.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The name of a file without its folder and its last ending.
  static func stem(of path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
    return String(name[..<dot])
  }

  /// A path that is taken as relative to a folder unless it starts with a slash.
  static func join(_ folder: String, _ path: String) -> String {
    path.hasPrefix("/") ? path : "\(folder)/\(path)"
  }
}
