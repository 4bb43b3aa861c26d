package import Kernels
import TensorCore

extension Pass {
  /// Group normalisation, with an activation applied in the same go.
  ///
  /// Source: Wu and He 2018, "Group normalization", equations 1, 2 and 7.
  ///
  /// - Parameters:
  ///   - map: What goes in. Without a tape the result takes its place if nobody else holds it, as when it is handed over
  ///     by `consume`.
  ///   - gain: Shape (channels).
  ///   - offset: Shape (channels); nil for none.
  ///   - groups: Parts of the channels that are normalised on their own; flax's default is 32.
  ///   - epsilon: Added to the variance; flax's default is 1e-6, torch's 1e-5.
  ///   - activation: Of the result; nil for none.
  /// - Returns: Of the input's layout.
  package func groupNorm(
    _ map: consuming FeatureMap, gain: Parameter, offset: Parameter?, groups: Int = 32,
    epsilon: Float = 1e-6, activation: Activation? = nil
  ) -> FeatureMap {
    let norm = GroupNorm(
      channels: map.channels, groups: groups, epsilon: epsilon, activation: activation)
    let (layout, planes) = (map.layout, map.planes)
    let (gains, offsets) = (variable(gain), offset.map { variable($0) })
    precondition(gains.shape.count == map.channels, "one gain for each channel")
    let statistics = norm.statistics(
      map.variable.value, planes, gain: gains.value, offset: offsets?.value, workers: workers)
    guard isLearned([map.variable, gains] + [offsets].compactMap(\.self)) else {
      var value = map.variable.value
      _ = consume map
      if value.isUnique {
        norm.apply(to: &value, planes, statistics, workers: workers)
      } else {
        value = norm.forward(value, planes, statistics, workers: workers)
      }
      return FeatureMap(Variable(value), layout)
    }
    let input = map.variable
    let value = norm.forward(input.value, planes, statistics, workers: workers)
    let inputs = [input, gains] + [offsets].compactMap(\.self)
    let output = result(value, of: inputs) { gradient, pass in
      let parts = norm.backward(
        input.value, planes, gain: gains.value, statistics, gradient,
        wantsInput: input.needsGradient, workers: pass.workers)
      gains.accumulate(parts.gain.reshaped(gains.shape), pass)
      offsets?.accumulate(parts.offset.reshaped(gains.shape), pass)
      if let part = parts.input { input.accumulate(part, pass) }
    }
    return FeatureMap(output, layout)
  }

  /// Adds a number to each channel.
  func addBias(_ bias: Variable, to map: FeatureMap) -> FeatureMap {
    let (input, planes) = (map.variable, map.planes)
    let value = ChannelBias.add(bias.value, to: input.value, planes, workers: workers)
    let output = result(value, of: [input, bias]) { gradient, pass in
      input.accumulate(gradient, pass)
      guard bias.needsGradient else { return }
      let sums = ChannelBias.sums(
        gradient, planes, channels: bias.shape.count, workers: pass.workers)
      bias.accumulate(sums.reshaped(bias.shape), pass)
    }
    return FeatureMap(output, map.layout)
  }
}
