import Convolutions
package import Kernels
import Synchronization
package import TensorCore

/// A tensor that is learned, by name.
///
/// Its value is changed by an optimizer between passes, never during one.
package final class Parameter: @unchecked Sendable {
  // One training loop changes a parameter while nobody else uses it; many passes may read it at once.

  /// Names of modules joined by "/", as in a checkpoint.
  package let name: String
  /// Bumped by every change of the value.
  package private(set) var version = 0
  /// The value: f32, or bf16 for inference alone, as it may be mapped from a file.
  package var value: Tensor {
    didSet { version += 1 }
  }
  /// What an optimizer multiplies the learning rate by; 0 holds the parameter fixed.
  package var rateFactor: Float = 1
  private let packed = Mutex<[PackedKey: Packed]>([:])

  private let packedKernels = Mutex<[PackedKernel]>([])
  /// Pictures of some sizes at a time; more orders of the same weights than these aren't kept.
  private static let kernelLimit = 4

  private struct PackedKernel {
    let version: Int
    let weights: PackedWeights
  }

  private struct PackedKey: Hashable {
    let isTransposed: Bool
    let precision: Precision
    let columns: Int
  }

  private struct Packed {
    let version: Int
    let matrix: PackedMatrix
  }

  /// Names a tensor.
  package init(_ name: String, _ value: Tensor) {
    self.name = name
    self.value = value
  }

  /// The value as the right factor of products, packed once for each version of it.
  ///
  /// - Parameters:
  ///   - columns: Of the matrix that the value is seen as; its rows follow.
  ///   - isTransposed: True for the transpose of that matrix.
  ///   - precision: What its elements are rounded to.
  ///   - workers: Who packs.
  /// - Returns: The packed matrix.
  package func packed(
    columns: Int, isTransposed: Bool, precision: Precision, workers: any Workers
  ) -> PackedMatrix {
    let key = PackedKey(isTransposed: isTransposed, precision: precision, columns: columns)
    if let known = packed.withLock({ $0[key] }), known.version == version { return known.matrix }
    let matrix = PackedMatrix(
      value.reshaped([value.shape.count / max(1, columns), columns]), isTransposed: isTransposed,
      precision: precision, workers: workers)
    packed.withLock { $0[key] = Packed(version: version, matrix: matrix) }
    return matrix
  }

  /// The value as the weights of a convolution, packed once for each version of it and order that plans want.
  ///
  /// - Parameter plan: Of a convolution with as many weights.
  /// - Returns: The packed weights.
  /// - Throws: ``ConvolutionError`` when memory runs out.
  func packed(for plan: ConvolutionPlan) throws -> PackedWeights {
    let known = packedKernels.withLock { kernels in
      kernels.removeAll { $0.version != version }
      return kernels.map(\.weights)
    }
    for weights in known where try plan.accepts(weights) { return weights }
    let packed = try value.widened.withFloats { values in
      try values.baseAddress.map { try plan.pack($0) }
    }
    guard let packed else { preconditionFailure("a convolution has weights") }
    packedKernels.withLock { kernels in
      if kernels.count == Self.kernelLimit { kernels.removeFirst() }
      kernels.append(PackedKernel(version: version, weights: packed))
    }
    return packed
  }
}
