package import Autograd
package import FSQ
package import TensorCore

/// Finite scalar quantization between an encoder and a decoder: no parameters, no loss of its own.
///
/// Source: Mentzer et al. 2023, "Finite Scalar Quantization: VQ-VAE Made Simple", section 3.1.
package struct ScalarBottleneck {
  /// The quantizer.
  package let quantizer: FiniteScalarQuantizer

  /// Takes the quantizer.
  package init(_ quantizer: FiniteScalarQuantizer) { self.quantizer = quantizer }

  /// Rounds latents; gradients pass straight through the rounding.
  ///
  /// - Parameters:
  ///   - latents: (…, d).
  ///   - pass: Who computes.
  /// - Returns: Codes of -1...1, (…, d), and their indices, i32 (…).
  package func callAsFunction(
    _ latents: Variable, _ pass: Pass
  ) -> (codes: Variable, indices: Tensor) {
    let quantizer = quantizer
    let value = latents.value
    let sizes = Shape(Array(value.shape.sizes.dropLast()))
    var codes: Tensor?
    let indices = Tensor(sizes, type: .i32, of: Int32.self) { indices in
      codes = Tensor(value.shape) { codes in
        value.withFloats { quantizer.encode($0, codes: codes, indices: indices) }
      }
    }
    let output = pass.function([latents], value: codes ?? value) { gradient, _ in
      [
        Tensor(value.shape) { part in
          value.withFloats { latents in
            gradient.withFloats { quantizer.gradient(at: latents, codeGradient: $0, into: part) }
          }
        }
      ]
    }
    return (output, indices)
  }

  /// The codes of indices.
  ///
  /// - Parameter indices: i32, any shape.
  /// - Returns: (…, d).
  /// - Throws: ``TokenizerError/token(value:codebookSize:)``.
  package func codes(of indices: Tensor) throws(TokenizerError) -> Tensor {
    var unknown: FSQIndexError?
    let quantizer = quantizer
    let codes = Tensor(Shape(indices.shape.sizes + [quantizer.dimension])) { codes in
      indices.withElements(Int32.self) { indices in
        do throws(FSQIndexError) {
          try quantizer.codes(of: indices, into: codes)
        } catch { unknown = error }
      }
    }
    if let unknown {
      throw .token(value: unknown.index, codebookSize: quantizer.codebookSize)
    }
    return codes
  }
}
