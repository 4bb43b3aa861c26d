import Checkpoints
import TensorCore
import TensorFiles

/// A tensor of a checkpoint on its way into a network.
struct TensorSource {
  let checkpoint: Checkpoint
  let entry: CheckpointEntry
  /// For each axis of the parameter, the axis of the entry that it is; nil for the same order.
  let axes: [Int]?

  /// The values: mapped if they may and can be, else in memory of their own.
  func tensor(_ shape: Shape, _ storage: WeightStorage) throws(CheckpointError) -> Tensor {
    switch storage {
    case .floats: return try floats(shape)
    case .mapped:
      let staysNarrow = entry.type == .bf16 && shape.rank >= 2
      guard staysNarrow || entry.type == .f32 else { return try floats(shape) }
      if let mapped = mapped(shape) { return mapped }
      return staysNarrow ? try halves(shape) : try floats(shape)
    }
  }

  private func mapped(_ shape: Shape) -> Tensor? {
    guard axes == nil, let mapped = checkpoint.mapped(entry), let start = mapped.bytes.baseAddress
    else { return nil }
    // The storage's closure holds what keeps the file mapped.
    let storage = TensorStorage(borrowing: start, byteCount: mapped.count) {
      withExtendedLifetime(mapped) {}
    }
    return Tensor(storage: storage, shape: shape, type: entry.type == .bf16 ? .bf16 : .f32)
  }

  private func floats(_ shape: Shape) throws(CheckpointError) -> Tensor {
    try arranged(shape, .f32, of: Float.self)
  }

  private func halves(_ shape: Shape) throws(CheckpointError) -> Tensor {
    try arranged(shape, .bf16, of: UInt16.self)
  }

  private func arranged<Element: TensorElement>(
    _ shape: Shape, _ type: TensorType, of element: Element.Type
  ) throws(CheckpointError) -> Tensor {
    let scalar: ScalarType = type == .bf16 ? .bf16 : .f32
    var result: Result<Void, CheckpointError> = .success(())
    let plain = Tensor(shape, type: type, of: element) { target in
      do throws(CheckpointError) {
        try checkpoint.read(entry, as: scalar, into: UnsafeMutableRawBufferPointer(target))
      } catch { result = .failure(error) }
    }
    try result.get()
    guard let axes else { return plain }
    return Tensor(shape, type: type, of: element) { target in
      plain.withElements(element) {
        AxisOrder.arrange($0, shape: entry.shape, axes: axes, into: target)
      }
    }
  }
}
