import Convolutions
import Kernels
import TensorCore

extension Pass {
  /// Convolves each channel by itself and adds a bias.
  ///
  /// - Parameters:
  ///   - map: What goes in.
  ///   - weight: Shape (channels, 1, kernel height, kernel width).
  ///   - bias: Shape (channels); nil for none.
  ///   - stride: From window to window, both ways.
  ///   - padding: Around a picture.
  /// - Returns: As many channels.
  /// - Throws: ``ConvolutionError`` when the kernel doesn't fit into the padded picture.
  package func convolveDepthwise(
    _ map: FeatureMap, weight: Parameter, bias: Parameter? = nil, stride: Int = 1,
    padding: ConvolutionPadding = .same
  ) throws -> FeatureMap {
    let sizes = weight.value.shape.sizes
    precondition(
      sizes.count == 4 && sizes[0] == map.channels && sizes[1] == 1,
      "weights of \(sizes) don't fit features of \(map.channels) channels")
    let shape = try padding.shape(
      of: map.layout, outChannels: map.channels, kernel: (sizes[2], sizes[3]), stride: stride)
    let convolution = DepthwiseConvolution(
      map.planes, channels: map.channels, kernel: (sizes[2], sizes[3]), stride: stride,
      padding: (shape.padding.top, shape.padding.left), output: (shape.outHeight, shape.outWidth))
    let (input, weights) = (map.variable, variable(weight))
    let layout = map.layout(height: shape.outHeight, width: shape.outWidth)
    let value = convolution.forward(
      input.value, weights.value, as: FeatureMap.shape(layout), workers: workers)
    let output = result(value, of: [input, weights]) { gradient, pass in
      if input.needsGradient {
        input.accumulate(
          convolution.backwardData(
            gradient, weights.value, as: input.shape, workers: pass.workers), pass)
      }
      if weights.needsGradient {
        weights.accumulate(
          convolution.backwardWeights(input.value, gradient, workers: pass.workers), pass)
      }
    }
    let features = FeatureMap(output, layout)
    guard let bias else { return features }
    return addBias(variable(bias), to: features)
  }
}
