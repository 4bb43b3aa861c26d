import Checkpoints

/// Opens bytes as a checkpoint and reads all its tensors.
enum CheckpointTry {
  /// Bytes of one tensor that is read; a sound file may hold more than is worth the time.
  private static let largest = 1 << 20

  static func read(_ bytes: UnsafeRawBufferPointer) {
    var limits = CheckpointLimits()
    limits.entries = 1000
    guard let checkpoint = try? Checkpoint(bytes: Array(bytes), path: "x", limits: limits) else {
      return
    }
    for entry in checkpoint.entries where entry.byteCount <= largest {
      // No tensor has more bytes than its file, unless they were deflated; single numbers take fewer in msgpack.
      precondition(
        checkpoint.format == .npz || entry.shape.isEmpty || entry.byteCount <= bytes.count,
        "\(entry) isn't in the file")
      try? checkpoint.withBytes(entry) { precondition($0.count == entry.byteCount) }
    }
  }
}
