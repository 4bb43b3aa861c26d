import CKernels
package import TensorCore

/// Pixels that are taken from elsewhere in their plane; `lattice_pixel_map.h` says how.
package struct PixelMap: Sendable {
  private let rows: [Int32]
  private let columns: [Int32]

  /// Rows that come out.
  package var height: Int { rows.count }
  /// Columns that come out.
  package var width: Int { columns.count }

  /// Says for each row and column that comes out where it is taken from; nil for zeros.
  package init(rows: [Int?], columns: [Int?]) {
    self.rows = rows.map { Int32($0 ?? -1) }
    self.columns = columns.map { Int32($0 ?? -1) }
  }

  /// Takes the pixels.
  ///
  /// - Parameters:
  ///   - value: As many elements as `planes` has.
  ///   - planes: What goes in.
  ///   - shape: Of the result.
  ///   - workers: Who computes.
  /// - Returns: f32 of that shape.
  package func forward(
    _ value: Tensor, _ planes: Planes, as shape: Shape, workers: any Workers
  ) -> Tensor {
    check(planes)
    return Tensor(shape) { result in
      let target = SendablePointer(result.baseAddress)
      value.withFloats { source in
        let source = SendableConstant(source.baseAddress)
        workers.forRanges(planes.count * rows.count) { range in
          withMap(planes) {
            lattice_map_pixels_f32(
              $0, source.pointer, target.pointer, Int64(range.lowerBound), Int64(range.upperBound))
          }
        }
      }
    }
  }

  /// The gradient of the input, of a shape.
  package func backward(
    _ gradient: Tensor, _ planes: Planes, as shape: Shape, workers: any Workers
  ) -> Tensor {
    Tensor(shape) { result in
      let target = SendablePointer(result.baseAddress)
      gradient.withFloats { source in
        let source = SendableConstant(source.baseAddress)
        workers.forRanges(planes.count) { range in
          withMap(planes) {
            lattice_map_pixels_backward_f32(
              $0, source.pointer, target.pointer, Int64(range.lowerBound), Int64(range.upperBound))
          }
        }
      }
    }
  }

  private func check(_ planes: Planes) {
    precondition(
      rows.allSatisfy { $0 < planes.height } && columns.allSatisfy { $0 < planes.width },
      "pixels are taken from within a plane")
  }

  private func withMap(_ planes: Planes, _ body: (UnsafePointer<lattice_pixel_map>) -> Void) {
    rows.withUnsafeBufferPointer { rows in
      columns.withUnsafeBufferPointer { columns in
        let map = lattice_pixel_map(
          rows: rows.baseAddress, columns: columns.baseAddress, h: Int64(planes.height),
          w: Int64(planes.width), block: Int64(planes.block), oh: Int64(rows.count),
          ow: Int64(columns.count))
        withUnsafePointer(to: map, body)
      }
    }
  }
}
