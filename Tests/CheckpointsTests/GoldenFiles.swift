import Foundation
import TensorFiles
import Testing

/// Files that numpy, safetensors and msgpack wrote; `Golden/README.md` says how.
enum GoldenFiles {
  static func path(_ name: String) throws -> String {
    try #require(
      Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Golden")
    ).path(percentEncoded: false)
  }

  /// Tensors that each of the files with several holds.
  static let floats: [String: (type: ScalarType, shape: [Int])] = [
    "params/conv/kernel": (.f32, [3, 3, 2, 4]), "params/conv/bias": (.f32, [4]),
    "params/dense/kernel": (.bf16, [5, 7]), "params/half": (.f16, [2, 3]),
    "params/wide": (.f64, [3]), "params/none": (.f32, [0, 4]),
  ]

  /// The values of a tensor of floats.
  static func ramp(_ count: Int) -> [Float] { (0..<count).map { Float($0 * 7 % 13 - 6) / 4 } }
}
