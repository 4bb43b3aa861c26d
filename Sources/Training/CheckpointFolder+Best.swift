import Glibc
import TensorCore

extension CheckpointFolder {
  /// Where the state that measured best is; a folder of its own, so that it is never taken for the newest.
  private var best: CheckpointFolder { CheckpointFolder(path: "\(path)/best") }

  /// The best state so far with its loss; nil when there is none.
  ///
  /// - Throws: ``CheckpointFolderError`` when it can't be read.
  func bestSaved() throws(CheckpointFolderError) -> (saved: Saved, loss: Double)? {
    guard let saved = try best.newest(), let bits = saved.state[Self.lossName] else { return nil }
    var state = saved.state
    state[Self.lossName] = nil
    return (Saved(steps: saved.steps, state: state), Self.double(bits.floats))
  }

  /// Writes the state that measured best, in place of the one before.
  ///
  /// - Throws: ``CheckpointFolderError``.
  func saveBest(
    _ state: [String: Tensor], steps: Int, loss: Double
  ) throws(CheckpointFolderError) {
    guard mkdir(best.path, 0o755) == 0 || errno == EEXIST else {
      throw .unwritable(path: best.path, reason: String(cString: strerror(errno)))
    }
    var state = state
    state[Self.lossName] = Tensor([4], Self.parts(loss))
    try best.save(state, steps: steps, keep: 1)
  }

  /// Not a name of a learner's: those begin with what they are of.
  private static let lossName = "validation loss"

  /// A double as four whole numbers of 16 bits: checkpoints hold f32 alone, and the loss is compared exactly.
  private static func parts(_ loss: Double) -> [Float] {
    (0..<4).map { Float(loss.bitPattern >> (16 * UInt64($0)) & 0xFFFF) }
  }

  private static func double(_ parts: [Float]) -> Double {
    let bits = parts.enumerated().reduce(UInt64(0)) { sum, part in
      let number = part.element >= 0 && part.element < 65_536 ? UInt64(part.element) : 0
      return part.offset < 4 ? sum | number << (16 * UInt64(part.offset)) : sum
    }
    return Double(bitPattern: bits)
  }
}
