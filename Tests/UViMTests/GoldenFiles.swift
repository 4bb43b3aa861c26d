import Autograd

import Checkpoints
import Foundation
import TensorFiles
import TensorCore
import Testing

/// Networks and numbers of the authors' code.
struct GoldenFiles {
  let name: String
  private let numbers: Checkpoint

  init(_ name: String) throws {
    self.name = name
    numbers = try Checkpoint(path: "\(Self.folder)/\(name)_io.safetensors")
  }

  private static var folder: String {
    ProcessInfo.processInfo.environment["LATTICE_GOLDEN"]
      ?? Bundle.module.resourceURL?.appending(path: "Golden").path() ?? ""
  }

  func configuration<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try JSONDecoder().decode(
      type, from: Data(contentsOf: URL(filePath: "\(Self.folder)/\(name).json")))
  }

  func tensor(_ name: String) throws -> Tensor { try Self.tensor(name, of: numbers) }

  /// Names and shapes of the network's file.
  func entries() throws -> [(name: String, shape: [Int])] {
    try Checkpoint(path: "\(Self.folder)/\(name).npz").entries.map { ($0.name, $0.shape) }
  }

  /// Gives parameters their values, and hands out those of the state.
  func load(_ parameters: [Parameter]) throws -> (String) throws -> Tensor {
    let checkpoint = try Checkpoint(path: "\(Self.folder)/\(name).npz")
    for parameter in parameters {
      let value = try Self.tensor("params/\(parameter.name)", of: checkpoint)
      try #require(value.shape == parameter.value.shape, "\(parameter.name)")
      parameter.value = value
    }
    let known = Set(parameters.map { "params/\($0.name)" })
    let rest = checkpoint.entries.map(\.name).filter { !known.contains($0) }
    #expect(rest.allSatisfy { $0.hasPrefix("state/") }, "\(rest)")
    return { try Self.tensor("state/\($0)", of: checkpoint) }
  }

  private static func tensor(_ name: String, of checkpoint: Checkpoint) throws -> Tensor {
    let entry = try checkpoint.entry(name)
    let type: TensorType = entry.type == .i32 ? .i32 : .f32
    var tensor = Tensor.zeros(Shape(entry.shape), type: type)
    if type == .i32 {
      try tensor.withMutableElements(Int32.self) {
        try checkpoint.read(entry, into: UnsafeMutableRawBufferPointer($0))
      }
    } else {
      try tensor.withMutableFloats {
        try checkpoint.read(entry, into: UnsafeMutableRawBufferPointer($0))
      }
    }
    return tensor
  }
}

/// The norm of a difference as a share of the norm of what was expected.
func relativeError(_ found: Tensor, _ expected: Tensor) -> Double {
  var (difference, size) = (0.0, 0.0)
  for (a, b) in zip(found.floats, expected.floats) {
    difference += Double(a - b) * Double(a - b)
    size += Double(b) * Double(b)
  }
  return (difference / size).squareRoot()
}
