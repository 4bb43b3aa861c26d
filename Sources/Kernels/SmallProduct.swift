import CKernels
import TensorCore

/// Products of matrices that both change from call to call, on the calling thread: those within attention.
///
/// Keeps its memory from one product to the next; one for each thread.
struct SmallProduct {
  private let precision: Precision
  private let packed: TensorStorage
  private let scratch: TensorStorage

  /// Reserves memory.
  ///
  /// - Parameters:
  ///   - precision: Of the products.
  ///   - largest: The most elements that a right factor has once packed, by `lattice_gemm_packed_count`.
  init(precision: Precision, largest: Int) {
    self.precision = precision
    packed = TensorStorage(byteCount: largest * 4)
    scratch = TensorStorage(byteCount: Int(lattice_gemm_scratch_bytes()))
  }

  /// C = A B, all of it: A (m, k), B (k, n), and C (m, n) with `rowStep` elements from row to row.
  func multiply(
    _ left: lattice_matrix, _ right: lattice_matrix, into result: UnsafeMutablePointer<Float>?,
    rowStep: Int, m: Int, k: Int, n: Int
  ) {
    let (inner, columns) = (Int64(k), Int64(n))
    let panels = lattice_gemm_panels(columns)
    let range = lattice_gemm_range(
      row_begin: 0, row_end: Int64(m), panel_begin: 0, panel_end: panels, accumulate: 0,
      epilogue: nil)
    switch precision {
    case .f32:
      let memory = packed.memory.assumingMemoryBound(to: Float.self)
      lattice_gemm_pack_f32(right, inner, columns, 0, panels, memory)
      lattice_gemm_f32(
        left, memory, result, Int64(rowStep), inner, columns, range, scratch.memory)
    case .bf16:
      let memory = packed.memory.assumingMemoryBound(to: UInt16.self)
      lattice_gemm_pack_bf16(right, inner, columns, 0, panels, memory)
      lattice_gemm_bf16(
        left, memory, result, Int64(rowStep), inner, columns, range, scratch.memory)
    }
  }
}
