import Convolutions
import Kernels
import TensorCore

extension Pass {
  /// The average of each window; zeros around count, as in flax and torch.
  ///
  /// - Parameters:
  ///   - map: What goes in.
  ///   - window: Rows and columns.
  ///   - stride: From window to window; nil for the window's size.
  ///   - padding: Zeros on every side.
  /// - Returns: As many channels of fewer pixels.
  package func averagePool(
    _ map: FeatureMap, window: Int = 2, stride: Int? = nil, padding: Int = 0
  ) -> FeatureMap {
    let stride = stride ?? window
    return pool(
      map,
      Pooling(
        .average, map.planes, kernel: (window, window), stride: (stride, stride), padding: padding))
  }

  /// The average of each whole picture: one pixel is left.
  package func averagePool(overAllOf map: FeatureMap) -> FeatureMap {
    pool(
      map,
      Pooling(.average, map.planes, kernel: (map.height, map.width), stride: (1, 1)))
  }

  /// The greatest of each window; the parameters are as above, but that nothing around counts.
  package func maxPool(
    _ map: FeatureMap, window: Int = 2, stride: Int? = nil, padding: Int = 0
  ) -> FeatureMap {
    let stride = stride ?? window
    return pool(
      map,
      Pooling(
        .maximum, map.planes, kernel: (window, window), stride: (stride, stride), padding: padding))
  }

  private func pool(_ map: FeatureMap, _ pooling: Pooling) -> FeatureMap {
    let layout = map.layout(height: pooling.output.height, width: pooling.output.width)
    let input = map.variable
    let value = pooling.forward(input.value, as: FeatureMap.shape(layout), workers: workers)
    let output = result(value, of: [input]) { gradient, pass in
      input.accumulate(
        pooling.backward(input.value, value, gradient, workers: pass.workers), pass)
    }
    return FeatureMap(output, layout)
  }
}
