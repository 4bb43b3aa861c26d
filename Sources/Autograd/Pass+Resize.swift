import Kernels
import TensorCore

extension Pass {
  /// Pictures of another size by linear interpolation between the centres of pixels.
  ///
  /// - Parameters:
  ///   - images: Shape (N, H, W, C).
  ///   - height: Rows that come out.
  ///   - width: Columns that come out.
  ///   - isAntialiased: When there get fewer of them: true as in `jax.image.resize`, false as in `tf.image.resize` and
  ///     torch's `interpolate`, both unless told otherwise.
  /// - Returns: Shape (N, height, width, C).
  package func resizeBilinear(
    _ images: Variable, height: Int, width: Int, isAntialiased: Bool = false
  ) -> Variable {
    precondition(images.shape.rank == 4, "pictures are (N, H, W, C), not \(images.shape)")
    let sizes = images.shape.sizes
    let vertical = AxisResampling.linear(
      from: sizes[1], to: height, isAntialiased: isAntialiased)
    let horizontal = AxisResampling.linear(
      from: sizes[2], to: width, isAntialiased: isAntialiased)
    let tall = resample(
      images, vertical, inner: sizes[2] * sizes[3], as: [sizes[0], height, sizes[2], sizes[3]])
    return resample(tall, horizontal, inner: sizes[3], as: [sizes[0], height, width, sizes[3]])
  }

  private func resample(
    _ input: Variable, _ resampling: AxisResampling, inner: Int, as shape: Shape
  ) -> Variable {
    if resampling.length == resampling.outLength { return input }
    let value = resampling(input.value, inner: inner, as: shape, workers: workers)
    return result(value, of: [input]) { gradient, pass in
      input.accumulate(
        resampling.transposed(gradient, inner: inner, as: input.shape, workers: pass.workers), pass)
    }
  }
}
