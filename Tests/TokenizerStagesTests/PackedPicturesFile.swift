import Foundation
import TensorFiles

/// Packed sets for tests.
enum PackedPicturesFile {
  /// A packed set of pictures of two colours.
  static func write(_ url: URL, count: Int, side: Int = 16) throws {
    var state: UInt64 = 7
    func random() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    var samples = [UInt8](repeating: 0, count: count * side * side * 3)
    for picture in 0..<count {
      let colours = (0..<6).map { _ in UInt8(random() % 256) }
      let edge = Int(random() % UInt64(side))
      for place in 0..<(side * side) {
        for channel in 0..<3 {
          samples[(picture * side * side + place) * 3 + channel] =
            colours[(place % side < edge ? 0 : 3) + channel]
        }
      }
    }
    let labels = (0..<count).map { UInt8($0 % 2) }
    try samples.withUnsafeBytes { samples in
      try labels.withUnsafeBytes { labels in
        try TensorFileWriter.writeSafetensors(
          [
            TensorFileWriter.Tensor(
              name: "images", type: .u8, shape: [count, side, side, 3], memory: samples),
            TensorFileWriter.Tensor(name: "labels", type: .u8, shape: [count], memory: labels),
          ], to: url.path())
      }
    }
  }
}
