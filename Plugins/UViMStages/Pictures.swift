import Autograd
import StageSDK
import TensorCore
import UViM

/// Pictures as models see them, and maps brought back to pictures' sizes.
enum Pictures {
  /// The tensor of a port, f32, batch first.
  static func tensor(_ view: TensorView) throws -> Tensor {
    let values = try view.bind(Float.self)
    return Tensor(Shape(view.shape)) { _ = $0.update(fromContentsOf: values) }
  }

  /// i32, likewise.
  static func integers(_ view: TensorView) throws -> Tensor {
    let values = try view.bind(Int32.self)
    return Tensor(Shape(view.shape), type: .i32, of: Int32.self) {
      _ = $0.update(fromContentsOf: values)
    }
  }

  /// Pictures of 0...1 at the model's size, as -1...1; resized without antialiasing, as the authors do.
  static func seen(_ view: TensorView, side: Int, isSigned: Bool, isGray: Bool, _ pass: Pass) throws
    -> Tensor
  {
    var pictures = try tensor(view)
    guard pictures.shape.rank == 4, pictures.shape[3] == 3 else {
      throw StageError(.input, "pictures of 3 channels are wanted, these are \(view.shape)")
    }
    if pictures.shape[1] != side || pictures.shape[2] != side {
      pictures = pass.resizeBilinear(Variable(pictures), height: side, width: side).value
    }
    pictures.withMutableFloats { values in
      if !isSigned { for index in values.indices { values[index] = 2 * values[index] - 1 } }
      guard isGray else { return }
      for start in stride(from: 0, to: values.count, by: 3) {
        let gray = luma(values[start], values[start + 1], values[start + 2])
        for channel in 0..<3 { values[start + channel] = gray }
      }
    }
    return pictures
  }

  /// ITU-R BT.601.
  static func luma(_ red: Float, _ green: Float, _ blue: Float) -> Float {
    0.299 * red + 0.587 * green + 0.114 * blue
  }

  /// Each wanted pixel's nearest of a map, (height, width) to (rows, columns).
  static func nearest<Element>(
    _ map: ArraySlice<Element>, height: Int, width: Int, to rows: Int, _ columns: Int,
    _ body: (Int, Element) -> Void
  ) {
    for row in 0..<rows {
      let y = min(height - 1, (2 * row + 1) * height / (2 * rows))
      for column in 0..<columns {
        let x = min(width - 1, (2 * column + 1) * width / (2 * columns))
        body(row * columns + column, map[map.startIndex + y * width + x])
      }
    }
  }

  /// The size of maps that go out: the pictures' own before they were resized, if all of the batch agree and that is
  /// wanted; else that of the pictures.
  static func outputSize(
    _ batch: Batch, _ image: TensorView, isOriginal: Bool
  ) throws -> (height: Int, width: Int) {
    let given = (image.shape[1], image.shape[2])
    guard isOriginal else { return given }
    let sizes = try (0..<batch.count).map { index in
      try batch.item(index).metadata(as: OriginalSize.self).image
    }
    guard let first = sizes.first, let size = first, sizes.allSatisfy({ $0 == size }) else {
      return given
    }
    return (size.height, size.width)
  }
}
