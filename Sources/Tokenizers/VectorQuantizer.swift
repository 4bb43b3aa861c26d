package import Autograd
import Kernels
package import TensorCore

/// A codebook of learned vectors: a latent becomes the nearest of them.
///
/// The baseline that finite scalar quantization is compared with. Source: van den Oord et al. 2017, "Neural discrete
/// representation learning", section 3.1.
package struct VectorQuantizer {
  /// The vectors, (codes, width).
  package let codebook: Parameter

  /// Vectors.
  package var codes: Int { codebook.value.shape[0] }
  /// Numbers to a vector.
  package var width: Int { codebook.value.shape[1] }

  init(codes: Int, width: Int, _ builder: ParameterBuilder) {
    // Small and even, as in the code of the paper that introduced it: no vector is far from where latents start.
    codebook = builder.spread("quantizer/codebook", [codes, width], inputs: codes, outputs: codes)
  }

  /// The number of the nearest vector by squared distance, the lower of two that are as near.
  ///
  /// - Parameters:
  ///   - latents: (…, width).
  ///   - pass: Who computes.
  /// - Returns: i32, (…).
  package func nearest(_ latents: Tensor, _ pass: Pass) -> Tensor {
    let (codes, rows) = (codes, latents.shape.rows)
    let norms = CodebookDistances.norms(codebook.value)
    let indices = Tensor(
      Shape(Array(latents.shape.sizes.dropLast())), type: .i32, of: Int32.self
    ) { indices in
      let target = SendablePointer(indices.baseAddress)
      // A stretch of rows at a time, so that products with a large codebook stay small.
      for start in stride(from: 0, to: rows, by: 4096) {
        let part = latents.reshaped([rows, width])[start..<min(rows, start + 4096)]
        let products = CodebookDistances.products(part, codebook, pass)
        products.withFloats { products in
          let source = SendableConstant(products.baseAddress)
          pass.workers.forRanges(part.shape[0], grain: 16) { range in
            guard let from = source.pointer, let to = target.pointer else { return }
            for row in range {
              var (best, least) = (0, Float.infinity)
              for code in 0..<codes {
                let distance = norms[code] - 2 * from[row * codes + code]
                if distance < least { (best, least) = (code, distance) }
              }
              to[start + row] = Int32(best)
            }
          }
        }
      }
    }
    return indices
  }

  /// The vectors of indices.
  ///
  /// - Parameter indices: i32, any shape.
  /// - Returns: (…, width).
  /// - Throws: ``TokenizerError/token(value:codebookSize:)``.
  package func codes(of indices: Tensor) throws(TokenizerError) -> Tensor {
    let (codes, width) = (codes, width)
    let numbers = indices.integers
    if let unknown = numbers.first(where: { !(0..<codes).contains(Int($0)) }) {
      throw .token(value: Int(unknown), codebookSize: codes)
    }
    return Tensor(Shape(indices.shape.sizes + [width])) { target in
      codebook.value.withFloats { source in
        for (place, number) in numbers.enumerated() {
          let row = UnsafeBufferPointer(rebasing: source[(Int(number) * width)...].prefix(width))
          _ = UnsafeMutableBufferPointer(rebasing: target[(place * width)...].prefix(width))
            .update(fromContentsOf: row)
        }
      }
    }
  }
}

/// Parts of the squared distances between latents and a codebook: |z - c|^2 = |z|^2 - 2 z c + |c|^2.
enum CodebookDistances {
  /// |c|^2 of each vector.
  static func norms(_ vectors: Tensor) -> [Float] {
    let width = vectors.shape.columns
    return vectors.withFloats { values in
      (0..<vectors.shape.rows).map { row in
        values[(row * width)..<((row + 1) * width)].reduce(0) { $0 + $1 * $1 }
      }
    }
  }

  /// z c of each latent and vector, (rows, codes), in f32: a rounded distance picks another vector.
  static func products(_ latents: Tensor, _ codebook: Parameter, _ pass: Pass) -> Tensor {
    let packed = codebook.packed(
      columns: codebook.value.shape.columns, isTransposed: true, precision: .f32,
      workers: pass.workers)
    return Gemm.multiply(latents, packed, workers: pass.workers)
  }
}
