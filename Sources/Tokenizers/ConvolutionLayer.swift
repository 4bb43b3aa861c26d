import Autograd
import Kernels
import TensorCore

/// A convolution's parameters.
struct ConvolutionLayer {
  let kernel: Parameter
  let bias: Parameter?

  /// - Parameters:
  ///   - name: Of the module.
  ///   - inputs: Channels that go in.
  ///   - outputs: Channels that come out.
  ///   - size: Of the window, both ways.
  ///   - hasBias: False where the architecture has none.
  ///   - startsAtZero: So that a residual block begins as the identity.
  ///   - builder: Makes the parameters.
  init(
    _ name: String, _ inputs: Int, _ outputs: Int, size: Int, hasBias: Bool,
    startsAtZero: Bool = false, _ builder: ParameterBuilder
  ) {
    let shape = Shape([outputs, inputs, size, size])
    kernel =
      startsAtZero
      ? builder.constant("\(name)/kernel", shape, 0)
      : builder.lecunNormal("\(name)/kernel", shape, inputs: inputs * size * size)
    bias = hasBias ? builder.constant("\(name)/bias", [outputs], 0) : nil
  }

  func callAsFunction(
    _ map: FeatureMap, _ pass: Pass, stride: Int = 1, padding: ConvolutionPadding = .same,
    adding residual: consuming FeatureMap? = nil
  ) throws -> FeatureMap {
    try pass.convolve(
      map, weight: kernel, bias: bias, stride: stride, padding: padding, adding: consume residual)
  }
}
