/// How a dense buffer of f32 activations holds its channels: (n, channels / block, height, width, block).
///
/// `block == channels` is (n, height, width, channels). Blocks of 16 let a 512-bit register hold the channels of a
/// pixel, and are what the fast convolutions of processors with AVX-512 work on.
package struct FeatureLayout: Hashable, Sendable {
  /// Pictures.
  package let count: Int
  /// Channels of a pixel.
  package let channels: Int
  /// Rows of a picture.
  package let height: Int
  /// Columns of a picture.
  package let width: Int
  /// Channels that lie side by side; divides `channels`.
  package let block: Int

  /// Describes a buffer.
  ///
  /// - Parameters:
  ///   - count: Pictures, at least 1.
  ///   - channels: At least 1.
  ///   - height: At least 1.
  ///   - width: At least 1.
  ///   - block: `channels` or 16, dividing `channels`; nil takes the one that is fastest on this machine.
  package init(count: Int, channels: Int, height: Int, width: Int, block: Int? = nil) {
    precondition(
      count >= 1 && channels >= 1 && height >= 1 && width >= 1, "every extent is at least 1")
    let block = block ?? Self.preferredBlock(channels: channels)
    precondition(
      block == channels || block == 16 && channels.isMultiple(of: 16),
      "channels lie in blocks of 16 or in one block")
    self.count = count
    self.channels = channels
    self.height = height
    self.width = width
    self.block = block
  }

  /// Floats of the buffer.
  package var elementCount: Int { count * channels * height * width }

  /// Where a value lies, in floats from the start.
  package func offset(_ picture: Int, _ channel: Int, _ row: Int, _ column: Int) -> Int {
    let plane = picture * (channels / block) + channel / block
    return ((plane * height + row) * width + column) * block + channel % block
  }

  /// The block that convolutions are fastest with on this machine: 16 where there is AVX-512 and 16 divides the
  /// channels, else all of them.
  package static func preferredBlock(channels: Int) -> Int {
    ConvolutionMachine.hasAVX512 && channels.isMultiple(of: 16) ? 16 : channels
  }
}
