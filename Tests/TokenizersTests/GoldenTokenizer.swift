import Autograd
import Checkpoints
import Foundation
import TensorCore
import TensorFiles
import Testing
import Tokenizers

/// The tokenizer of the golden files.
enum GoldenTokenizer {
  static func path(_ name: String, _ ending: String) throws -> String {
    try #require(
      Bundle.module.url(forResource: name, withExtension: ending, subdirectory: "Golden")
    ).path()
  }

  static func make() throws -> Tokenizer {
    let data = try Data(contentsOf: URL(filePath: try path("vqgan", "json")))
    let configuration = try JSONDecoder().decode(TokenizerConfiguration.self, from: data)
    let tokenizer = try Tokenizer(configuration, start: .unset)
    let file = try Checkpoint(path: try path("vqgan", "msgpack"))
    for parameter in tokenizer.parameters {
      let entry = try file.entry("params/\(parameter.name)")
      parameter.value = try value(entry, file, parameter.value.shape)
    }
    #expect(file.entries.count == tokenizer.parameters.count)
    return tokenizer
  }

  /// flax stores convolutions (height, width, in, out).
  private static func value(
    _ entry: CheckpointEntry, _ file: Checkpoint, _ shape: Shape
  ) throws -> Tensor {
    let floats = try file.floats(entry)
    guard shape.rank == 4 else { return Tensor(shape, floats) }
    let (height, width, inputs, outputs) =
      (entry.shape[0], entry.shape[1], entry.shape[2], entry.shape[3])
    return Tensor(shape) { target in
      for y in 0..<height {
        for x in 0..<width {
          for input in 0..<inputs {
            for output in 0..<outputs {
              target[((output * inputs + input) * height + y) * width + x] =
                floats[((y * width + x) * inputs + input) * outputs + output]
            }
          }
        }
      }
    }
  }

  static func tensor(_ name: String) throws -> Tensor {
    let file = try Checkpoint(path: try path("vqgan_io", "safetensors"))
    let entry = try file.entry(name)
    guard entry.type == .i32 else {
      return Tensor(Shape(entry.shape), try file.floats(entry))
    }
    return try file.withBytes(entry) {
      Tensor(Shape(entry.shape), integers: Array($0.bindMemory(to: Int32.self)))
    }
  }
}

extension Tensor {
  /// |self - other| / |other|.
  func relativeError(to other: Tensor) -> Double {
    let pairs = zip(floats, other.floats)
    let difference = pairs.reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
    let norm = other.floats.reduce(0.0) { $0 + pow(Double($1), 2) }
    return (difference / norm).squareRoot()
  }
}
