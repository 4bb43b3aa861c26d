import Autograd
import Kernels
import TensorCore

/// A normalisation's parameters, if it has any, followed by swish.
struct NormAndSwish {
  private enum Kind {
    case group(scale: Parameter, bias: Parameter, groups: Int)
    case pixel(scale: Parameter)
    case none
  }

  private let kind: Kind

  /// - Parameters:
  ///   - module: What its name begins with, of the module that it is part of.
  ///   - index: Which of the module's.
  ///   - channels: Of the map.
  ///   - configuration: Says which kind.
  ///   - builder: Makes the parameters.
  init(
    _ module: String, _ index: Int, _ channels: Int, _ configuration: TokenizerConfiguration,
    _ builder: ParameterBuilder
  ) {
    switch configuration.norm {
    case .group:
      let name = "\(module)/GroupNorm_\(index)"
      kind = .group(
        scale: builder.constant("\(name)/scale", [channels], 1),
        bias: builder.constant("\(name)/bias", [channels], 0), groups: configuration.groups)
    case .pixel:
      kind = .pixel(
        scale: builder.constant("\(module)/PixelNorm_\(index)/scale", [channels], 1))
    case .none: kind = .none
    }
  }

  func callAsFunction(_ map: consuming FeatureMap, _ pass: Pass) -> FeatureMap {
    switch kind {
    case .group(let scale, let bias, let groups):
      return pass.groupNorm(
        consume map, gain: scale, offset: bias, groups: groups, epsilon: 1e-6, activation: .swish)
    case .pixel(let scale):
      let pixels = pass.rmsNorm(pass.pixels(consume map), gain: scale, epsilon: 1e-6)
      return pass.features(pass.activate(pixels, .swish))
    case .none: return pass.activate(consume map, .swish)
    }
  }
}
