import CKernels
package import TensorCore

/// Convolution of each channel by itself; formulas are in `lattice_depthwise.h`.
package struct DepthwiseConvolution: Sendable {
  package let input: Planes
  package let output: Planes
  private let description: lattice_depthwise
  private let groups: Int

  /// Describes a convolution.
  ///
  /// - Parameters:
  ///   - input: What goes in.
  ///   - channels: Of a picture, in blocks of the planes'.
  ///   - kernel: Rows and columns of a window.
  ///   - stride: From window to window, both ways.
  ///   - padding: Rows above and columns left of a plane.
  ///   - output: Rows and columns that come out.
  package init(
    _ input: Planes, channels: Int, kernel: (height: Int, width: Int), stride: Int,
    padding: (top: Int, left: Int), output: (height: Int, width: Int)
  ) {
    self.input = input
    self.output = Planes(
      count: input.count, height: output.height, width: output.width, block: input.block)
    groups = channels / input.block
    description = lattice_depthwise(
      groups: Int64(groups), h: Int64(input.height), w: Int64(input.width),
      block: Int64(input.block), oh: Int64(output.height), ow: Int64(output.width),
      kh: Int64(kernel.height), kw: Int64(kernel.width), sh: Int64(stride), sw: Int64(stride),
      top: Int64(padding.top), left: Int64(padding.left))
  }

  private var window: Int { Int(description.kh * description.kw) }

  /// Convolves; weights are (channels, 1, kernel height, kernel width).
  package func forward(
    _ value: Tensor, _ weights: Tensor, as shape: Shape, workers: any Workers
  ) -> Tensor {
    let ordered = ordered(weights)
    return run(value, ordered, as: shape, count: output.count * output.height, workers) {
      lattice_depthwise_f32($0, $1, $2, $3, $4, $5)
    }
  }

  /// The gradient of the input, of a shape.
  package func backwardData(
    _ gradient: Tensor, _ weights: Tensor, as shape: Shape, workers: any Workers
  ) -> Tensor {
    let ordered = ordered(weights)
    return run(gradient, ordered, as: shape, count: input.count, workers) {
      lattice_depthwise_backward_f32($0, $1, $2, $3, $4, $5)
    }
  }

  /// The gradient of the weights, (channels, 1, kernel height, kernel width).
  package func backwardWeights(
    _ value: Tensor, _ gradient: Tensor, workers: any Workers
  ) -> Tensor {
    let size = window * input.block
    let parts = run(value, gradient, as: [input.count, size], count: input.count, workers) {
      pointer, value, gradient, parts, begin, end in
      for plane in begin..<end {
        lattice_depthwise_weights_f32(
          pointer, value, gradient, parts.map { $0 + Int(plane) * size }, plane)
      }
    }
    let channels = groups * input.block
    return Tensor([channels, 1, Int(description.kh), Int(description.kw)]) { result in
      result.update(repeating: 0)
      parts.withFloats { parts in
        for plane in 0..<input.count {
          for place in 0..<size {
            let channel = plane % groups * input.block + place % input.block
            result[channel * window + place / input.block] += parts[plane * size + place]
          }
        }
      }
    }
  }

  private typealias Floats = UnsafePointer<Float>

  private func run(
    _ first: Tensor, _ second: Tensor, as shape: Shape, count: Int, _ workers: any Workers,
    _ body:
      @Sendable (
        UnsafePointer<lattice_depthwise>, Floats?, Floats?, UnsafeMutablePointer<Float>?, Int64,
        Int64
      ) -> Void
  ) -> Tensor {
    let description = description
    return Tensor(shape) { result in
      let target = SendablePointer(result.baseAddress)
      let sources = [first, second].map { tensor in
        SendableConstant(tensor.withFloats { $0.baseAddress })
      }
      workers.forRanges(count) { range in
        withUnsafePointer(to: description) {
          body(
            $0, sources[0].pointer, sources[1].pointer, target.pointer, Int64(range.lowerBound),
            Int64(range.upperBound))
        }
      }
      withExtendedLifetime((first, second)) {}
    }
  }

  /// Weights as the kernels want them: (groups, height, width, block).
  private func ordered(_ weights: Tensor) -> Tensor {
    let (block, window) = (input.block, window)
    precondition(weights.shape.count == groups * block * window, "one window for each channel")
    return Tensor([weights.shape.count]) { result in
      weights.withFloats { source in
        for channel in 0..<groups * block {
          for place in 0..<window {
            result[(channel / block * window + place) * block + channel % block] =
              source[channel * window + place]
          }
        }
      }
    }
  }
}
