import PictureSets
import StageSDK
import Synchronization
import TensorCore

/// Gives the pictures of a packed set, one to an item.
final class DatasetStage: Stage, Sendable {
  struct Parameters: Decodable {
    let file: String
    let size: Int
    let first: Int
    let damage: String
  }

  /// What an item's metadata says of a picture that isn't sound.
  private struct Damage: Encodable {
    let damage: String
  }

  static let descriptor = StageDescriptor(
    id: "dataset.read", version: "1.0.0",
    summary: "Gives pictures and labels of a packed set; the item's number says which.",
    kind: .source,
    parameters: [
      .path(
        "file", "A .safetensors file with 'images', or 'jpeg' and 'offsets', and maybe 'labels'."),
      .integer(
        "size", default: nil, range: 1...8192,
        "Pixels across and down; the middle of larger pictures is taken."),
      .integer("first", default: 0, range: 0...1 << 40, "The picture of item 0."),
      .choice(
        "damage", ["keep", "fail"], default: "keep",
        "What to do about a picture of which the data is damaged but something can be shown: keep it and say so, or fail it."
      ),
    ],
    inputs: [],
    outputs: [
      .tensor(
        "image", [.f32], ["N", "H", "W", .fixed(3)], semantic: "image.rgb", "Pixels of 0...1."),
      .tensor(
        "label", [.i32], ["N"], semantic: "label", "Numbers of classes; -1 where none is known."),
    ], isParallel: true)

  private let parameters: Parameters
  private let context: StageContext
  private let set = Mutex<PictureSet?>(nil)

  init(parameters: Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  static func outputs(
    for inputs: [String: TensorShape], parameters: Parameters
  ) throws -> [String: TensorShape]? {
    [
      "image": TensorShape(
        type: .f32, dimensions: [-1, parameters.size, parameters.size, 3], semantic: "image.rgb"),
      "label": TensorShape(type: .i32, dimensions: [-1], semantic: "label"),
    ]
  }

  func open() throws {
    do {
      let read = try PackedPictures.read(parameters.file)
      set.withLock { $0 = read }
    } catch {
      throw StageError(.config, "\(error)", parameter: "file")
    }
  }

  func process(_ batch: Batch) throws {
    guard let set = set.withLock({ $0 }) else { return }
    let side = parameters.size
    let image = try batch.output("image", .f32, shape: [batch.count, side, side, 3])
    let labels = try batch.output("label", .i32, shape: [batch.count])
    try batch.forEachItem { index in
      let number = batch.item(index).number + parameters.first
      guard number < set.count else {
        throw StageError(
          .input,
          "there is no picture \(number) in '\(parameters.file)', which has \(set.count); lower the 'count' of the input"
        )
      }
      let entry = set.entries[number]
      guard entry.height >= side, entry.width >= side else {
        throw StageError(
          .input,
          "picture \(number) has \(entry.width)x\(entry.height) pixels, fewer than 'size' \(side)")
      }
      if let damage = entry.damage {
        guard parameters.damage == "keep" else { throw StageError(.input, damage) }
        context.log(
          .warning, "'\(batch.item(index).id)' is kept as far as it can be shown: \(damage)")
        try batch.setMetadata(index, Damage(damage: damage))
      }
      var random = CounterRandom(seed: 0)
      let pixels = PictureBatch(side: side, crop: .centre).images(
        [number], of: set, random: &random)
      let target = try image.row(index, Float.self)
      pixels.withFloats { _ = target.update(fromContentsOf: $0) }
      try labels.row(index, Int32.self)[0] = Int32(entry.label ?? -1)
    }
  }

  func close() { set.withLock { $0 = nil } }
}
