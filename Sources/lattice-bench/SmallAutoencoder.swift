import Autograd
import FSQ
import Kernels
import TensorCore
import Tokenizers

/// A small autoencoder with FSQ in between, as one trains it on a processor: 64 channels times 1, 2, 2, one residual block
/// to a level, convolutions of stride 2 downward, nearest neighbours upward.
struct SmallAutoencoder {
  /// Everything that is learned.
  let parameters: [Parameter]
  private let encoder: [Layer]
  private let decoder: [Layer]
  private let bottleneck: ScalarBottleneck

  private enum Layer {
    case convolution(kernel: Parameter, bias: Parameter, stride: Int)
    case residual(Residual)
    case norm(gain: Parameter, offset: Parameter)
    case enlarge
  }

  private struct Residual {
    let norms: [(gain: Parameter, offset: Parameter)]
    let convolutions: [(kernel: Parameter, bias: Parameter)]
    /// Where the width changes.
    let shortcut: (kernel: Parameter, bias: Parameter)?
  }

  init(width: Int = 64, multipliers: [Int] = [1, 2, 2], levels: [Int] = [8, 8, 8, 5, 5, 5]) throws {
    let maker = Maker()
    var layers = [maker.convolution(3, width, size: 3)]
    var channels = width
    for (index, multiplier) in multipliers.enumerated() {
      layers.append(maker.residual(channels, width * multiplier))
      channels = width * multiplier
      if index < multipliers.count - 1 {
        layers.append(maker.convolution(channels, channels, size: 3, stride: 2))
      }
    }
    encoder =
      layers + [
        maker.residual(channels, channels), maker.norm(channels),
        maker.convolution(channels, levels.count, size: 1),
      ]
    layers = [
      maker.convolution(levels.count, channels, size: 3), maker.residual(channels, channels),
    ]
    for (index, multiplier) in multipliers.enumerated().reversed() {
      layers.append(maker.residual(channels, width * multiplier))
      channels = width * multiplier
      if index > 0 { layers += [.enlarge, maker.convolution(channels, channels, size: 3)] }
    }
    decoder = layers + [maker.norm(channels), maker.convolution(channels, 3, size: 3)]
    bottleneck = ScalarBottleneck(try FiniteScalarQuantizer(levels: levels))
    parameters = maker.builder.parameters
  }

  /// The mean squared error of reconstructions of (N, H, W, 3).
  func loss(_ images: Variable, _ pass: Pass) throws -> Variable {
    let latents = pass.pixels(try run(encoder, pass.features(images), pass))
    let codes = pass.features(bottleneck(latents, pass).codes)
    return pass.meanSquaredError(pass.pixels(try run(decoder, codes, pass)), images)
  }

  private func run(_ layers: [Layer], _ input: FeatureMap, _ pass: Pass) throws -> FeatureMap {
    var map = input
    for layer in layers {
      switch layer {
      case .convolution(let kernel, let bias, let stride):
        map = try pass.convolve(
          map, weight: kernel, bias: bias, stride: stride,
          padding: .torch(kernel.value.shape[2] / 2))
      case .residual(let block): map = try run(block, map, pass)
      case .norm(let gain, let offset): map = normalize(map, (gain, offset), pass)
      case .enlarge: map = pass.upsampleNearest(map)
      }
    }
    return map
  }

  private func run(_ block: Residual, _ map: FeatureMap, _ pass: Pass) throws -> FeatureMap {
    var hidden = map
    hidden = try pass.convolve(
      normalize(hidden, block.norms[0], pass), weight: block.convolutions[0].kernel,
      bias: block.convolutions[0].bias)
    let around = try block.shortcut.map {
      try pass.convolve(map, weight: $0.kernel, bias: $0.bias)
    }
    return try pass.convolve(
      normalize(hidden, block.norms[1], pass), weight: block.convolutions[1].kernel,
      bias: block.convolutions[1].bias, adding: around ?? map)
  }

  private func normalize(
    _ map: FeatureMap, _ norm: (gain: Parameter, offset: Parameter), _ pass: Pass
  ) -> FeatureMap {
    pass.groupNorm(
      map, gain: norm.gain, offset: norm.offset, groups: 32, epsilon: 1e-5, activation: .swish)
  }

  /// Makes layers with names by their number.
  private final class Maker {
    let builder = ParameterBuilder(.random(seed: 1))
    private var number = 0

    private func name(_ part: String) -> String {
      number += 1
      return "\(part)_\(number)"
    }

    func weights(_ inputs: Int, _ outputs: Int, size: Int) -> (kernel: Parameter, bias: Parameter) {
      let name = name("conv")
      return (
        builder.lecunNormal(
          "\(name)/kernel", [outputs, inputs, size, size], inputs: inputs * size * size),
        builder.constant("\(name)/bias", [outputs], 0)
      )
    }

    func gains(_ channels: Int) -> (gain: Parameter, offset: Parameter) {
      let name = name("norm")
      return (
        builder.constant("\(name)/scale", [channels], 1),
        builder.constant("\(name)/bias", [channels], 0)
      )
    }

    func convolution(_ inputs: Int, _ outputs: Int, size: Int, stride: Int = 1) -> Layer {
      let (kernel, bias) = weights(inputs, outputs, size: size)
      return .convolution(kernel: kernel, bias: bias, stride: stride)
    }

    func norm(_ channels: Int) -> Layer {
      let (gain, offset) = gains(channels)
      return .norm(gain: gain, offset: offset)
    }

    func residual(_ inputs: Int, _ outputs: Int) -> Layer {
      .residual(
        Residual(
          norms: [gains(inputs), gains(outputs)],
          convolutions: [
            weights(inputs, outputs, size: 3), weights(outputs, outputs, size: 3),
          ], shortcut: inputs == outputs ? nil : weights(inputs, outputs, size: 1)))
    }
  }
}
