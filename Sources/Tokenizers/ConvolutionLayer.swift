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
  ///   - builder: Makes the parameters.
  init(
    _ name: String, _ inputs: Int, _ outputs: Int, size: Int, hasBias: Bool,
    _ builder: ParameterBuilder
  ) {
    kernel = builder.lecunNormal(
      "\(name)/kernel", [outputs, inputs, size, size], inputs: inputs * size * size)
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

/// A group normalisation's parameters, followed by swish.
struct NormAndSwish {
  let scale: Parameter
  let bias: Parameter
  let groups: Int

  init(_ name: String, _ channels: Int, groups: Int, _ builder: ParameterBuilder) {
    scale = builder.constant("\(name)/scale", [channels], 1)
    bias = builder.constant("\(name)/bias", [channels], 0)
    self.groups = groups
  }

  func callAsFunction(_ map: consuming FeatureMap, _ pass: Pass) -> FeatureMap {
    pass.groupNorm(
      consume map, gain: scale, offset: bias, groups: groups, epsilon: 1e-6, activation: .swish)
  }
}
