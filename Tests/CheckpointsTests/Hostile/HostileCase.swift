import Checkpoints
import Testing

/// A file that no sound program wrote, and what is said of it.
struct HostileCase: Sendable, CustomTestStringConvertible {
  /// What is wrong with it.
  let name: String
  /// Makes the file; a case is cheap to list and dear to make.
  let bytes: @Sendable () -> [UInt8]
  /// The whole sentence; the file is called `x`.
  let sentence: String
  /// Less patience than usual, where a file that tries the usual one would be large.
  let limits: CheckpointLimits

  init(
    _ name: String, limits: CheckpointLimits = CheckpointLimits(), _ sentence: String,
    _ bytes: @escaping @Sendable () -> [UInt8]
  ) {
    self.name = name
    self.limits = limits
    self.sentence = sentence
    self.bytes = bytes
  }

  var testDescription: String { name }

  static let all =
    HostileSafetensors.cases + HostileNPY.cases + HostileNPZ.cases
    + HostileMsgpack.cases + HostileChunks.cases + ForeignFiles.cases

  /// Opens the file and reads all it offers; what went wrong, if anything did.
  func outcome() -> String? {
    let bytes = bytes()
    do {
      let checkpoint = try Checkpoint(bytes: bytes, path: "x", limits: limits)
      for entry in checkpoint.entries { try checkpoint.withBytes(entry) { _ = $0.count } }
      for name in checkpoint.foreign.keys.sorted() { _ = try checkpoint.entry(name) }
      return nil
    } catch { return "\(error)" }
  }
}
