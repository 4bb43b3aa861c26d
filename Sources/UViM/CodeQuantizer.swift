package import Autograd
import CKernels
package import FSQ
package import TensorCore

/// Turns vectors of a bottleneck into codes, and codes into what the decoder gets.
package protocol CodeQuantizer {
  /// Codes there are.
  var size: Int { get }

  /// What vectors are before they are looked at: as they are, or with mean 0 and variance 1.
  func prepare(_ latents: Variable, _ pass: Pass) -> Variable

  /// The share of prepared values that are bounded to less than a twentieth of the way from an end: what gradients hardly
  /// reach. nil for quantizers without bounds.
  func saturation(of prepared: Tensor) -> Double?

  /// The codes of prepared vectors.
  ///
  /// - Parameters:
  ///   - prepared: f32, (batch, codes, values of a code).
  ///   - pass: The pass.
  /// - Returns: i32, (batch, codes).
  func codes(of prepared: Tensor, _ pass: Pass) -> Tensor

  /// What stands for codes.
  ///
  /// - Parameter codes: i32, (batch, codes), each in 0..<``size``.
  /// - Returns: f32, (batch, codes, values of a code).
  func vectors(of codes: Tensor) -> Tensor

  /// The same with a way back for gradients, straight through the choice of codes.
  ///
  /// - Parameters:
  ///   - prepared: (batch, codes, values of a code).
  ///   - codes: As ``codes(of:_:)`` gave.
  ///   - pass: The pass.
  /// - Returns: (batch, codes, values of a code).
  func quantized(_ prepared: Variable, codes: Tensor, _ pass: Pass) -> Variable
}

/// Finite scalar quantization of the guiding code.
package struct FiniteScalarCodes: CodeQuantizer {
  private let quantizer: FiniteScalarQuantizer
  private let isStandardized: Bool

  package var size: Int { quantizer.codebookSize }

  /// Takes levels, each at least 2.
  package init(
    levels: [Int], isStandardized: Bool, variant: FiniteScalarQuantizer.Variant = .google
  ) throws {
    quantizer = try FiniteScalarQuantizer(levels: levels, variant: variant)
    self.isStandardized = isStandardized
  }

  package func prepare(_ latents: Variable, _ pass: Pass) -> Variable {
    isStandardized ? Standardize.apply(latents, pass) : latents
  }

  package func saturation(of prepared: Tensor) -> Double? {
    let slope: Float = quantizer.variant == .ifsq ? 0.8 : 1
    // |tanh z| > 0.95
    let limit = Float(1.831_780_8) / slope
    let beyond = prepared.withFloats { $0.count { abs($0) > limit } }
    return Double(beyond) / Double(max(1, prepared.shape.count))
  }

  package func codes(of prepared: Tensor, _ pass: Pass) -> Tensor {
    encode(prepared).indices
  }

  package func vectors(of codes: Tensor) -> Tensor {
    Tensor(Shape(codes.shape.sizes + [quantizer.dimension])) { target in
      quantizer.withConstants { constants in
        _ = codes.withElements(Int32.self) {
          lattice_fsq_codes_f32(
            constants, $0.baseAddress, target.baseAddress, Int64(codes.shape.count))
        }
      }
    }
  }

  package func quantized(_ prepared: Variable, codes: Tensor, _ pass: Pass) -> Variable {
    let value = encode(prepared.value).codes
    return pass.elementwise(value, of: prepared) { gradient in
      Tensor(prepared.shape) { target in
        quantizer.withConstants { constants in
          prepared.value.withFloats { z in
            gradient.withFloats {
              lattice_fsq_gradient_f32(
                constants, z.baseAddress, $0.baseAddress, target.baseAddress,
                Int64(prepared.shape.rows))
            }
          }
        }
      }
    }
  }

  private func encode(_ prepared: Tensor) -> (codes: Tensor, indices: Tensor) {
    let rows = prepared.shape.rows
    var indices = Tensor.zeros(Shape(Array(prepared.shape.sizes.dropLast())), type: .i32)
    let codes = Tensor(prepared.shape) { codes in
      indices.withMutableElements(Int32.self) { indices in
        prepared.withFloats { z in
          quantizer.withConstants {
            lattice_fsq_encode_f32(
              $0, z.baseAddress, codes.baseAddress, indices.baseAddress, Int64(rows))
          }
        }
      }
    }
    return (codes, indices)
  }
}

extension CodeQuantizer {
  package func saturation(of prepared: Tensor) -> Double? { nil }
}

/// Mean 0 and variance 1 over the last dimension, as `jax.nn.standardize`.
enum Standardize {
  static let epsilon: Float = 1e-5

  static func apply(_ input: Variable, _ pass: Pass) -> Variable {
    let ones = Parameter("standardize", Tensor([input.shape.columns], repeating: 1))
    return pass.layerNorm(input, gain: ones, offset: nil, epsilon: epsilon)
  }
}
