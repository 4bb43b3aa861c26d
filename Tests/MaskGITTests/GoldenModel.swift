import Autograd
import Checkpoints
import Foundation
import Kernels
import MaskGIT
import TensorCore
import Testing

/// The authors' small model and what it gave.
struct GoldenModel {
  let transformer: MaskGITTransformer
  let numbers: Checkpoint
  let pass = Pass(workers: OneThread())

  init() throws {
    let configuration = try MaskGITConfiguration(json: Array(Self.data("maskgit.json")))
    transformer = MaskGITTransformer(configuration)
    let weights = try Checkpoint(path: Self.url("maskgit.msgpack").path())
    for parameter in transformer.parameters {
      let entry = try weights.entry("params/\(parameter.name)")
      try #require(entry.shape == parameter.value.shape.sizes, "\(parameter.name)")
      parameter.value = Tensor(Shape(entry.shape), try weights.floats(entry))
    }
    numbers = try Checkpoint(path: Self.url("maskgit_io.safetensors").path())
  }

  static func url(_ name: String) throws -> URL {
    try #require(
      Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Golden"))
  }

  static func data(_ name: String) throws -> Data { try Data(contentsOf: url(name)) }

  func floats(_ name: String) throws -> [Float] { try numbers.floats(numbers.entry(name)) }

  func integers(_ name: String) throws -> [Int32] {
    let entry = try numbers.entry(name)
    var values = [Int32](repeating: 0, count: entry.count)
    try values.withUnsafeMutableBytes { try numbers.read(entry, into: $0) }
    return values
  }

  /// An input of the authors' form, (2, 1 + 64): the class as a row of the vocabulary, then tokens.
  func canvases(_ name: String) throws -> [Canvas] {
    let rows = try integers(name)
    return (0..<2).map { item in
      let row = Array(rows[(item * 65)..<(item * 65 + 65)])
      return Canvas(tokens: Array(row.dropFirst()), label: Int(row[0]) - 64)
    }
  }
}
