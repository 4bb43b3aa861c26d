package import Autograd
import Kernels
import TensorCore

/// Says of each patch of a picture how real it looks.
///
/// Convolutions of 4x4: `layers` of stride 2, each but the first with twice the channels of the one before (8 times the
/// first at most), then two of stride 1, the last to one number a patch. Group normalisation stands in for the batch's, so
/// that what is said of a picture doesn't depend on others.
///
/// Source: Isola et al. 2017, "Image-to-image translation with conditional adversarial networks", sections 3.2 and 6.1.2.
package final class PatchDiscriminator {
  /// All its parameters.
  package let parameters: [Parameter]
  private let input, output: ConvolutionLayer
  private let inner: [(convolution: ConvolutionLayer, norm: PatchNorm, stride: Int)]

  /// The least side of pictures for so many layers.
  package static func leastSide(layers: Int) -> Int { 3 << layers }

  /// Builds one.
  ///
  /// - Parameters:
  ///   - filters: Channels of the first layer, a multiple of 8.
  ///   - layers: Convolutions of stride 2, at least 1.
  ///   - start: How the parameters start.
  package init(filters: Int, layers: Int, start: ParameterStart) {
    precondition(filters > 0 && filters.isMultiple(of: PatchNorm.groups) && layers >= 1)
    let builder = ParameterBuilder(start)
    input = ConvolutionLayer("discriminator/Conv_0", 3, filters, size: 4, hasBias: true, builder)
    var channels = filters
    inner = (1...layers).map { index in
      let outputs = filters * min(8, 1 << index)
      defer { channels = outputs }
      return (
        ConvolutionLayer(
          "discriminator/Conv_\(index)", channels, outputs, size: 4, hasBias: false, builder),
        PatchNorm("discriminator/GroupNorm_\(index - 1)", outputs, builder),
        index < layers ? 2 : 1
      )
    }
    output = ConvolutionLayer(
      "discriminator/Conv_\(layers + 1)", channels, 1, size: 4, hasBias: true, builder)
    parameters = builder.parameters
  }

  /// Looks at pictures.
  ///
  /// - Parameters:
  ///   - images: (N, H, W, 3) of about 0...1, sides at least ``leastSide(layers:)``.
  ///   - pass: Who computes.
  /// - Returns: (N, h, w, 1): high numbers for what looks real.
  /// - Throws: What a convolution throws.
  package func callAsFunction(_ images: Variable, _ pass: Pass) throws -> Variable {
    var map = try input(pass.features(images), pass, stride: 2, padding: .torch(1))
    map = pass.activate(map, .leakyReLU)
    for (convolution, norm, stride) in inner {
      map = norm(try convolution(map, pass, stride: stride, padding: .torch(1)), pass)
    }
    return pass.pixels(try output(map, pass, stride: 1, padding: .torch(1)))
  }
}

/// Group normalisation followed by a leaky ReLU.
private struct PatchNorm {
  static let groups = 8
  private let scale, bias: Parameter

  init(_ name: String, _ channels: Int, _ builder: ParameterBuilder) {
    scale = builder.constant("\(name)/scale", [channels], 1)
    bias = builder.constant("\(name)/bias", [channels], 0)
  }

  func callAsFunction(_ map: FeatureMap, _ pass: Pass) -> FeatureMap {
    pass.groupNorm(
      map, gain: scale, offset: bias, groups: Self.groups, epsilon: 1e-6, activation: .leakyReLU)
  }
}
