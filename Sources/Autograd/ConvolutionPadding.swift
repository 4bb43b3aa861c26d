package import Convolutions

/// What surrounds a picture before it is convolved.
package enum ConvolutionPadding: Hashable, Sendable {
  /// flax's and TensorFlow's `SAME`: as many outputs as strides fit into the input; where the padding is odd the larger
  /// half is at the bottom and right.
  case same
  /// torch's `padding=`: so many zeros on every side.
  case torch(Int)
  /// Zeros by side.
  case sides(ConvolutionShape.Padding)

  /// The extents of a convolution with it.
  func shape(
    of layout: FeatureLayout, outChannels: Int, kernel: (height: Int, width: Int), stride: Int
  ) throws(ConvolutionError) -> ConvolutionShape {
    switch self {
    case .same:
      try .same(
        count: layout.count, inChannels: layout.channels, outChannels: outChannels,
        height: layout.height, width: layout.width, kernel: kernel, stride: (stride, stride))
    case .torch(let width):
      try .torch(
        count: layout.count, inChannels: layout.channels, outChannels: outChannels,
        height: layout.height, width: layout.width, kernel: kernel, stride: (stride, stride),
        padding: (width, width))
    case .sides(let padding):
      try ConvolutionShape(
        count: layout.count, inChannels: layout.channels, outChannels: outChannels,
        height: layout.height, width: layout.width, kernel: kernel, stride: (stride, stride),
        padding: padding)
    }
  }
}
