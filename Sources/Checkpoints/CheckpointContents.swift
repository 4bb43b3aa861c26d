/// What a format's reader gives; ``Checkpoint`` adds what all of them share.
protocol CheckpointContents: Sendable {
  /// Each name once.
  var entries: [CheckpointEntry] { get }
  /// Tensors of types that aren't read: what the types are called, by name.
  var foreign: [String: String] { get }
  /// Texts that the file's maker left in it.
  var metadata: [String: String] { get }

  /// The tensor as it lies in the file.
  ///
  /// - Parameter number: Of the entry.
  /// - Returns: nil when it doesn't lie there as it would in memory.
  func plainBytes(_ number: Int) -> UnsafeRawBufferPointer?

  /// Reads a tensor in row-major order and this machine's byte order.
  ///
  /// - Parameters:
  ///   - number: Of the entry.
  ///   - memory: As many bytes as the entry has.
  /// - Throws: ``CheckpointError``.
  func read(_ number: Int, into memory: UnsafeMutableRawBufferPointer) throws(CheckpointError)
}

extension CheckpointContents {
  /// None, where a file holds one tensor.
  var foreign: [String: String] { [:] }
}
