import Autograd
import StageSDK
import Synchronization
import TensorCore
import Tokenizers

/// What the encoding stages of both quantizers share.
// Items go one after another: the network keeps all threads busy.
struct Encoding: @unchecked Sendable {
  struct Parameters: Decodable {
    let tile: Int
    let latent: Bool
  }

  static func descriptor(_ family: String, _ words: String) -> StageDescriptor {
    StageDescriptor(
      id: "\(family).encode", version: "1.0.0",
      summary: "Turns pictures into tokens by a trained tokenizer, \(words).", kind: .map,
      parameters: [
        .integer(
          "tile", default: 0, range: 0...16_384,
          "Pixels across and down that are encoded at once; larger pictures go tile by tile, with overlap. 0 for twice the side of the pictures that the model learned from, as most models normalise over a tile."
        ),
        .boolean(
          "latent", default: true,
          "Also give 'latent', what the encoder says before it is quantized; false saves memory."),
      ],
      inputs: [
        .tensor(
          "image", [.f32], ["N", "H", "W", .fixed(3)], semantic: "image.rgb", "Pixels of 0...1.")
      ],
      outputs: [
        .tensor(
          "tokens", [.i32], ["N", "h", "w"], semantic: "tokens",
          "A token for each square of pixels."),
        .tensor(
          "latent", [.f32], ["N", "h", "w", "d"], "What the encoder says before it is quantized.",
          optional: true),
      ], modelSlots: ["model"])
  }

  static let margin = 4

  let parameters: Parameters
  let loaded: LoadedTokenizer

  func process(_ batch: Batch) throws {
    let image = try batch.input("image")
    let (height, width) = (image.shape[1], image.shape[2])
    let configuration = loaded.tokenizer.configuration
    let stride = configuration.stride
    let (rows, columns) = ((height + stride - 1) / stride, (width + stride - 1) / stride)
    let depth = configuration.latentWidth
    let tokens = try batch.output("tokens", .i32, shape: [batch.count, rows, columns])
    let latent =
      parameters.latent
      ? try batch.output("latent", .f32, shape: [batch.count, rows, columns, depth]) : nil
    try batch.forEachItem(parallel: false) { index in
      try batch.setMetadata(index, EncodedSize(height: height, width: width))
      let latents = try latents(try image.row(index, Float.self), height, width)
      let numbers: Tensor
      do throws(TokenizerError) {
        numbers = try loaded.tokenizer.tokens(latents, loaded.pass)
      } catch { throw StageError(.input, error.description) }
      let target = try tokens.row(index, Int32.self)
      numbers.withElements(Int32.self) { _ = target.update(fromContentsOf: $0) }
      if let latent {
        let target = try latent.row(index, Float.self)
        latents.withFloats { _ = target.update(fromContentsOf: $0) }
      }
    }
  }

  /// The latents of one picture, (rows, columns, d).
  private func latents(
    _ source: UnsafeBufferPointer<Float>, _ height: Int, _ width: Int
  ) throws -> Tensor {
    let configuration = loaded.tokenizer.configuration
    let (stride, depth) = (configuration.stride, configuration.latentWidth)
    let (rows, columns) = ((height + stride - 1) / stride, (width + stride - 1) / stride)
    let tile = loaded.tile(parameters.tile, margin: Self.margin)
    return try Tensor([rows, columns, depth]) { target in
      for down in Tiling.pieces(rows, tile: tile, margin: Self.margin) {
        for across in Tiling.pieces(columns, tile: tile, margin: Self.margin) {
          let (y, x) = (down.computed, across.computed)
          let pixels = Tensor([1, y.count * stride, x.count * stride, 3]) { pixels in
            Rectangle.read(
              source, height: height, width: width, channels: 3,
              rows: (y.lowerBound * stride)..<(y.upperBound * stride),
              columns: (x.lowerBound * stride)..<(x.upperBound * stride), into: pixels)
          }
          let part = try loaded.tokenizer.latents(Variable(pixels), loaded.pass).value
          part.withFloats {
            Rectangle.write(
              $0, origin: (y.lowerBound, x.lowerBound), tileWidth: x.count, channels: depth,
              rows: down.kept, columns: across.kept, into: target, height: rows, width: columns)
          }
        }
      }
    }
  }
}

/// Turns pictures into tokens of finite scalar quantization.
final class FSQEncodeStage: Stage {
  static let descriptor = Encoding.descriptor("fsq", "each a small group of rounded numbers")

  private let parameters: Encoding.Parameters
  private let context: StageContext
  private var encoding: Encoding?

  init(parameters: Encoding.Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  func open() throws {
    encoding = Encoding(
      parameters: parameters, loaded: try LoadedTokenizer(context, kind: "fsq-tokenizer"))
  }

  func process(_ batch: Batch) throws { try encoding?.process(batch) }

  func close() { encoding = nil }
}

/// Turns pictures into tokens of a codebook of vectors.
final class VQEncodeStage: Stage {
  static let descriptor = Encoding.descriptor("vq", "each the number of a learned vector")

  private let parameters: Encoding.Parameters
  private let context: StageContext
  private var encoding: Encoding?

  init(parameters: Encoding.Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  func open() throws {
    encoding = Encoding(
      parameters: parameters, loaded: try LoadedTokenizer(context, kind: "vq-tokenizer"))
  }

  func process(_ batch: Batch) throws { try encoding?.process(batch) }

  func close() { encoding = nil }
}
