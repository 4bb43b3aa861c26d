import FoundationEssentials

/// A folder that goes away with the test.
final class Scratch {
  let path = FileManager.default.temporaryDirectory.path + "/lattice-models-\(UUID().uuidString)"

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }
}
