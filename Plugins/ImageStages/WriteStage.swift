import ImageCodecs
import StageSDK

/// Writes pictures as PNG or JPEG.
final class WriteStage: Stage, Sendable {
  struct Parameters: Decodable {
    let name: String
    let quality: Int
    let bits: Int
    let compression: String
    let colormap: String
    let range: [Double]
    let normalize: Bool
    let originalSize: Bool
    let exists: String?

    enum CodingKeys: String, CodingKey {
      case name, quality, bits, compression, colormap, range, normalize, exists
      case originalSize = "original_size"
    }
  }

  static let descriptor = StageDescriptor(
    id: "image.write", version: "1.0.0",
    summary: "Writes pictures as PNG or JPEG, one-channel maps in colours if wanted.", kind: .sink,
    parameters: [
      .string(
        "name", default: "{item.stem}.png", isTemplate: true,
        "The file's name; its ending chooses the format: .png, .jpg or .jpeg."),
      .integer("quality", default: 92, range: 1...100, "Of JPEG."),
      .integer("bits", default: 8, range: 8...16, "Of a PNG's samples: 8 or 16."),
      .choice(
        "compression", PictureEncoder.Compression.allCases.map(\.rawValue), default: "fast",
        "How much time a PNG may take to get small."),
      .choice(
        "colormap", Colormap.allCases.map(\.rawValue), default: "none",
        "Colours for a picture of one channel."),
      .numbers(
        "range", default: [0, 1], each: -1e30...1e30, count: 2...2,
        "The values that become black and white, or the ends of the colormap."),
      .boolean(
        "normalize", default: false, "Take each picture's own least and greatest value for 'range'."
      ),
      .boolean(
        "original_size", default: false,
        "Bring the picture back to the size of the file it came from."),
      .optionalChoice(
        "exists", ["error", "skip", "replace"],
        "What to do about a file of that name from before this job."),
    ],
    inputs: [
      .tensor("image", [.f32], ["N", "H", "W", "C"], "Pictures of 1, 3 or, as PNG, 4 channels.")
    ],
    isParallel: true)

  private let parameters: Parameters
  private let context: StageContext
  private let colormap: Colormap
  private let encoding: PictureEncoder.Encoding

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
    colormap = Colormap(rawValue: parameters.colormap) ?? .none
    encoding = try Self.encoding(parameters)
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    let encoding = try encoding(parameters)
    if let channels = inputs["image"]?.dimensions.last, channels >= 0 {
      try check(channels: channels, parameters, encoding)
    }
    return [:]
  }

  func process(_ batch: Batch) throws {
    let image = try batch.input("image")
    try Self.check(channels: image.shape[3], parameters, encoding)
    try image.requirePixels("image")
    try batch.forEachItem { index in
      let path = try batch.outputFile(
        item: index, name: parameters.name, existing: parameters.exists)
      let picture = try self.picture(image, index, batch.item(index))
      do {
        try PictureEncoder.encode(picture, as: encoding) { try OutputBytes.write($0, to: path) }
      } catch let error as PictureError {
        throw StageError(.input, error.description)
      }
    }
  }

  private func picture(_ image: TensorView, _ index: Int, _ item: BatchItem) throws -> Picture {
    let values = try image.row(index, Float.self)
    tell(of: values, item.id)
    let shaded = Shading(
      range: parameters.normalize ? nil : parameters.range.map { Float($0) }, colormap: colormap)
    let bits = if case .png(16, _) = encoding { 16 } else { 8 }
    let picture = shaded.picture(
      of: values, height: image.shape[1], width: image.shape[2], channels: image.shape[3],
      bits: bits)
    guard parameters.originalSize else { return picture }
    guard let original = try item.metadata(as: OriginalSize.self).image else {
      throw StageError(
        .input, "'original_size' is set, but no earlier stage said how large the picture was")
    }
    return picture.resized(width: original.width, height: original.height)
  }

  /// Says how many values the file can't hold as they are.
  private func tell(of values: UnsafeBufferPointer<Float>, _ item: String) {
    let strange = values.count { !$0.isFinite }
    if strange > 0 {
      context.log(
        .warning, "'\(item)': \(strange) of \(values.count) values are no finite numbers")
    }
    guard !parameters.normalize else { return }
    let (low, high) = (parameters.range.min() ?? 0, parameters.range.max() ?? 1)
    // Half a step of eight bits is what rounding takes anyway.
    let slack = (high - low) / 510
    let beyond = values.count { $0.isFinite && !(low - slack...high + slack).contains(Double($0)) }
    guard beyond > 0 else { return }
    context.log(
      .info,
      "'\(item)': \(beyond) of \(values.count) values are beyond 'range', \(low) to \(high), and are cut to its ends"
    )
  }

  private static func encoding(_ parameters: Parameters) throws -> PictureEncoder.Encoding {
    let name = parameters.name.lowercased()
    guard parameters.bits == 8 || parameters.bits == 16 else {
      throw StageError(
        .config, "a sample has 8 or 16 bits, not \(parameters.bits)", parameter: "bits")
    }
    guard parameters.range[0] != parameters.range[1] else {
      throw StageError(.config, "'range' needs two different ends", parameter: "range")
    }
    if name.hasSuffix(".png") {
      return .png(
        bits: parameters.bits, PictureEncoder.Compression(rawValue: parameters.compression) ?? .fast
      )
    }
    guard name.hasSuffix(".jpg") || name.hasSuffix(".jpeg") else {
      throw StageError(
        .config, "'\(parameters.name)' ends neither in .png nor in .jpg or .jpeg", parameter: "name"
      )
    }
    guard parameters.bits == 8 else {
      throw StageError(.config, "JPEG has 8 bits a sample; write PNG for 16", parameter: "bits")
    }
    return .jpeg(quality: parameters.quality)
  }

  private static func check(
    channels: Int, _ parameters: Parameters, _ encoding: PictureEncoder.Encoding
  ) throws {
    if parameters.colormap != "none" && channels != 1 {
      throw StageError(
        .config, "a colormap is for pictures of one channel, these have \(channels)",
        parameter: "colormap")
    }
    let allowed = if case .png = encoding { [1, 3, 4] } else { [1, 3] }
    guard allowed.contains(channels) else {
      throw StageError(
        .config,
        "pictures to write have \(allowed.map(String.init).joined(separator: ", ")) channels here, these have \(channels)"
      )
    }
  }
}
