import Glibc
import ImageCodecs
import StageSDK

/// Writes depth maps as numbers for programs, and as colours with a scale bar for people.
final class DepthWriteStage: Stage, Sendable {
  struct Parameters: Decodable {
    let name: String
    let preview: String
    let colormap: String
    let range: [Double]?
    let unit: Double
    let exists: String?
  }

  static let descriptor = StageDescriptor(
    id: "depth.write", version: "1.0.0",
    summary: "Writes depth as 16-bit PNG in millimetres and as a colour map with a scale bar.",
    kind: .sink,
    parameters: [
      .string(
        "name", default: "{item.stem}.depth.png", isTemplate: true, mayBeEmpty: true,
        "The 16-bit PNG's name; empty for none."),
      .string(
        "preview", default: "{item.stem}.depth-colour.png", isTemplate: true, mayBeEmpty: true,
        "The colour map's name; empty for none."),
      .choice(
        "colormap", Colormap.allCases.map(\.rawValue).filter { $0 != "none" }, default: "turbo",
        "Of the preview: near is its low end."),
      .optionalNumbers(
        "range", each: 0...1e6, count: 2...2,
        "Metres at the ends of the colours; without it each map's own."),
      .number(
        "unit", default: 0.001, range: 1e-9...1e3, "Metres to one step of the PNG's samples."),
      .optionalChoice(
        "exists", ["error", "skip", "replace"],
        "What to do about a file of that name from before this job."),
    ],
    inputs: [
      .tensor(
        "depth", [.f32], ["N", "H", "W", 1], semantic: "depth.metres", "Metres; 0 where none.")
    ], isParallel: true)

  private let parameters: Parameters
  private let colormap: Colormap

  init(parameters: Parameters, context: StageContext) throws {
    try Self.check(parameters)
    self.parameters = parameters
    colormap = Colormap(rawValue: parameters.colormap) ?? .turbo
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    try check(parameters)
    return [:]
  }

  private static func check(_ parameters: Parameters) throws {
    for (key, name) in [("name", parameters.name), ("preview", parameters.preview)]
    where !name.isEmpty && !name.lowercased().hasSuffix(".png") {
      throw StageError(.config, "'\(name)' doesn't end in .png", parameter: key)
    }
    if let range = parameters.range, range[0] >= range[1] {
      throw StageError(
        .config, "'range' is \(range), but its first end must be less than its second",
        parameter: "range")
    }
  }

  func process(_ batch: Batch) throws {
    let depth = try batch.input("depth")
    try depth.requirePixels("depth")
    let (height, width) = (depth.shape[1], depth.shape[2])
    try batch.forEachItem { index in
      let metres = try depth.row(index, Float.self)
      if !parameters.name.isEmpty {
        let path = try batch.outputFile(
          item: index, name: parameters.name, existing: parameters.exists)
        try write(metres, width, height, to: path)
      }
      if !parameters.preview.isEmpty {
        let path = try batch.outputFile(
          item: index, name: parameters.preview, existing: parameters.exists, role: .preview)
        try coloured(metres, width, height).write(to: path)
      }
    }
  }

  private func write(
    _ metres: UnsafeBufferPointer<Float>, _ width: Int, _ height: Int, to path: String
  ) throws {
    let scale = 1 / (parameters.unit * 65_535)
    // The encoder's samples are 65535 times the value, rounded.
    let values = metres.map { $0.isFinite && $0 > 0 ? Float(min(1, Double($0) * scale)) : 0 }
    let picture = values.withUnsafeBufferPointer {
      Picture(pixels: $0, width: width, height: height, channels: 1, bits: 16)
    }
    do {
      try PictureEncoder.encode(picture, as: .png(bits: 16, .fast)) {
        try OutputBytes.write($0, to: path)
      }
    } catch let error as PictureError {
      throw StageError(.internal, error.description)
    }
  }

  /// The map in colours, black where there is no depth, above a bar with its ends.
  private func coloured(
    _ metres: UnsafeBufferPointer<Float>, _ width: Int, _ height: Int
  ) -> Canvas {
    let known = metres.filter { $0 > 0 && $0.isFinite }
    let low = parameters.range.map { Float($0[0]) } ?? known.min() ?? 0
    let high = max(parameters.range.map { Float($0[1]) } ?? known.max() ?? 1, low + 1e-6)
    // Small maps are enlarged, so that the bar's numbers can be read.
    let zoom = max(1, 192 / max(1, width, height))
    let (wide, tall, bar) = (width * zoom, height * zoom, 28)
    var canvas = Canvas(width: max(wide, 96), height: tall + bar)
    for y in 0..<tall {
      for x in 0..<wide {
        let value = metres[y / zoom * width + x / zoom]
        canvas.set(x, y, value > 0 ? colour((value - low) / (high - low)) : (0, 0, 0))
      }
    }
    for x in 4..<(canvas.width - 4) {
      let shade = colour(Float(x - 4) / Float(max(1, canvas.width - 9)))
      canvas.fill(x: x..<(x + 1), y: (tall + 4)..<(tall + 12), shade)
    }
    let end = Self.text(high)
    canvas.write(Self.text(low), x: 4, y: tall + 15)
    canvas.write(
      end, x: canvas.width - 4 - end.count * PixelFont.advance * 2 + 2, y: tall + 15)
    return canvas
  }

  private func colour(_ value: Float) -> (UInt8, UInt8, UInt8) {
    let (red, green, blue) = colormap.colour(value)
    return (UInt8(red * 255 + 0.5), UInt8(green * 255 + 0.5), UInt8(blue * 255 + 0.5))
  }

  /// `3.25 m`.
  private static func text(_ metres: Float) -> String {
    let hundredths = Int((Double(min(metres, 1e6)) * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) m"
  }
}
