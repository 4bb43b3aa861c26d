import Foundation
import LatticeDriver
import TensorFiles

/// Images of 4 x 4 tokens of 12 codes in three classes, each class a pattern of its own with a little chance.
enum TinyTokens {
  static let classes = 3

  /// The likeliest code of a place.
  static func code(_ label: Int, _ place: Int) -> Int32 { Int32(4 * label + (place + label) % 4) }

  static func write(_ count: Int, to url: URL) throws {
    var tokens: [Int32] = []
    var state: UInt64 = 11
    for image in 0..<count {
      for place in 0..<16 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        tokens.append(state >> 60 == 0 ? Int32(state >> 33 % 12) : code(image % classes, place))
      }
    }
    let labels = (0..<count).map { Int32($0 % classes) }
    try tokens.withUnsafeBytes { tokens in
      try labels.withUnsafeBytes { labels in
        try TensorFileWriter.writeSafetensors(
          [
            TensorFileWriter.Tensor(
              name: "tokens", type: .i32, shape: [count, 4, 4], memory: tokens),
            TensorFileWriter.Tensor(name: "labels", type: .i32, shape: [count], memory: labels),
          ], to: url.path())
      }
    }
  }

  /// A spec that trains on them and publishes `tiny`.
  static func training(_ stage: String, steps: Int, _ more: String = "") -> String {
    """
    input: { tokens: { files: [tokens.safetensors] } }
    stages:
      - id: train
        use: \(stage)@1
        params: { codebook_size: 12, hidden: 32, heads: 2, layers: 1, mlp: 64, steps: \(steps), batch: 24, rate: 1.0e-2,
                  warmup: 5, average: 0.9, weights: f32, class_names: [left, right, "14"], report_every: 10\(more) }
        checkpoint: { every: 20 steps, keep: 2 }
    output: { model: tiny }
    seed: 5
    """
  }
}
