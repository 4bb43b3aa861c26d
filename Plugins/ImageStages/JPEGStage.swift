import ImageCodecs
import StageSDK

/// Sends pictures through JPEG at a size in bits: what other codes of pictures are compared with.
final class JPEGStage: Stage, Sendable {
  struct Parameters: Decodable {
    let bitsPerPixel: Double

    enum CodingKeys: String, CodingKey { case bitsPerPixel = "bits_per_pixel" }
  }

  /// What an item's metadata says of its file.
  private struct Metadata: Encodable {
    struct File: Encodable {
      let quality: Int
      let bitsPerPixel: Double

      enum CodingKeys: String, CodingKey { case quality, bitsPerPixel = "bits_per_pixel" }
    }

    let jpeg: File
  }

  static let descriptor = StageDescriptor(
    id: "image.jpeg", version: "1.0.0",
    summary:
      "Compresses pictures as JPEG of the best quality that fits a size, and decodes them again.",
    kind: .map,
    parameters: [
      .number(
        "bits_per_pixel", default: 0.25, range: 0.01...24,
        "The size of the whole file, headers too; one that no quality reaches gets quality 1.")
    ],
    inputs: [
      .tensor("image", [.f32], ["N", "H", "W", "C"], "Pictures of 0...1, of 1 or 3 channels.")
    ],
    outputs: [
      .tensor("image", [.f32], ["N", "H", "W", "C"], semantic: "image", "What is left of them.")
    ], isParallel: true)

  private let parameters: Parameters

  init(parameters: Parameters, context: StageContext) throws { self.parameters = parameters }

  func process(_ batch: Batch) throws {
    let image = try batch.input("image")
    guard image.shape[3] == 1 || image.shape[3] == 3 else {
      throw StageError(
        .config, "JPEG has pictures of 1 or 3 channels, these have \(image.shape[3])")
    }
    try image.requirePixels("image")
    let output = try batch.output("image", .f32, shape: image.shape)
    try batch.forEachItem { index in
      let picture = Picture(
        pixels: try image.row(index, Float.self), width: image.shape[2], height: image.shape[1],
        channels: image.shape[3])
      let target = try output.row(index, Float.self)
      do {
        let search = JPEGSearch(picture, bitsPerPixel: parameters.bitsPerPixel)
        let (quality, byteCount) = try search.best()
        let decoded = try search.decoded(quality)
        withExtendedLifetime(decoded) {
          for (place, sample) in decoded.bytes.enumerated() { target[place] = Float(sample) / 255 }
        }
        let bits = Double(byteCount * 8) / Double(picture.width * picture.height)
        try batch.setMetadata(index, Metadata(jpeg: .init(quality: quality, bitsPerPixel: bits)))
      } catch let error as PictureError {
        throw StageError(.input, error.description)
      }
    }
  }
}

/// Looks for the highest quality of JPEG whose file is no larger than wanted.
private struct JPEGSearch {
  private let picture: Picture
  private let byteCount: Int

  init(_ picture: Picture, bitsPerPixel: Double) {
    self.picture = picture
    byteCount = Int(bitsPerPixel * Double(picture.width * picture.height) / 8)
  }

  /// The quality and the bytes of its file; quality 1 when all are too large.
  func best() throws -> (quality: Int, byteCount: Int) {
    var (low, high) = (1, 100)
    var found = try size(1)
    while low < high {
      let middle = (low + high + 1) / 2
      let size = try size(middle)
      if size <= byteCount { (low, found) = (middle, size) } else { high = middle - 1 }
    }
    return (low, found)
  }

  /// What a viewer of the file sees.
  func decoded(_ quality: Int) throws -> Picture {
    try PictureEncoder.encode(picture, as: .jpeg(quality: quality, isOptimized: true)) {
      try PictureDecoder.decode($0, maximumPixels: picture.width * picture.height)
    }
  }

  private func size(_ quality: Int) throws -> Int {
    try PictureEncoder.encode(picture, as: .jpeg(quality: quality, isOptimized: true)) { $0.count }
  }
}
