import Checkpoints
import FeatureNetworks
import TensorFiles

/// Features of a shard's pictures between its end and the job's.
enum SavedFeatures {
  static func write(_ features: [Int: [Float]], to path: String) throws {
    let sorted = features.sorted { $0.key < $1.key }
    let numbers = sorted.map { Int64($0.key) }
    let values = sorted.flatMap(\.value)
    try numbers.withUnsafeBytes { numbers in
      try values.withUnsafeBytes { values in
        try TensorFileWriter.writeSafetensors(
          [
            TensorFileWriter.Tensor(
              name: "numbers", type: .i64, shape: [sorted.count], memory: numbers),
            TensorFileWriter.Tensor(
              name: "features", type: .f32, shape: [sorted.count, EfficientNetLite0.featureWidth],
              memory: values),
          ], to: path)
      }
    }
  }

  static func read(_ path: String) throws -> [Int: [Float]] {
    let file = try Checkpoint(path: path)
    let numbers = try file.withBytes(try file.entry("numbers")) {
      $0.bindMemory(to: Int64.self).map { Int($0) }
    }
    let values = try file.floats(try file.entry("features"))
    let width = EfficientNetLite0.featureWidth
    var features: [Int: [Float]] = [:]
    for (row, number) in numbers.enumerated() {
      features[number] = Array(values[(row * width)..<((row + 1) * width)])
    }
    return features
  }
}
