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
        "unit", default: 0.001, range: 1e-9...1e3,
        "Metres to one step of the PNG's samples; a depth beyond 65535 steps is written as 0, and counted in the log."
      ),
      .optionalChoice(
        "exists", ["error", "skip", "replace"],
        "What to do about a file of that name from before this job."),
    ],
    inputs: [
      .tensor(
        "depth", [.f32], ["N", "H", "W", 1], semantic: "depth.metres", "Metres; 0 where none.")
    ], isParallel: true)

  private let parameters: Parameters
  private let context: StageContext
  private let colormap: Colormap
  /// The greatest and least depths that samples hold, in metres.
  private let range: ClosedRange<Double>

  init(parameters: Parameters, context: StageContext) throws {
    try Self.check(parameters)
    self.parameters = parameters
    self.context = context
    range = (parameters.unit / 2)...(parameters.unit * 65_535)
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
        tell(of: metres, batch.item(index).id)
        try write(metres, width, height, to: path)
      }
      if !parameters.preview.isEmpty {
        let path = try batch.outputFile(
          item: index, name: parameters.preview, existing: parameters.exists, role: .preview)
        try coloured(metres, width, height).write(to: path)
      }
    }
  }

  /// Says how many depths the samples can't hold: these pixels are written as 0, no depth, never as another depth.
  private func tell(of metres: UnsafeBufferPointer<Float>, _ item: String) {
    let known = metres.lazy.filter { $0 > 0 }.map { Double($0) }
    let beyond = known.count { $0 > range.upperBound + parameters.unit / 2 }
    let below = known.count { $0 < range.lowerBound }
    guard beyond + below > 0 else { return }
    var parts: [String] = []
    if beyond > 0 { parts.append("\(beyond) beyond \(range.upperBound) m") }
    if below > 0 { parts.append("\(below) nearer than \(range.lowerBound) m") }
    context.log(
      .warning,
      "'\(item)': of \(metres.count) pixels \(parts.joined(separator: " and ")) are out of the range of 16 bits of \(parameters.unit) m; they are written as 0, no depth; 'unit' sets the range"
    )
  }

  private func write(
    _ metres: UnsafeBufferPointer<Float>, _ width: Int, _ height: Int, to path: String
  ) throws {
    let scale = 1 / (parameters.unit * 65_535)
    let limit = range.upperBound + parameters.unit / 2
    // The encoder's samples are 65535 times the value, rounded.
    let values = metres.map { value -> Float in
      let depth = Double(value)
      return depth > 0 && depth <= limit ? Float(min(1, depth * scale)) : 0
    }
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
