import StageSDK

/// Fills a part of each picture with one colour: damage to be repaired, or a repair that costs nothing.
final class FillStage: Stage {
  struct Parameters: Decodable {
    let box: [Double]
    let colour: String
  }

  static let descriptor = StageDescriptor(
    id: "image.fill", version: "1.0.0", summary: "Fills a box of each picture with one colour.",
    kind: .map,
    parameters: [
      .numbers(
        "box", default: [0.25, 0.25, 0.5, 0.5], each: 0...1, count: 4...4,
        "Left, top, width and height as shares of the picture."),
      .choice(
        "colour", ["mean", "black", "grey", "white"], default: "mean",
        "mean is the average of what is outside the box, by channel."),
    ],
    inputs: [
      .tensor("image", [.f32], ["N", "H", "W", "C"], semantic: "image", "Values of 0...1.")
    ],
    outputs: [
      .tensor("image", [.f32], ["N", "H", "W", "C"], semantic: "image", "With the box filled.")
    ], isDeterministic: true)

  private let box: PictureBox?
  private let colour: String

  init(parameters: Parameters, context: StageContext) throws {
    box = try PictureBox(parameters.box)
    colour = parameters.colour
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    _ = try PictureBox(parameters.box)
    return nil
  }

  func process(_ batch: Batch) throws {
    let input = try batch.input("image")
    let output = try batch.output("image", .f32, shape: input.shape)
    let (height, width, channels) = (input.shape[1], input.shape[2], input.shape[3])
    for index in 0..<batch.count {
      let source = try input.row(index, Float.self)
      let target = try output.row(index, Float.self)
      _ = target.update(fromContentsOf: source)
      guard let box, height > 0, width > 0 else { continue }
      let (rows, columns) = (box.rows(of: height), box.columns(of: width))
      let filled = fill(source, rows, columns, height, width, channels)
      for y in rows {
        for x in columns {
          for channel in 0..<channels {
            target[(y * width + x) * channels + channel] = filled[channel]
          }
        }
      }
    }
  }

  /// A value for each channel.
  private func fill(
    _ picture: UnsafeBufferPointer<Float>, _ rows: Range<Int>, _ columns: Range<Int>, _ height: Int,
    _ width: Int, _ channels: Int
  ) -> [Float] {
    switch colour {
    case "black": return [Float](repeating: 0, count: channels)
    case "grey": return [Float](repeating: 0.5, count: channels)
    case "white": return [Float](repeating: 1, count: channels)
    default: break
    }
    var sums = [Double](repeating: 0, count: channels)
    var count = 0
    for y in 0..<height {
      for x in 0..<width where !(rows.contains(y) && columns.contains(x)) {
        count += 1
        for channel in 0..<channels {
          sums[channel] += Double(picture[(y * width + x) * channels + channel])
        }
      }
    }
    return sums.map { count == 0 ? 0.5 : Float($0 / Double(count)) }
  }
}
