import Foundation
import TensorFiles

/// Tensors of the golden file.
struct GoldenFile {
  private let reader: TensorFileReader

  init() throws {
    let folder = ProcessInfo.processInfo.environment["LATTICE_GOLDEN"]
    let own = Bundle.module.resourceURL?.appending(path: "Golden").path() ?? ""
    reader = try TensorFileReader(path: "\(folder ?? own)/fsq.safetensors")
  }

  /// `3x5x4` and so on.
  var levelSets: [String] {
    reader.entries.map(\.name).filter { $0.hasSuffix("/z") }.map { String($0.dropLast(2)) }
  }

  func floats(_ name: String) throws -> [Float] {
    let entry = try reader.entry(name)
    var values = [Float](repeating: 0, count: entry.count)
    try values.withUnsafeMutableBytes { try reader.read(entry, into: $0) }
    return values
  }

  func integers(_ name: String) throws -> [Int32] {
    let entry = try reader.entry(name)
    var values = [Int32](repeating: 0, count: entry.count)
    try values.withUnsafeMutableBytes { try reader.read(entry, into: $0) }
    return values
  }
}
