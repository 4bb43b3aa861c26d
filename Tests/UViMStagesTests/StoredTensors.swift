import Checkpoints
import TensorFiles

/// Tensors of files, as these tests compare them.
struct StoredTensors {
  private let file: Checkpoint

  init(_ path: String) throws { file = try Checkpoint(path: path) }

  var names: [String] { file.entries.map(\.name) }

  func shape(_ name: String) throws -> [Int] { try file.entry(name).shape }

  func floats(_ name: String? = nil) throws -> [Float] {
    try file.floats(try name.map { try file.entry($0) } ?? file.entries[0])
  }

  func integers(_ name: String? = nil) throws -> [Int32] {
    try file.withBytes(try name.map { try file.entry($0) } ?? file.entries[0]) {
      Array($0.bindMemory(to: Int32.self))
    }
  }

  /// Writes a file for each item of a batch, with its rows of all tensors.
  ///
  /// - Returns: How many there are.
  func split(to path: (Int) -> String) throws -> Int {
    let count = try shape(names[0])[0]
    for item in 0..<count {
      var parts: [(String, ScalarType, [Int], [UInt8])] = []
      for name in names {
        let entry = try file.entry(name)
        try file.withBytes(entry) { bytes in
          let size = bytes.count / count
          parts.append(
            (
              name, entry.type, Array(entry.shape.dropFirst()),
              Array(bytes[(item * size)..<((item + 1) * size)])
            ))
        }
      }
      try Self.write(parts[...], [], to: path(item))
    }
    return count
  }

  /// Each part's memory lives until all are written.
  private static func write(
    _ parts: ArraySlice<(String, ScalarType, [Int], [UInt8])>, _ done: [TensorFileWriter.Tensor],
    to path: String
  ) throws {
    guard let part = parts.first else {
      return try TensorFileWriter.writeSafetensors(done, to: path)
    }
    try part.3.withUnsafeBytes { bytes in
      let tensor = TensorFileWriter.Tensor(
        name: part.0, type: part.1, shape: part.2, memory: bytes)
      try write(parts.dropFirst(), done + [tensor], to: path)
    }
  }

  /// The norm of a difference as a share of the norm of what was expected.
  static func relativeError(_ found: [Float], _ wanted: [Float]) -> Double {
    guard found.count == wanted.count else { return .infinity }
    let difference = zip(found, wanted).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    let size = wanted.reduce(0.0) { $0 + Double($1 * $1) }
    return (difference / size).squareRoot()
  }
}
