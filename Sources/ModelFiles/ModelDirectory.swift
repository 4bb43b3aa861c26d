package import Checkpoints
import ForeignJSON
import FoundationEssentials

/// A version of a model: a folder with `config.json` and `model.safetensors`.
///
/// Who publishes the folder adds a `MANIFEST` of digests; a published one is never changed.
package struct ModelDirectory: Hashable, Sendable {
  /// The folder.
  package let path: String

  /// Names a folder.
  package init(_ path: String) { self.path = path }

  /// What the model is made of, as JSON.
  package var configurationPath: String { "\(path)/config.json" }
  /// Its weights.
  package var weightsPath: String { "\(path)/model.safetensors" }

  /// The newest layout that is read.
  package static let format = 1

  /// The keys that every `config.json` has.
  package struct Header: Codable, Hashable, Sendable {
    /// What kind of model it is, such as "maskgit".
    package var kind: String
    /// Of the layout of the folder.
    package var format: Int
    /// What the weights are saved as; nil where nobody said.
    package var weights: WeightType?
  }

  /// Reads the keys that every `config.json` has, and checks them.
  ///
  /// - Parameter kinds: What kinds of models will do.
  /// - Returns: What the file says.
  /// - Throws: ``ModelDirectoryError``.
  package func header(kinds: [String]) throws(ModelDirectoryError) -> Header {
    let header = try decode(Header.self)
    guard kinds.contains(header.kind) else {
      throw .kind(path: configurationPath, found: header.kind, expected: kinds)
    }
    guard header.format == Self.format else {
      throw .format(path: configurationPath, found: header.format)
    }
    return header
  }

  /// Reads the architecture's own keys.
  ///
  /// - Parameters:
  ///   - type: What they are decoded as.
  ///   - kinds: What kinds of models will do.
  /// - Returns: The configuration.
  /// - Throws: ``ModelDirectoryError``.
  package func configuration<Value: Decodable>(
    _ type: Value.Type, kinds: [String]
  ) throws(ModelDirectoryError) -> Value {
    _ = try header(kinds: kinds)
    return try decode(type)
  }

  /// Opens the weights.
  ///
  /// - Throws: `CheckpointError`.
  package func checkpoint() throws(CheckpointError) -> Checkpoint {
    try Checkpoint(path: weightsPath)
  }

  private func decode<Value: Decodable>(_ type: Value.Type) throws(ModelDirectoryError) -> Value {
    let bytes: [UInt8]
    do throws(ForeignFile.Fault) {
      bytes = try ForeignFile.bytes(of: configurationPath, limit: ForeignJSON.largest)
    } catch {
      if case .unreadable(_, let reason) = error {
        throw .unreadable(path: configurationPath, reason: reason)
      }
      throw .unreadable(
        path: configurationPath,
        reason: error == .missing(path: configurationPath)
          ? "No such file or directory" : error.description)
    }
    do {
      return try ForeignJSON.decode(type, from: bytes)
    } catch { throw .configuration(path: configurationPath, fault: "\(error)") }
  }
}
