import Autograd
import StageSDK
import TensorCore
import Tokenizers

/// What the decoding stages of both quantizers share.
// Items go one after another: the network keeps all threads busy.
struct Decoding: @unchecked Sendable {
  struct Parameters: Decodable {
    let tile: Int
  }

  static func descriptor(_ family: String) -> StageDescriptor {
    StageDescriptor(
      id: "\(family).decode", version: "1.0.0",
      summary: "Turns tokens back into pictures by the tokenizer that made them.", kind: .map,
      parameters: [
        .integer(
          "tile", default: 0, range: 0...16_384,
          "Pixels across and down that are decoded at once; larger pictures go tile by tile, with overlap. 0 for twice the side of the pictures that the model learned from: it normalises over a tile."
        )
      ],
      inputs: [
        .tensor("tokens", [.i32], ["N", "h", "w"], semantic: "tokens", "Tokens of the same model.")
      ],
      outputs: [
        .tensor(
          "image", [.f32], ["N", "H", "W", .fixed(3)], semantic: "image.rgb", "Pixels of 0...1.")
      ], modelSlots: ["model"])
  }

  static let margin = 4

  let parameters: Parameters
  let loaded: LoadedTokenizer

  func process(_ batch: Batch) throws {
    let tokens = try batch.input("tokens")
    let (rows, columns) = (tokens.shape[1], tokens.shape[2])
    let stride = loaded.tokenizer.configuration.stride
    let sizes = try (0..<batch.count).map { index in
      try batch.item(index).metadata(as: EncodedSize.self).kept(
        height: rows * stride, width: columns * stride, stride: stride)
    }
    // Pictures of a batch share one size; where they had several, none is cut.
    let isOne = sizes.allSatisfy { $0 == sizes[0] }
    let (height, width) = isOne ? sizes[0] : (rows * stride, columns * stride)
    let image = try batch.output("image", .f32, shape: [batch.count, height, width, 3])
    try batch.forEachItem(parallel: false) { index in
      do {
        let row = try tokens.row(index, Int32.self)
        let codes = try loaded.tokenizer.codes(
          of: Tensor([rows, columns], integers: Array(row)))
        try decode(codes, into: try image.row(index, Float.self), height: height, width: width)
      } catch let error as TokenizerError {
        throw StageError(.input, error.description)
      }
    }
  }

  private func decode(
    _ codes: Tensor, into target: UnsafeMutableBufferPointer<Float>, height: Int, width: Int
  ) throws {
    let stride = loaded.tokenizer.configuration.stride
    let (rows, columns, depth) = (codes.shape[0], codes.shape[1], codes.shape[2])
    let tile = loaded.tile(parameters.tile, margin: Self.margin)
    for down in Tiling.pieces(rows, tile: tile, margin: Self.margin) {
      for across in Tiling.pieces(columns, tile: tile, margin: Self.margin) {
        let (y, x) = (down.computed, across.computed)
        let part = Tensor([1, y.count, x.count, depth]) { part in
          codes.withFloats {
            Rectangle.read(
              $0, height: rows, width: columns, channels: depth, rows: y, columns: x, into: part)
          }
        }
        let pixels = try loaded.tokenizer.pictures(Variable(part), loaded.pass).value
        pixels.withFloats {
          Rectangle.write(
            $0, origin: (y.lowerBound * stride, x.lowerBound * stride),
            tileWidth: x.count * stride, channels: 3,
            rows: (down.kept.lowerBound * stride)..<(down.kept.upperBound * stride),
            columns: (across.kept.lowerBound * stride)..<(across.kept.upperBound * stride),
            into: target, height: height, width: width)
        }
      }
    }
    for index in target.indices { target[index] = min(1, max(0, target[index])) }
  }
}

/// Turns tokens of finite scalar quantization back into pictures.
final class FSQDecodeStage: Stage {
  static let descriptor = Decoding.descriptor("fsq")

  private let parameters: Decoding.Parameters
  private let context: StageContext
  private var decoding: Decoding?

  init(parameters: Decoding.Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  func open() throws {
    decoding = Decoding(
      parameters: parameters, loaded: try LoadedTokenizer(context, kind: "fsq-tokenizer"))
  }

  func process(_ batch: Batch) throws { try decoding?.process(batch) }

  func close() { decoding = nil }
}

/// Turns tokens of a codebook of vectors back into pictures.
final class VQDecodeStage: Stage {
  static let descriptor = Decoding.descriptor("vq")

  private let parameters: Decoding.Parameters
  private let context: StageContext
  private var decoding: Decoding?

  init(parameters: Decoding.Parameters, context: StageContext) throws {
    self.parameters = parameters
    self.context = context
  }

  func open() throws {
    decoding = Decoding(
      parameters: parameters, loaded: try LoadedTokenizer(context, kind: "vq-tokenizer"))
  }

  func process(_ batch: Batch) throws { try decoding?.process(batch) }

  func close() { decoding = nil }
}
