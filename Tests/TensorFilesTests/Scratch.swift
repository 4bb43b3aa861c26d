import FoundationEssentials
import TensorFiles

/// A folder that goes away with the test.
final class Scratch {
  let path = NSTemporaryFolder.path + "/lattice-tensors-\(UUID().uuidString)"

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
    return "\(path)/\(name)"
  }

  /// The fault of opening bytes as a tensor file, with the folder's name left out.
  func fault(_ bytes: [UInt8]) throws -> String? {
    let file = try write("x", bytes)
    do throws(TensorFileError) {
      _ = try TensorFileReader(path: file)
      return nil
    } catch {
      return error.description.replacing(path + "/", with: "")
    }
  }
}

enum NSTemporaryFolder {
  static var path: String { FileManager.default.temporaryDirectory.path }
}

/// `.npy` bytes with this header text, version 1.
func npy(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
  let text = Array(header.utf8)
  return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count & 255), UInt8(text.count >> 8)]
    + text
    + data
}

/// `.safetensors` bytes with this header.
func safetensors(_ json: String, _ data: [UInt8] = []) -> [UInt8] {
  let text = Array(json.utf8)
  return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text + data
}
