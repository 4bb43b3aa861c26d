package import Convolutions
import Kernels
import TensorCore

/// The activations of a convolutional net: a variable, and how its channels lie in memory.
///
/// Where the processor has AVX-512 and 16 divides the channels they lie in blocks of 16, which is what fast convolutions
/// work on; operations of a ``Pass`` keep them so. ``Pass/pixels(_:)`` gives them as (N, H, W, C).
package struct FeatureMap {
  /// Shape (N, C / block, H, W, block).
  package let variable: Variable
  /// How it lies in memory.
  package let layout: FeatureLayout

  /// Takes a variable of as many elements as the layout has, in its order.
  init(_ variable: Variable, _ layout: FeatureLayout) {
    precondition(variable.shape == Self.shape(layout), "a feature map lies as its layout says")
    self.variable = variable
    self.layout = layout
  }

  /// Pictures.
  package var count: Int { layout.count }
  /// Channels of a pixel.
  package var channels: Int { layout.channels }
  /// Rows of a picture.
  package var height: Int { layout.height }
  /// Columns of a picture.
  package var width: Int { layout.width }

  static func shape(_ layout: FeatureLayout) -> Shape {
    [layout.count, layout.channels / layout.block, layout.height, layout.width, layout.block]
  }

  /// The same pixels as a stack of grids.
  var planes: Planes {
    Planes(
      count: count * channels / layout.block, height: height, width: width, block: layout.block)
  }

  /// The layout of as many channels in grids of other sizes.
  func layout(height: Int, width: Int) -> FeatureLayout {
    FeatureLayout(
      count: count, channels: channels, height: height, width: width, block: layout.block)
  }
}
