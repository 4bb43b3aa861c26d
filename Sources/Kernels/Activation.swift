import CKernels
package import TensorCore

/// A function that is applied to every element.
package enum Activation: String, Sendable, CaseIterable {
  /// By its approximation with tanh, as flax's default is.
  case geluTanh = "gelu_tanh"
  /// Exactly, by the error function.
  case gelu
  case swish, tanh, sigmoid, relu
  /// Cut off at 0 and 6.
  case relu6
  /// With slope 0.2 below 0.
  case leakyReLU = "leaky_relu"

  /// Its number in `lattice_activation.h`.
  var kind: Int32 {
    switch self {
    case .geluTanh: LATTICE_GELU_TANH
    case .gelu: LATTICE_GELU_ERF
    case .swish: LATTICE_SWISH
    case .tanh: LATTICE_TANH
    case .sigmoid: LATTICE_SIGMOID
    case .relu: LATTICE_RELU
    case .relu6: LATTICE_RELU6
    case .leakyReLU: LATTICE_LEAKY_RELU
    }
  }

  /// f(x).
  package func forward(_ input: Tensor, workers: any Workers) -> Tensor {
    let kind = kind
    return ElementwiseWork.map(input, workers: workers) { lattice_activate_f32(kind, $0, $1, $2) }
  }

  /// dy f'(x).
  package func backward(_ input: Tensor, _ gradient: Tensor, workers: any Workers) -> Tensor {
    let kind = kind
    return ElementwiseWork.map(input, gradient, workers: workers) {
      lattice_activate_backward_f32(kind, $0, $1, $2, $3)
    }
  }
}
