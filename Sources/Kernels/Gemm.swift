import CKernels
package import TensorCore

/// How products are computed.
package enum Precision: String, Sendable, CaseIterable {
  /// Everything in f32.
  case f32
  /// Factors rounded to bf16, sums in f32.
  case bf16
}

/// The right factor of a product, packed once for many products.
package struct PackedMatrix: Sendable {
  /// Rows of the matrix: the length of the sums.
  package let rows: Int
  /// Columns of the matrix.
  package let columns: Int
  /// What its elements were rounded to.
  package let precision: Precision
  let elements: Tensor

  /// Packs a matrix.
  ///
  /// - Parameters:
  ///   - matrix: f32 or bf16, shape (rows, columns), or (columns, rows) when transposed.
  ///   - isTransposed: True for weights that are stored output by input.
  ///   - precision: What to round elements to.
  ///   - workers: Who does it.
  package init(
    _ matrix: Tensor, isTransposed: Bool = false, precision: Precision, workers: any Workers
  ) {
    let view = Gemm.view(matrix, isTransposed: isTransposed)
    self.init(view, precision: precision, workers: workers)
    withExtendedLifetime(matrix) {}
  }

  init(_ view: Gemm.View, precision: Precision, workers: any Workers) {
    rows = view.rows
    columns = view.columns
    self.precision = precision
    let (k, n) = (Int64(rows), Int64(columns))
    let count = Int(lattice_gemm_packed_count(k, n))
    let panels = Int(lattice_gemm_panels(n))
    let matrix = view.matrix
    switch precision {
    case .f32:
      elements = Tensor([count]) { packed in
        let target = SendablePointer(packed.baseAddress)
        workers.forRanges(panels) { range in
          lattice_gemm_pack_f32(
            matrix.value, k, n, Int64(range.lowerBound), Int64(range.upperBound), target.pointer)
        }
      }
    case .bf16:
      elements = Tensor([count], type: .bf16, of: UInt16.self) { packed in
        let target = SendablePointer(packed.baseAddress)
        workers.forRanges(panels) { range in
          lattice_gemm_pack_bf16(
            matrix.value, k, n, Int64(range.lowerBound), Int64(range.upperBound), target.pointer)
        }
      }
    }
  }
}

/// Matrix products: C (M, N) = A (M, K) B (K, N).
///
/// The kernels and their layout are in `lattice_gemm.h`.
package enum Gemm {
  /// A matrix in a tensor, as it is or transposed.
  struct View: Sendable {
    let matrix: SendableMatrix
    let rows: Int
    let columns: Int
  }

  /// What becomes of each sum while it is near: activation(sum + bias) + residual.
  package struct Epilogue: Sendable {
    /// One value for each column; nil for none.
    package var bias: Tensor?
    /// nil for none.
    package var activation: Activation?
    /// Of the result's shape; nil for none.
    package var residual: Tensor?

    /// Names its parts.
    package init(bias: Tensor? = nil, activation: Activation? = nil, residual: Tensor? = nil) {
      self.bias = bias
      self.activation = activation
      self.residual = residual
    }

    fileprivate var isEmpty: Bool { bias == nil && activation == nil && residual == nil }
  }

  /// Multiplies.
  ///
  /// - Parameters:
  ///   - left: f32 or bf16, shape (…, K), or (K, M) when transposed.
  ///   - isTransposed: True for a left factor stored column by column.
  ///   - right: (K, N), packed.
  ///   - epilogue: What becomes of each sum.
  ///   - workers: Who does it; the result is the same whoever does.
  /// - Returns: f32, shape (…, N), or (M, N) when transposed.
  package static func multiply(
    _ left: Tensor, isTransposed: Bool = false, _ right: PackedMatrix,
    epilogue: Epilogue = Epilogue(), workers: any Workers
  ) -> Tensor {
    let view = view(left, isTransposed: isTransposed)
    let sizes = isTransposed ? [view.rows] : Array(left.shape.sizes.dropLast())
    let shape = Shape(sizes + [right.columns])
    precondition(
      epilogue.bias.map { $0.shape.count == right.columns } ?? true, "one bias for each column")
    precondition(
      epilogue.residual.map { $0.shape.count == shape.count } ?? true,
      "a residual has the result's elements")
    return Tensor(shape) { result in
      multiply(view, right, into: result, epilogue: epilogue, workers: workers)
      withExtendedLifetime(left) {}
    }
  }

  static func multiply(
    _ left: View, _ right: PackedMatrix, into result: UnsafeMutableBufferPointer<Float>,
    isAdded: Bool = false, epilogue: Epilogue = Epilogue(), workers: any Workers
  ) {
    precondition(left.columns == right.rows, "\(left.columns) columns meet \(right.rows) rows")
    let (rows, panels) = (left.rows, Int(lattice_gemm_panels(Int64(right.columns))))
    guard rows > 0, panels > 0 else { return }
    withPointer(to: epilogue) { finish in
      let tiles = split(rows: rows, panels: panels, threads: workers.threadCount)
      let matrix = left.matrix
      let target = SendablePointer(result.baseAddress)
      let count = tiles.rows * tiles.panels
      @Sendable func work(_ tile: Int) {
        let (row, panel) = (tile / tiles.panels, tile % tiles.panels)
        let range = lattice_gemm_range(
          row_begin: Int64(bound(row, rows, tiles.rows)),
          row_end: Int64(bound(row + 1, rows, tiles.rows)),
          panel_begin: Int64(panel * panels / tiles.panels),
          panel_end: Int64((panel + 1) * panels / tiles.panels), accumulate: isAdded ? 1 : 0,
          epilogue: finish.pointer)
        let scratch = TensorStorage(byteCount: Int(lattice_gemm_scratch_bytes()))
        let (k, n) = (Int64(right.rows), Int64(right.columns))
        switch right.precision {
        case .f32:
          right.elements.withFloats {
            lattice_gemm_f32(
              matrix.value, $0.baseAddress, target.pointer, n, k, n, range, scratch.memory)
          }
        case .bf16:
          right.elements.withElements(UInt16.self) {
            lattice_gemm_bf16(
              matrix.value, $0.baseAddress, target.pointer, n, k, n, range, scratch.memory)
          }
        }
      }
      workers.run(chunks: count, work)
    }
  }

  /// The epilogue as the kernels take it, valid during the call.
  private static func withPointer(
    to epilogue: Epilogue, _ body: (SendableConstant<lattice_gemm_epilogue>) -> Void
  ) {
    guard !epilogue.isEmpty else { return body(SendableConstant(nil)) }
    let parts = lattice_gemm_epilogue(
      bias: epilogue.bias?.withFloats { $0.baseAddress },
      residual: epilogue.residual?.withFloats { $0.baseAddress },
      activation: epilogue.activation?.kind ?? LATTICE_IDENTITY)
    withUnsafePointer(to: parts) { body(SendableConstant($0)) }
    withExtendedLifetime(epilogue) {}
  }

  /// The product of all but the last dimension by the last, or the other way round.
  static func view(_ tensor: Tensor, isTransposed: Bool) -> View {
    precondition(tensor.type == .f32 || tensor.type == .bf16, "\(tensor.type) is not multiplied")
    let (rows, columns) = (tensor.shape.rows, tensor.shape.columns)
    let address = tensor.withBytes { $0.baseAddress }
    let matrix = lattice_matrix(
      data: address, rs: Int64(isTransposed ? 1 : columns), cs: Int64(isTransposed ? columns : 1),
      is_bf16: tensor.type == .bf16 ? 1 : 0)
    return View(
      matrix: SendableMatrix(matrix), rows: isTransposed ? columns : rows,
      columns: isTransposed ? rows : columns)
  }

  /// Rows are split where that leaves much to each part, since every part packs its rows for itself; else columns.
  private static func split(
    rows: Int, panels: Int, threads: Int
  ) -> (rows: Int, panels: Int) {
    guard threads > 1 else { return (1, 1) }
    let (most, least) = (Int(LATTICE_GEMM_ROWS), 48)
    if rows >= threads * least {
      // A whole number for each thread; twice that if it can be, so that one that was held up holds up no other.
      var each = ((rows + most - 1) / most + threads - 1) / threads
      if each == 1, rows >= threads * 2 * least { each = 2 }
      return (each * threads, 1)
    }
    // Four panels at a time are what few rows are multiplied by.
    return (1, min(max(1, panels / 4), threads * 4))
  }

  /// The first row of a part: a whole number of tiles of 12.
  private static func bound(_ part: Int, _ rows: Int, _ parts: Int) -> Int {
    part == parts ? rows : min(rows, part * rows / parts / 12 * 12)
  }
}
