import CKernels
package import TensorCore

/// Products of few rows with packed matrices, in memory that is reserved once: what decoding token by token takes.
///
/// Rows and results are the caller's memory. An element comes out the same however many rows there are. One call at a
/// time.
package final class RowProducts {
  private let workers: any Workers
  private let scratch: [TensorStorage]

  /// Reserves memory for so many parts as threads are kept busy with.
  package init(workers: any Workers) {
    self.workers = workers
    let parts = workers.threadCount == 1 ? 1 : workers.threadCount * 4
    scratch = (0..<parts).map { _ in
      TensorStorage(byteCount: Int(lattice_gemm_scratch_bytes()))
    }
  }

  /// result = rows right, or that added to the result.
  ///
  /// - Parameters:
  ///   - rows: (count, K), dense.
  ///   - count: Of the rows.
  ///   - right: (K, N), packed.
  ///   - result: (count, N), dense; it doesn't overlap the rows.
  ///   - isAdded: True to add to what the result holds.
  package func multiply(
    _ rows: UnsafePointer<Float>, count: Int, _ right: PackedMatrix,
    into result: UnsafeMutablePointer<Float>, isAdded: Bool = false
  ) {
    let (k, n) = (Int64(right.rows), Int64(right.columns))
    let panels = Int(lattice_gemm_panels(n))
    guard count > 0, panels > 0 else { return }
    let parts = min(scratch.count, max(1, panels / 4))
    let left = SendableMatrix(lattice_matrix(data: rows, rs: k, cs: 1, is_bf16: 0))
    let target = SendablePointer(result)
    workers.run(chunks: parts) { [scratch] part in
      let range = lattice_gemm_range(
        row_begin: 0, row_end: Int64(count), panel_begin: Int64(part * panels / parts),
        panel_end: Int64((part + 1) * panels / parts), accumulate: isAdded ? 1 : 0, epilogue: nil)
      switch right.precision {
      case .f32:
        right.elements.withFloats {
          lattice_gemm_f32(
            left.value, $0.baseAddress, target.pointer, n, k, n, range, scratch[part].memory)
        }
      case .bf16:
        right.elements.withElements(UInt16.self) {
          lattice_gemm_bf16(
            left.value, $0.baseAddress, target.pointer, n, k, n, range, scratch[part].memory)
        }
      }
    }
  }
}
