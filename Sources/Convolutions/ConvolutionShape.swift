/// The extents of a convolution.
///
/// Output `[y][x]` looks at input rows `y * strideHeight - padding.top` and on, columns alike; outside is 0. As in every
/// network library it is a cross-correlation: the kernel isn't flipped.
package struct ConvolutionShape: Hashable, Sendable {
  /// Rows and columns of zeros around a picture.
  package struct Padding: Hashable, Sendable {
    package let top: Int
    package let left: Int
    package let bottom: Int
    package let right: Int

    /// Names all four sides.
    package init(top: Int, left: Int, bottom: Int, right: Int) {
      self.top = top
      self.left = left
      self.bottom = bottom
      self.right = right
    }
  }

  package let count: Int
  package let inChannels: Int
  package let outChannels: Int
  package let height: Int
  package let width: Int
  package let kernelHeight: Int
  package let kernelWidth: Int
  package let strideHeight: Int
  package let strideWidth: Int
  package let padding: Padding

  /// Describes a convolution of (count, inChannels, height, width).
  ///
  /// - Throws: ``ConvolutionError/shape(_:_:)`` when an extent is below 1, padding negative or nothing comes out.
  package init(
    count: Int, inChannels: Int, outChannels: Int, height: Int, width: Int,
    kernel: (height: Int, width: Int), stride: (height: Int, width: Int) = (1, 1), padding: Padding
  ) throws(ConvolutionError) {
    self.count = count
    self.inChannels = inChannels
    self.outChannels = outChannels
    self.height = height
    self.width = width
    kernelHeight = kernel.height
    kernelWidth = kernel.width
    strideHeight = stride.height
    strideWidth = stride.width
    self.padding = padding
    if let fault { throw .shape(self, fault) }
  }

  /// Padding by flax's and TensorFlow's rule `SAME`: as many outputs as strides fit into the input, and where the
  /// padding is odd the larger half at the bottom and right.
  ///
  /// - Throws: ``ConvolutionError/shape(_:_:)``.
  package static func same(
    count: Int, inChannels: Int, outChannels: Int, height: Int, width: Int,
    kernel: (height: Int, width: Int), stride: (height: Int, width: Int) = (1, 1)
  ) throws(ConvolutionError) -> Self {
    let vertical = samePadding(height, kernel.height, stride.height)
    let horizontal = samePadding(width, kernel.width, stride.width)
    return try Self(
      count: count, inChannels: inChannels, outChannels: outChannels, height: height, width: width,
      kernel: kernel, stride: stride,
      padding: Padding(
        top: vertical / 2, left: horizontal / 2, bottom: vertical - vertical / 2,
        right: horizontal - horizontal / 2))
  }

  /// Padding by torch's rule: the same number on both sides.
  ///
  /// - Throws: ``ConvolutionError/shape(_:_:)``.
  package static func torch(
    count: Int, inChannels: Int, outChannels: Int, height: Int, width: Int,
    kernel: (height: Int, width: Int), stride: (height: Int, width: Int) = (1, 1),
    padding: (height: Int, width: Int)
  ) throws(ConvolutionError) -> Self {
    try Self(
      count: count, inChannels: inChannels, outChannels: outChannels, height: height, width: width,
      kernel: kernel, stride: stride,
      padding: Padding(
        top: padding.height, left: padding.width, bottom: padding.height, right: padding.width))
  }

  /// Rows that come out.
  package var outHeight: Int {
    (height + padding.top + padding.bottom - kernelHeight) / strideHeight + 1
  }

  /// Columns that come out.
  package var outWidth: Int {
    (width + padding.left + padding.right - kernelWidth) / strideWidth + 1
  }

  /// Weights, (outChannels, inChannels, kernelHeight, kernelWidth).
  package var weightCount: Int { outChannels * inChannels * kernelHeight * kernelWidth }

  /// Whether products of bf16 would only slow it down: Winograd's method in f32 does with a quarter of them.
  package var isFastestInF32: Bool { ConvolutionRule.prefersWinograd(self, .f32, .backwardData) }

  /// Multiplications and additions of one pass, done directly.
  package var operations: Int { 2 * count * outHeight * outWidth * weightCount }

  /// The layout of what goes in.
  package func source(block: Int? = nil) -> FeatureLayout {
    FeatureLayout(count: count, channels: inChannels, height: height, width: width, block: block)
  }

  /// The layout of what comes out.
  package func destination(block: Int? = nil) -> FeatureLayout {
    FeatureLayout(
      count: count, channels: outChannels, height: outHeight, width: outWidth, block: block)
  }

  private static func samePadding(_ extent: Int, _ kernel: Int, _ stride: Int) -> Int {
    guard stride >= 1 else { return 0 }
    return max(0, ((extent + stride - 1) / stride - 1) * stride + kernel - extent)
  }

  private var fault: String? {
    let extents = [
      count, inChannels, outChannels, height, width, kernelHeight, kernelWidth, strideHeight,
      strideWidth,
    ]
    if extents.contains(where: { $0 < 1 }) { return "every extent and stride must be at least 1" }
    let sides = [padding.top, padding.left, padding.bottom, padding.right]
    if sides.contains(where: { $0 < 0 }) { return "padding can't be negative" }
    if height + padding.top + padding.bottom < kernelHeight
      || width + padding.left + padding.right < kernelWidth
    {
      return "the kernel doesn't fit into the padded picture"
    }
    return nil
  }
}

extension ConvolutionShape: CustomStringConvertible {
  package var description: String {
    """
    convolution of (\(count), \(inChannels), \(height), \(width)) to \(outChannels) channels, \
    kernel \(kernelHeight)x\(kernelWidth), stride \(strideHeight)x\(strideWidth), padding top \
    \(padding.top) left \(padding.left) bottom \(padding.bottom) right \(padding.right)
    """
  }
}
