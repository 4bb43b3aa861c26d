import CKernels
package import TensorCore

/// Convolution to a few channels; formulas and layout are in `lattice_narrow_conv.h`.
package struct NarrowConvolution: Sendable {
  /// The most channels that it computes.
  package static let mostChannels = Int(LATTICE_NARROW_CHANNELS)

  private let description: lattice_narrow_conv
  private let rows: Int

  /// Describes a convolution.
  ///
  /// - Parameters:
  ///   - input: What goes in, channels in blocks of 16.
  ///   - blocks: Blocks of a picture.
  ///   - outChannels: Channels that come out, at most ``mostChannels``.
  ///   - kernel: Rows and columns of a window.
  ///   - stride: From window to window.
  ///   - padding: Rows above and columns left of a picture.
  ///   - output: Rows and columns that come out.
  package init(
    _ input: Planes, blocks: Int, outChannels: Int, kernel: (height: Int, width: Int),
    stride: (height: Int, width: Int), padding: (top: Int, left: Int),
    output: (height: Int, width: Int)
  ) {
    precondition(
      input.block == 16 && outChannels <= Self.mostChannels, "blocks of 16 go to a few channels")
    description = lattice_narrow_conv(
      blocks: Int64(blocks), h: Int64(input.height), w: Int64(input.width), oc: Int64(outChannels),
      oh: Int64(output.height), ow: Int64(output.width), kh: Int64(kernel.height),
      kw: Int64(kernel.width), sh: Int64(stride.height), sw: Int64(stride.width),
      top: Int64(padding.top), left: Int64(padding.left))
    rows = input.count / blocks * output.height
  }

  /// Convolves.
  ///
  /// - Parameters:
  ///   - value: As the input's planes lie.
  ///   - weights: (out, in, kernel height, kernel width).
  ///   - bias: (out); nil for none.
  ///   - shape: Of the result, whose elements are (n, height, width, out).
  ///   - workers: Who computes.
  /// - Returns: f32 of that shape.
  package func callAsFunction(
    _ value: Tensor, _ weights: Tensor, bias: Tensor?, as shape: Shape, workers: any Workers
  ) -> Tensor {
    let ordered = ordered(weights)
    let description = description
    return Tensor(shape) { result in
      let target = SendablePointer(result.baseAddress)
      let sources = [value, ordered, bias].map { tensor in
        SendableConstant(tensor?.withFloats { $0.baseAddress })
      }
      workers.forRanges(rows) { range in
        withUnsafePointer(to: description) {
          lattice_narrow_conv_f32(
            $0, sources[0].pointer, sources[1].pointer, sources[2].pointer, target.pointer,
            Int64(range.lowerBound), Int64(range.upperBound))
        }
      }
      withExtendedLifetime((value, ordered, bias)) {}
    }
  }

  /// Weights as the kernel wants them: (out, blocks, height, width, 16).
  private func ordered(_ weights: Tensor) -> Tensor {
    let (window, blocks) = (Int(description.kh * description.kw), Int(description.blocks))
    return Tensor([weights.shape.count]) { result in
      weights.withFloats { source in
        for out in 0..<Int(description.oc) {
          for channel in 0..<blocks * 16 {
            for place in 0..<window {
              let block = out * blocks + channel / 16
              result[(block * window + place) * 16 + channel % 16] =
                source[(out * blocks * 16 + channel) * window + place]
            }
          }
        }
      }
    }
  }
}
