import Autograd
import Kernels
import TensorCore

/// A convolution followed by batch normalisation with fixed statistics and, where it has one, ReLU6.
final class NormalisedConvolution {
  private let kernel, gain, offset, mean, variance: Parameter
  private var folded: (kernel: Parameter, bias: Parameter)
  private let stride: Int
  private let isDepthwise: Bool
  private let isActivated: Bool
  /// As the checkpoint's batch normalisations have it.
  private static let epsilon: Float = 1e-3

  init(
    _ name: String, norm: String, _ inputs: Int, _ outputs: Int, size: Int, stride: Int = 1,
    isDepthwise: Bool = false, isActivated: Bool, _ builder: ParameterBuilder
  ) {
    let shape: Shape = [outputs, isDepthwise ? 1 : inputs, size, size]
    kernel = builder.constant("\(name).weight", shape, 0)
    gain = builder.constant("\(norm).weight", [outputs], 1)
    offset = builder.constant("\(norm).bias", [outputs], 0)
    mean = builder.constant("\(norm).running_mean", [outputs], 0)
    variance = builder.constant("\(norm).running_var", [outputs], 1)
    folded = (kernel, offset)
    self.stride = stride
    self.isDepthwise = isDepthwise
    self.isActivated = isActivated
  }

  /// (W x - m) g / sqrt(v + e) + b  =  (W g / sqrt(v + e)) x + (b - m g / sqrt(v + e)).
  func fold() {
    let (gains, variances) = (gain.value.floats, variance.value.floats)
    let factors = zip(gains, variances).map { $0 / ($1 + Self.epsilon).squareRoot() }
    var weights = kernel.value
    let each = weights.shape.count / max(1, factors.count)
    weights.withMutableFloats { weights in
      for index in weights.indices { weights[index] *= factors[index / each] }
    }
    let (offsets, means) = (offset.value.floats, mean.value.floats)
    let bias = factors.indices.map { offsets[$0] - means[$0] * factors[$0] }
    folded = (
      Parameter("\(kernel.name).folded", weights),
      Parameter("\(offset.name).folded", Tensor([bias.count], bias))
    )
  }

  func callAsFunction(_ map: FeatureMap, _ pass: Pass) throws -> FeatureMap {
    let output =
      isDepthwise
      ? try pass.convolveDepthwise(map, weight: folded.kernel, bias: folded.bias, stride: stride)
      : try pass.convolve(map, weight: folded.kernel, bias: folded.bias, stride: stride)
    return isActivated ? pass.activate(output, .relu6) : output
  }
}

/// Channels are spread out, each is convolved by itself, and they are gathered again; what went in is added where it
/// fits.
///
/// Source: Sandler et al. 2018, "MobileNetV2", section 3.3.
struct InvertedResidual {
  private let expand: NormalisedConvolution?
  private let depthwise, project: NormalisedConvolution
  private let isAdded: Bool

  init(
    _ name: String, _ inputs: Int, _ outputs: Int, size: Int, stride: Int, expansion: Int,
    _ builder: ParameterBuilder
  ) {
    let inner = inputs * expansion
    expand =
      expansion == 1
      ? nil
      : NormalisedConvolution(
        "\(name)._expand_conv", norm: "\(name)._bn0", inputs, inner, size: 1, isActivated: true,
        builder)
    depthwise = NormalisedConvolution(
      "\(name)._depthwise_conv", norm: "\(name)._bn1", inner, inner, size: size, stride: stride,
      isDepthwise: true, isActivated: true, builder)
    project = NormalisedConvolution(
      "\(name)._project_conv", norm: "\(name)._bn2", inner, outputs, size: 1, isActivated: false,
      builder)
    isAdded = stride == 1 && inputs == outputs
  }

  func callAsFunction(_ map: FeatureMap, _ pass: Pass) throws -> FeatureMap {
    let inner = try expand?(map, pass) ?? map
    let output = try project(try depthwise(inner, pass), pass)
    return isAdded ? pass.add(output, map) : output
  }

  func fold() {
    expand?.fold()
    depthwise.fold()
    project.fold()
  }
}
